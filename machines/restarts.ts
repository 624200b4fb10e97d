/**
 * Whether and when something that ended is started again. An end after it was of use is bad luck
 * and costs a short wait. An end before that is structural: it counts, each one doubles the wait,
 * and too many in a period end the attempts for a good while.
 *
 * Effects are named here and performed by the owner of what is restarted.
 *
 * @module
 */
import { assign, setup, type SnapshotFrom } from "xstate";
import { z } from "zod/mini";
import type { RestartsMessage } from "../messages/mailboxes.ts";
import { deadline, type Deadlines, disarmed, isDue } from "./deadlines.ts";
import { isRestarted, restartKinds, spent } from "./supervision.ts";

/** When to restart. */
export const restartsOptions = z.object({
  /** `permanent`: after every end; `transient`: after an abnormal one; `temporary`: never. */
  restart: z._default(z.enum(restartKinds), "permanent"),
  /** Restarts within `periodMs` that are still fine; one more is too many. */
  intensity: z._default(z.int().check(z.nonnegative()), 5),
  periodMs: z._default(z.number().check(z.positive()), 30_000),
  /** First wait; doubled by each further end before use. */
  backoffMs: z._default(z.number().check(z.positive()), 100),
  backoffMaxMs: z._default(z.number().check(z.positive()), 10_000),
  /** How long nothing is started after too many ends; then all is forgiven. */
  quarantineMs: z._default(z.number().check(z.positive()), 300_000),
});

/** Parsed {@link restartsOptions}. */
export type RestartsOptions = z.infer<typeof restartsOptions>;

/** What a restart governor remembers. */
export interface RestartsContext {
  readonly options: RestartsOptions;
  /** Whether what runs now was of use. */
  readonly used: boolean;
  /** When it ended before use, within the period, monotonic ms; at most `intensity`. */
  readonly endsMs: readonly number[];
  readonly deadlines: Deadlines<"backoff" | "quarantine">;
}

interface Told {
  readonly context: RestartsContext;
  readonly event: RestartsMessage;
}

/** The ends that count, with this one if it does. */
function counted({ context: { endsMs, options, used }, event: { nowMs } }: Told) {
  const ends = spent(options, endsMs, nowMs);
  return used ? ends.slice(0, -1) : ends;
}

/** How long to wait after this end, ms. */
function waitMs({ context, event }: Told): number {
  const { backoffMs, backoffMaxMs } = context.options;
  const doublings = context.used ? 0 : counted({ context, event }).length - 1;
  const jitterRatio = event.type === "ended" ? event.jitterRatio ?? 1 : 1;
  return Math.min(backoffMs * 2 ** doublings, backoffMaxMs) * jitterRatio;
}

/** One a seat, one an actor. */
export const restarts = setup({
  types: {
    context: {} as RestartsContext,
    events: {} as RestartsMessage,
    input: {} as { readonly options: RestartsOptions },
  },
  actions: {
    /** Starts it again. */
    restart: () => {},
    /** Alert: it is not started again for a good while. */
    giveUp: () => {},
    begin: assign({ used: false }),
    prove: assign({ used: true }),
    count: assign(({ context, event }) => ({ endsMs: counted({ context, event }) })),
    backOff: assign(({ context, event }) => ({
      deadlines: { backoff: deadline(event.nowMs, waitMs({ context, event })) },
    })),
    shutOut: assign(({ context: { options }, event }) => ({
      deadlines: { quarantine: deadline(event.nowMs, options.quarantineMs) },
    })),
    forget: assign({ endsMs: [], used: false }),
    disarm: assign((
      { context },
      { timer }: { readonly timer: "backoff" | "quarantine" },
    ) => ({ deadlines: disarmed(context.deadlines, timer) })),
  },
  guards: {
    due: ({ context, event }, { timer }: { readonly timer: string }) =>
      isDue(context.deadlines, timer, event),
    final: ({ context: { options }, event }) =>
      event.type === "ended" && !isRestarted(options.restart, event.how),
    tooOften: ({ context, event }) =>
      !context.used && counted({ context, event }).length > context.options.intensity,
    calledOff: ({ event }) => event.type === "ended" && event.how === "shutdown",
  },
}).createMachine({
  id: "restarts",
  description: "Whether and when something that ended is started again.",
  context: ({ input: { options } }) => ({ options, used: false, endsMs: [], deadlines: {} }),
  initial: "running",
  // Legal everywhere, without meaning in some states: ignored by name.
  on: {
    started: {},
    used: {},
    ended: {},
    reset: {},
    elapsed: {},
  } satisfies Record<RestartsMessage["type"], object>,
  states: {
    running: {
      description: "It runs, or is being started.",
      on: {
        started: { actions: "begin" },
        used: { actions: "prove" },
        ended: [
          { guard: "final", target: "stopped" },
          { guard: "tooOften", target: "quarantined" },
          { target: "waiting", actions: ["backOff", "count"] },
        ],
        reset: { description: "What was is forgiven.", actions: "forget" },
      },
    },
    waiting: {
      description: "It is started again after the back-off.",
      exit: { type: "disarm", params: { timer: "backoff" } },
      on: {
        elapsed: {
          guard: { type: "due", params: { timer: "backoff" } },
          target: "running",
          actions: ["begin", "restart"],
        },
        reset: { target: "running", actions: ["forget", "restart"] },
        ended: {
          description: "Nobody wants it any more.",
          guard: "calledOff",
          target: "stopped",
        },
      },
    },
    stopped: {
      description: "It ended for good.",
      on: {
        started: { target: "running", actions: "begin" },
        reset: { target: "running", actions: ["forget", "restart"] },
      },
    },
    quarantined: {
      description: "It ended too often before it was of use, and is left alone for a good while.",
      entry: ["shutOut", "giveUp"],
      exit: { type: "disarm", params: { timer: "quarantine" } },
      on: {
        elapsed: {
          guard: { type: "due", params: { timer: "quarantine" } },
          target: "running",
          actions: ["forget", "restart"],
        },
        reset: { target: "running", actions: ["forget", "restart"] },
        ended: {
          description: "Nobody wants it any more.",
          guard: "calledOff",
          target: "stopped",
        },
      },
    },
  },
});

/** A restart governor at one instant. */
export type RestartsSnapshot = SnapshotFrom<typeof restarts>;
