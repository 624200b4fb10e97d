/**
 * The life of one worker process: it is started, serves, is emptied or killed, and is gone. Who
 * comes next in the same seat is another generation with a machine of its own.
 *
 * Effects are named here and performed in `actors/worker.ts`.
 *
 * @module
 */
import { assign, setup, type SnapshotFrom } from "xstate";
import { z } from "zod/mini";
import type { ControlFact } from "../messages/facts.ts";
import type { WorkerMessage } from "../messages/mailboxes.ts";
import { deadline, type Deadlines, disarmed, isDue } from "./deadlines.ts";

/** How long a worker may take. */
export const workerOptions = z.object({
  /** From the start of the process to its connection. A Deno worker needs about 20 ms. */
  startMs: z._default(z.number().check(z.positive()), 10_000),
  /** From `drain` to its last job's end, where `drain` does not say. */
  drainMs: z._default(z.number().check(z.positive()), 25_000),
  /** From asking its last jobs to end to a kill. */
  graceMs: z._default(z.number().check(z.positive()), 5_000),
  /** From the polite `stop` to the exit. */
  stopMs: z._default(z.number().check(z.positive()), 5_000),
  /** From a kill to the next one, where the process still shows no exit. */
  killMs: z._default(z.number().check(z.positive()), 5_000),
});

/** Parsed {@link workerOptions}. */
export type WorkerOptions = z.infer<typeof workerOptions>;

/** What a worker's machine is made from. */
export interface WorkerInput {
  readonly seat: number;
  readonly generation: number;
  readonly nowMs: number;
  readonly options: WorkerOptions;
}

/** What a worker's machine remembers. */
export interface WorkerContext extends Omit<WorkerInput, "nowMs"> {
  /** Known from the connection on. */
  readonly pid: number | null;
  /** How an exit now has to be taken: asked for, or not. */
  readonly how: "shutdown" | "abnormal";
  /** The latest reason, for facts. */
  readonly because: string;
  readonly deadlines: Deadlines<"start" | "drain" | "grace" | "stop" | "kill">;
}

/** The four states that a worker is announced in. */
export type WorkerState = Extract<ControlFact, { type: "worker" }>["state"];

