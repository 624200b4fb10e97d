/**
 * Whether and when something that ended is started again. An end after it was of use is bad luck
 * and costs a short wait. An end before that is structural: it counts, each one doubles the wait,
 * and too many in a period end the attempts.
 *
 * Effects are named here and performed by the owner of what is restarted.
 *
 * @module
 */
import { assign, setup, type SnapshotFrom } from "xstate";
import { z } from "zod";
import type { RestartsMessage } from "../messages/mailboxes.ts";
import { deadline, type Deadlines, disarmed, isDue } from "./deadlines.ts";

/** When to restart. */
export const restartsOptions = z.object({
  /** `permanent`: after every end; `transient`: after an abnormal one; `temporary`: never. */
  strategy: z.enum(["permanent", "transient", "temporary"]).default("permanent"),
  /** Restarts within `periodMs` that are still fine; one more is given up. */
  intensity: z.int().nonnegative().default(5),
  periodMs: z.number().positive().default(30_000),
  /** First wait; doubled by each further end before use. */
  backoffMs: z.number().positive().default(100),
  backoffMaxMs: z.number().positive().default(10_000),
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
  readonly deadlines: Deadlines<"backoff">;
}

interface Told {
  readonly context: RestartsContext;
  readonly event: RestartsMessage;
}

/** The ends that count, with this one. */
function counted({ context: { endsMs, options, used }, event: { nowMs } }: Told) {
  const recent = endsMs.filter((endMs) => nowMs - endMs < options.periodMs);
  return used ? recent : [...recent, nowMs];
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
    /** Tells who stands above that it is not started again. */
    giveUp: () => {},
    begin: assign({ used: false }),
    prove: assign({ used: true }),
    count: assign(({ context, event }) => ({ endsMs: counted({ context, event }) })),
    backOff: assign(({ context, event }) => ({
      deadlines: { backoff: deadline(event.nowMs, waitMs({ context, event })) },
    })),
    forget: assign({ endsMs: [], used: false }),
    disarm: assign(({ context }) => ({ deadlines: disarmed(context.deadlines, "backoff") })),
  },
  guards: {
    due: ({ context, event }) => isDue(context.deadlines, "backoff", event),
    final: ({ context: { options: { strategy } }, event }) =>
      strategy === "temporary" ||
      (strategy === "transient" && event.type === "ended" && event.how !== "abnormal"),
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
          { guard: "tooOften", target: "gaveUp" },
          { target: "waiting", actions: ["backOff", "count"] },
        ],
        reset: { description: "What was is forgiven.", actions: "forget" },
      },
    },
    waiting: {
      description: "It is started again after the back-off.",
      exit: "disarm",
      on: {
        elapsed: { guard: "due", target: "running", actions: ["begin", "restart"] },
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
    gaveUp: {
      description: "It ended too often before it was of use.",
      entry: "giveUp",
      on: { reset: { target: "running", actions: ["forget", "restart"] } },
    },
  },
});

/** A restart governor at one instant. */
export type RestartsSnapshot = SnapshotFrom<typeof restarts>;
