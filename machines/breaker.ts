/**
 * A circuit breaker: calls that mostly fail, or take too long, are not made for a while, then one
 * is tried.
 *
 * Effects are named here and performed by the owner of the calls.
 *
 * @module
 */
import { assign, setup, type SnapshotFrom } from "xstate";
import { z } from "zod/mini";
import type { BreakerMessage } from "../messages/mailboxes.ts";
import { deadline, type Deadlines, disarmed, isDue } from "./deadlines.ts";

/** When a breaker opens, and for how long. */
export const breakerOptions = z.object({
  /** Calls that must have ended before the ratio means anything: 1 of 2 is no alarm. */
  volumeMin: z._default(z.int().check(z.positive()), 20),
  /** Share of failed calls at which it opens, 0..1. */
  failureRatio: z._default(z.number().check(z.gt(0), z.maximum(1)), 0.5),
  /**
   * It opens also when so many times the usual share of calls has failed, from `failureLowRatio` on;
   * null: what is usual is not looked at.
   */
  usualTimes: z._default(z.nullable(z.number().check(z.gt(1), z.maximum(100))), null),
  /** Share of failed calls below which it never opens for being unusual, 0..1. */
  failureLowRatio: z._default(z.number().check(z.gt(0), z.maximum(1)), 0.2),
  /** A call that works but takes longer is a slow one; null: none is. */
  slowMs: z._default(z.nullable(z.number().check(z.positive())), null),
  /** Share of slow calls at which it opens, 0..1. */
  slowRatio: z._default(z.number().check(z.gt(0), z.maximum(1)), 0.8),
  /** The counts are halved this often, so that the last one to two windows count. */
  windowMs: z._default(z.number().check(z.positive()), 60_000),
  /** How long it is open at first; each failed probe doubles it. */
  openMs: z._default(z.number().check(z.positive()), 30_000),
  /** Longest that it is open at once. */
  openMaxMs: z._default(z.number().check(z.positive()), 600_000),
});

/** Parsed {@link breakerOptions}. */
export type BreakerOptions = z.infer<typeof breakerOptions>;

/** Calls that are no news any more. */
interface Usual {
  readonly ended: number;
  readonly failed: number;
}

/** Older calls that must have ended before anything is usual, and that weigh in full. */
const usualMin = 200;
const usualMost = 100_000;

/** What a breaker remembers. */
export interface BreakerContext {
  readonly options: BreakerOptions;
  /** Calls that ended in the window, and the failed and the slow ones of them; halved with age. */
  readonly ended: number;
  readonly failed: number;
  readonly slow: number;
  /** Older calls, those before the window; the oldest of them weigh less. */
  readonly usual: Usual;
  /** When the counts were last halved, monotonic ms. */
  readonly sinceMs: number;
  /** Times it opened since it was last closed. */
  readonly opened: number;
  readonly deadlines: Deadlines<"open">;
}

interface Told {
  readonly context: BreakerContext;
  readonly event: BreakerMessage;
}

type Counts = Pick<BreakerContext, "ended" | "failed" | "slow" | "usual" | "sinceMs">;

/** What a message tells of calls. */
function toldOf(event: BreakerMessage): Pick<Counts, "ended" | "failed" | "slow"> {
  if (event.type !== "succeeded" && event.type !== "failed") {
    return { ended: 0, failed: 0, slow: 0 };
  }
  const { calls: ended = 1 } = event;
  if (event.type === "failed") return { ended, failed: ended, slow: 0 };
  return { ended, failed: 0, slow: event.slow ?? 0 };
}

/** The counts with some more endings. */
function counted({ context, event }: Told): Counts {
  const { ended, failed, slow, usual, sinceMs, options: { windowMs } } = context;
  const windows = Math.floor((event.nowMs - sinceMs) / windowMs);
  const told = toldOf(event);
  const aged = (count: number) => count / 2 ** windows;
  return {
    ended: aged(ended) + told.ended,
    failed: aged(failed) + told.failed,
    slow: aged(slow) + told.slow,
    usual: windows > 0 ? withOlder(usual, ended - aged(ended), failed - aged(failed)) : usual,
    sinceMs: sinceMs + windows * windowMs,
  };
}

/** What is usual, with calls that have left the window. */
function withOlder(usual: Usual, ended: number, failed: number): Usual {
  const weight = Math.min(1, usualMost / Math.max(1, usual.ended + ended));
  return { ended: weight * (usual.ended + ended), failed: weight * (usual.failed + failed) };
}