/** One worker, from its start to its exit. */
export const worker = setup({
  types: {
    context: {} as WorkerContext,
    events: {} as WorkerMessage,
    input: {} as WorkerInput,
    output: {} as Pick<WorkerContext, "generation" | "how" | "because">,
  },
  actions: {
    /** Starts the process. */
    start: () => {},
    /** Asks its jobs to end. */
    ask: () => {},
    /** Asks the process to end. */
    stop: () => {},
    /** Ends the process and all that it started. */
    kill: () => {},
    /** Tells that the worker is now `state`. */
    announce: (_, _params: { readonly state: WorkerState }) => {},
    connect: assign(({ event }) =>
      event.type === "connected" ? { pid: event.pid, because: "connected" } : {}
    ),
    note: assign(({ event }) => "because" in event ? { because: event.because } : {}),
    missed: assign((_, params: { readonly deadline: string }) => ({
      because: `missed its ${params.deadline} deadline`,
    })),
    take: assign((_, { how }: { readonly how: WorkerContext["how"] }) => ({ how })),
    arm: assign(({ context, event }, { timer }: { readonly timer: "grace" | "stop" | "kill" }) => ({
      deadlines: {
        ...context.deadlines,
        [timer]: deadline(event.nowMs, context.options[`${timer}Ms`]),
      },
    })),
    /** A later word can only bring the end nearer. */
    armDrain: assign(({ context: { deadlines, options }, event }) => {
      const { withinMs = options.drainMs } = event.type === "drain" ? event : {};
      const next = deadline(event.nowMs, withinMs);
      const { drain = next } = deadlines;
      return { deadlines: { ...deadlines, drain: drain.untilMs < next.untilMs ? drain : next } };
    }),
    disarm: assign((
      { context },
      { timer }: { readonly timer: "start" | "drain" | "grace" | "stop" | "kill" },
    ) => ({ deadlines: disarmed(context.deadlines, timer) })),
  },
  guards: {
    /** What is said about another generation is gossip. */
    ours: ({ context, event }) =>
      event.type !== "elapsed" && event.generation === context.generation,
    due: ({ context, event }, { timer }: { readonly timer: string }) =>
      isDue(context.deadlines, timer, event),
  },
}).createMachine({
  id: "worker",
  description: "One worker process, from its start to its exit.",
  context: ({ input: { nowMs, ...input } }) => ({
    ...input,
    pid: null,
    how: "abnormal",
    because: "wanted",
    deadlines: { start: deadline(nowMs, input.options.startMs) },
  }),
  output: ({ context: { generation, how, because } }) => ({ generation, how, because }),
  initial: "spawning",
  // Legal everywhere, without meaning in most states: ignored by name.
  on: {
    connected: {},
    drain: {},
    emptied: {},
    condemn: {},
    exited: {},
    elapsed: {},
  } satisfies Record<WorkerMessage["type"], object>,
  states: {
    spawning: {
      description: "The process was started and has not connected yet.",
      entry: ["start", { type: "announce", params: { state: "spawning" } }],
      exit: { type: "disarm", params: { timer: "start" } },
      on: {
        connected: { guard: "ours", target: "ready", actions: "connect" },
        drain: {
          description: "It has nothing to lose yet.",
          guard: "ours",
          target: "draining.killed",
          actions: ["note", { type: "take", params: { how: "shutdown" } }],
        },
        condemn: { guard: "ours", target: "draining.killed", actions: "note" },
        exited: { guard: "ours", target: "gone", actions: "note" },
        elapsed: {
          guard: { type: "due", params: { timer: "start" } },
          target: "draining.killed",
          actions: { type: "missed", params: { deadline: "start" } },
        },
      },
    },
    ready: {
      description: "It takes jobs.",
      entry: { type: "announce", params: { state: "ready" } },
      on: {
        drain: { guard: "ours", target: "draining", actions: "note" },
        condemn: { guard: "ours", target: "draining.killed", actions: "note" },
        exited: { guard: "ours", target: "gone", actions: "note" },
      },
    },
    draining: {
      description: "It takes no more jobs, and its process still lives.",
      initial: "emptying",
      entry: { type: "announce", params: { state: "draining" } },
      on: {
        condemn: {
          guard: "ours",
          target: ".killed",
          actions: ["note", { type: "take", params: { how: "abnormal" } }],
        },
        exited: { guard: "ours", target: "gone", actions: "note" },
      },
      states: {
        emptying: {
          description: "Its last jobs run.",
          entry: "armDrain",
          exit: { type: "disarm", params: { timer: "drain" } },
          on: {
            drain: { guard: "ours", actions: "armDrain" },
            emptied: { guard: "ours", target: "stopped" },
            elapsed: {
              guard: { type: "due", params: { timer: "drain" } },
              target: "asked",
              actions: [
                { type: "missed", params: { deadline: "drain" } },
                { type: "take", params: { how: "shutdown" } },
              ],
            },
          },
        },
        asked: {
          description: "Its last jobs ran too long and were asked to end.",
          entry: [{ type: "arm", params: { timer: "grace" } }, "ask"],
          exit: { type: "disarm", params: { timer: "grace" } },
          on: {
            emptied: { guard: "ours", target: "stopped" },
            elapsed: { guard: { type: "due", params: { timer: "grace" } }, target: "killed" },
          },
        },
        stopped: {
          description: "It has no job and was asked to end.",
          entry: [
            { type: "take", params: { how: "shutdown" } },
            { type: "arm", params: { timer: "stop" } },
            "stop",
          ],
          exit: { type: "disarm", params: { timer: "stop" } },
          on: {
            elapsed: {
              guard: { type: "due", params: { timer: "stop" } },
              target: "killed",
              actions: { type: "missed", params: { deadline: "stop" } },
            },
          },
        },
        killed: {
          description: "It was killed and its exit has not been seen yet.",
          entry: [{ type: "arm", params: { timer: "kill" } }, "kill"],
          exit: { type: "disarm", params: { timer: "kill" } },
          on: {
            condemn: {},
            exited: {
              description: "Why it was killed says more than how it ended.",
              guard: "ours",
              target: "#worker.gone",
            },
            elapsed: {
              guard: { type: "due", params: { timer: "kill" } },
              target: "killed",
              reenter: true,
            },
          },
        },
      },
    },
    gone: {
      description: "The process is gone and reaped.",
      type: "final",
      entry: { type: "announce", params: { state: "gone" } },
    },
  },
});

/** A worker's machine at one instant. */
export type WorkerSnapshot = SnapshotFrom<typeof worker>;
