/**
 * A staged run: its workspace is made ready, then its stages run one after another until one
 * fails; those declared `always` run all the same.
 *
 * Effects are named here and performed in `actors/run.ts`.
 *
 * @module
 */
import { assign, setup, type SnapshotFrom } from "xstate";
import { z } from "zod/mini";
import type { Ending } from "../messages/job.ts";
import type { RunMessage } from "../messages/mailboxes.ts";
import { deadline, type Deadlines, disarmed, isDue } from "./deadlines.ts";

/** What a run is told at its start. */
export const runOptions = z.object({
  /** Whether each stage runs whatever happened before it. */
  persists: z.array(z.boolean()),
  /** Longest run of all together; null: no limit. */
  timeoutMs: z.nullable(z.number().check(z.positive())),
});

/** Parsed {@link runOptions}. */
export type RunOptions = z.infer<typeof runOptions>;

/** What a run remembers. */
export interface RunContext {
  readonly options: RunOptions;
  /** The stage that runs now or ran last; -1 before the first. */
  readonly at: number;
  /** How it will end; `done` until something else is known. */
  readonly ending: Ending;
  readonly deadlines: Deadlines<"run">;
}

/** The stage after `at` that is to run when the run ends like `ending`; null when none is left. */
export function nextStage({ at, ending, options: { persists } }: RunContext): number | null {
  for (let next = at + 1; next < persists.length; next++) {
    if (ending === "done" || persists[next]) return next;
  }
  return null;
}

/** The run with what a message says about its ending; the first thing that went wrong counts. */
function after({ context, event }: { context: RunContext; event: RunMessage }): RunContext {
  const ending = event.type === "elapsed" ? "timedOut" : "ending" in event ? event.ending : "done";
  return context.ending === "done" ? { ...context, ending } : context;
}

/** One staged run, from its start to its ending. */
export const run = setup({
  types: {
    context: {} as RunContext,
    events: {} as RunMessage,
    input: {} as { readonly nowMs: number; readonly options: RunOptions },
    output: {} as { readonly ending: Ending },
  },
  actions: {
    /** Makes the workspace ready. */
    prepare: () => {},
    /** Starts the stage at `at`. */
    begin: () => {},
    /** Asks the stage at `at` to end. */
    abort: () => {},
    /** What is left to do when nothing can be begun: stops making the workspace ready. */
    leave: () => {},
    note: assign(({ context, event }) => ({ ending: after({ context, event }).ending })),
    advance: assign(({ context }) => ({ at: nextStage(context)! })),
    disarm: assign(({ context }) => ({ deadlines: disarmed(context.deadlines, "run") })),
  },
  guards: {
    goesOn: ({ context, event }) =>
      event.type === "ended" && event.ending === "done" && nextStage(context) !== null,
    more: ({ context, event }) => nextStage(after({ context, event })) !== null,
    isPersistent: ({ context: { at, options } }) => options.persists[at]!,
    due: ({ context, event }) => isDue(context.deadlines, "run", event),
    dueInPersistent: ({ context, event }) =>
      isDue(context.deadlines, "run", event) && context.options.persists[context.at]!,
  },
}).createMachine({
  id: "run",
  description: "One staged run, from its start to its ending.",
  context: ({ input: { nowMs, options } }) => ({
    options,
    at: -1,
    ending: "done",
    deadlines: options.timeoutMs === null ? {} : { run: deadline(nowMs, options.timeoutMs) },
  }),
  output: ({ context: { ending } }) => ({ ending }),
  initial: "preparing",
  // Legal everywhere, without meaning in some states: ignored by name.
  on: {
    prepared: {},
    unprepared: {},
    ended: {},
    stop: {},
    elapsed: {},
  } satisfies Record<RunMessage["type"], object>,
  states: {
    preparing: {
      description: "Its workspace is made ready; there is nothing to clean up yet.",
      entry: "prepare",
      on: {
        prepared: { target: "running", actions: ["advance", "begin"] },
        unprepared: { target: "ended", actions: "note" },
        stop: { target: "leaving", actions: "note" },
        elapsed: { guard: "due", target: "leaving", actions: "note" },
      },
    },
    leaving: {
      description: "It was stopped before its first stage.",
      entry: ["disarm", "leave"],
      on: { prepared: { target: "ended" }, unprepared: { target: "ended" } },
    },
    running: {
      description: "A stage runs, and all went well so far.",
      on: {
        ended: [
          { guard: "goesOn", actions: ["advance", "begin"] },
          { guard: "more", target: "finishing", actions: ["note", "advance", "begin"] },
          { target: "ended", actions: "note" },
        ],
        stop: [
          { guard: "isPersistent", target: "finishing", actions: "note" },
          { target: "aborting", actions: "note" },
        ],
        elapsed: [
          { guard: "dueInPersistent", target: "finishing", actions: "note" },
          { guard: "due", target: "aborting", actions: "note" },
        ],
      },
    },
    aborting: {
      description: "A stage was asked to end; what must always run comes after it.",
      entry: ["disarm", "abort"],
      on: {
        ended: [
          { guard: "more", target: "finishing", actions: ["advance", "begin"] },
          { target: "ended" },
        ],
      },
    },
    finishing: {
      description: "How it ends is known; a stage runs that must always run, in its own time.",
      entry: "disarm",
      on: {
        ended: [
          { guard: "more", actions: ["advance", "begin"] },
          { target: "ended" },
        ],
      },
    },
    ended: {
      description: "It has ended; its workspace is free.",
      type: "final",
      entry: "disarm",
    },
  },
});

/** A run's machine at one instant. */
export type RunSnapshot = SnapshotFrom<typeof run>;