/** Share of failed calls at which it opens, 0..1. */
export function opensAt({ options, usual }: Pick<BreakerContext, "options" | "usual">): number {
  const { failureRatio, failureLowRatio, usualTimes } = options;
  if (usualTimes === null || usual.ended < usualMin) return failureRatio;
  const unusual = Math.max(failureLowRatio, usualTimes * usual.failed / usual.ended);
  return Math.min(failureRatio, unusual);
}

/** One breaker for each thing that can fail by itself. */
export const breaker = setup({
  types: {
    context: {} as BreakerContext,
    events: {} as BreakerMessage,
    input: {} as { readonly nowMs: number; readonly options: BreakerOptions },
  },
  actions: {
    /** Alert: calls fail. */
    breakerOpened: () => {},
    /** Alert: calls work again. */
    breakerClosed: () => {},
    count: assign(counted),
    forget: assign(({ event }) => ({
      ended: 0,
      failed: 0,
      slow: 0,
      sinceMs: event.nowMs,
      opened: 0,
    })),
    hold: assign(({ context: { deadlines, opened, options }, event }) => ({
      opened: opened + 1,
      deadlines: {
        ...deadlines,
        open: deadline(event.nowMs, Math.min(options.openMs * 2 ** opened, options.openMaxMs)),
      },
    })),
    disarm: assign(({ context }, { timer }: { readonly timer: "open" }) => ({
      deadlines: disarmed(context.deadlines, timer),
    })),
  },
  guards: {
    due: ({ context, event }, { timer }: { readonly timer: string }) =>
      isDue(context.deadlines, timer, event),
    tooMany: ({ context, event }) => {
      const { ended, failed, usual } = counted({ context, event });
      const ratio = opensAt({ options: context.options, usual });
      return ended >= context.options.volumeMin && failed >= ended * ratio;
    },
    tooSlow: ({ context, event }) => {
      const { ended, slow } = counted({ context, event });
      return ended >= context.options.volumeMin && slow >= ended * context.options.slowRatio;
    },
    isSlow: ({ event }) => toldOf(event).slow > 0,
  },
}).createMachine({
  id: "breaker",
  description: "Whether calls that may fail are made.",
  context: ({ input: { nowMs, options } }) => ({
    options,
    ended: 0,
    failed: 0,
    slow: 0,
    usual: { ended: 0, failed: 0 },
    sinceMs: nowMs,
    opened: 0,
    deadlines: {},
  }),
  initial: "closed",
  // Legal everywhere, without meaning in some states: ignored by name.
  on: {
    succeeded: {},
    failed: {},
    probed: {},
    returned: {},
    elapsed: {},
  } satisfies Record<BreakerMessage["type"], object>,
  states: {
    closed: {
      description: "Calls are made and counted.",
      on: {
        succeeded: [
          { guard: "tooSlow", target: "open", actions: "count" },
          { actions: "count" },
        ],
        failed: [{ guard: "tooMany", target: "open", actions: "count" }, { actions: "count" }],
      },
    },
    open: {
      description: "No call is made. Late answers of earlier calls mean nothing.",
      entry: ["hold", "breakerOpened"],
      exit: { type: "disarm", params: { timer: "open" } },
      on: {
        elapsed: { guard: { type: "due", params: { timer: "open" } }, target: "halfOpen" },
      },
    },
    halfOpen: {
      description: "One call at a time is tried.",
      initial: "ready",
      on: {
        succeeded: [
          { guard: "isSlow", target: "open" },
          { target: "closed", actions: ["forget", "breakerClosed"] },
        ],
        failed: { target: "open" },
      },
      states: {
        ready: {
          description: "The next call is the probe.",
          on: { probed: { target: "probing" } },
        },
        probing: {
          description: "The probe's answer is awaited, however long it takes.",
          on: { returned: { target: "ready" } },
        },
      },
    },
  },
});

/** A breaker at one instant. */
export type BreakerSnapshot = SnapshotFrom<typeof breaker>;

/** Whether a call may be made. In half open it is the probe and must be told as `probed`. */
export function admits(snapshot: BreakerSnapshot): boolean {
  return snapshot.matches("closed") || snapshot.matches({ halfOpen: "ready" });
}
