/**
 * When the envelope of a pool may change. Policies propose, this machine disposes: five regions
 * that each can object, as the decision matrix in `may.ts` says.
 *
 * Effects are named here and performed in `actors/controller.ts`; after each step it gives the
 * pool the envelope {@link inForce}.
 *
 * @module
 */
import { and, assign, not, or, setup, type SnapshotFrom } from "xstate";
import type { ScalingMessage } from "../messages/mailboxes.ts";
import { allowed } from "./allowed.ts";
import { deadline, disarmed, isDue } from "./deadlines.ts";
import { bounds, foresee, isOutside, lacksOne, relimited, trialCapAt, way } from "./room.ts";
import type { ScalingContext, ScalingInput } from "./room.ts";

export { matrix, may } from "./may.ts";
export { inForce, type ScalingInput, type ScalingOptions, scalingOptions } from "./room.ts";

interface Told {
  readonly context: ScalingContext;
  readonly event: ScalingMessage;
}

/** Failures that still count when one more comes. */
const recent = ({ context: { failuresMs, options }, event: { nowMs } }: Told) =>
  [...failuresMs, nowMs].filter((failedMs) => nowMs - failedMs < options.failureWindowMs);

/** Where the operator's word has moved the bounds, the size has to follow. */
const follow = [
  { guard: "movesOut", target: ".resizing" },
  { guard: "movesIn", target: ".steady" },
] as const;

/** One machine a pool. */
export const scaling = setup({
  types: {
    context: {} as ScalingContext,
    events: {} as ScalingMessage,
    input: {} as ScalingInput,
  },
  actions: {
    /** The proposal is the pool's envelope from now on. */
    adoptEnvelope: () => {},
    /** Alert: starts fail. */
    breakerOpened: () => {},
    /** Alert: starts work again. */
    breakerClosed: () => {},
    record: assign(({ event }) =>
      event.type === "proposed"
        ? { wanted: { decision: event.decision, envelope: event.envelope } }
        : {}
    ),
    adopt: assign(({ context, event }) => {
      const { adopted, moved } = foresee(context, event);
      return { adopted, moved };
    }),
    relimit: assign(({ context, event }) => relimited(context, event)),
    count: assign(({ context, event }) => {
      if (event.type !== "resized") return {};
      return { workers: event.workers, trialCap: trialCapAt(context, event.workers) };
    }),
    settle: assign({ moved: null }),
    coolDown: assign(({ context, event }) => ({
      deadlines: {
        ...context.deadlines,
        cooldown: deadline(event.nowMs, context.options.cooldownMs[context.moved ?? "up"]),
      },
    })),
    countFailure: assign({ failuresMs: recent }),
    holdStarts: assign(({ context: { deadlines, opened, options }, event }) => ({
      failuresMs: [],
      opened: opened + 1,
      deadlines: {
        ...deadlines,
        breaker: deadline(event.nowMs, Math.min(options.openMs * 2 ** opened, options.openMaxMs)),
      },
    })),
    allowOne: assign({ trialCap: ({ context }) => context.workers + 1 }),
    endTrial: assign({ trialCap: 0 }),
    forget: assign({ failuresMs: [], opened: 0 }),
    bind: assign({ held: ({ context, event }) => foresee(context, event).held }),
    limit: assign(({ context, event }) => ({
      deadlines: "forMs" in event && event.forMs !== undefined
        ? { ...context.deadlines, operator: deadline(event.nowMs, event.forMs) }
        : disarmed(context.deadlines, "operator"),
    })),
    disarm: assign((
      { context },
      { timer }: { readonly timer: "cooldown" | "breaker" | "operator" },
    ) => ({ deadlines: disarmed(context.deadlines, timer) })),
  },
  guards: {
    due: ({ context, event }, { timer }: { readonly timer: string }) =>
      isDue(context.deadlines, timer, event),
    isFallback: ({ event }) => event.type === "proposed" && event.fallback !== undefined,
    mayGrow: allowed("grow"),
    mayShrink: allowed("shrink"),
    grows: ({ context, event }) => way(context, event) === "up",
    shrinks: ({ context, event }) => way(context, event) === "down",
    lacksOne: ({ context, event }) => lacksOne(context, event),
    holdsIn: ({ event }) => event.type === "hold" && event.scaling === "in",
    refused: or([and(["grows", not("mayGrow")]), and(["shrinks", not("mayShrink")])]),
    stays: ({ context, event }) => {
      const [now, next] = [bounds(context), bounds(foresee(context, event))];
      return now.floor === next.floor && now.cap === next.cap;
    },
    outside: ({ context, event }) => isOutside(foresee(context, event)),
    inside: not("outside"),
    movesOut: and([not("stays"), "outside"]),
    movesIn: and([not("stays"), "inside"]),
    cools: ({ context, event }) => {
      const next = foresee(context, event);
      return !isOutside(next) && next.moved !== null && context.options.cooldownMs[next.moved] > 0;
    },
    lastStraw: ({ context, event }) =>
      recent({ context, event }).length >= context.options.failures,
  },
}).createMachine({
  id: "scaling",
  description: "When the envelope of a pool may change.",
  type: "parallel",
  context: ({ input: { workers, envelope, options } }) => ({
    workers,
    options,
    adopted: { decision: 0, envelope },
    wanted: { decision: 0, envelope },
    held: null,
    moved: null,
    failuresMs: [],
    opened: 0,
    trialCap: 0,
    deadlines: {},
  }),
  // Legal everywhere, without meaning in most states: ignored by name.
  on: {
    proposed: {},
    resized: {},
    startFailed: {},
    startSucceeded: {},
    sensed: {},
    blinded: {},
    pressureRose: {},
    pressureFell: {},
    pause: {},
    hold: {},
    drain: {},
    resume: {},
    pin: {},
    elapsed: {},
  } satisfies Record<ScalingMessage["type"], object>,
  states: {
    size: {
      initial: "steady",
      on: {
        proposed: [
          { guard: "refused", actions: ["record", "relimit"] },
          { guard: "stays", actions: ["record", "adopt", "adoptEnvelope"] },
          { guard: "outside", target: ".resizing", actions: ["record", "adopt", "adoptEnvelope"] },
          { guard: "cools", target: ".cooldown", actions: ["record", "adopt", "adoptEnvelope"] },
          { target: ".steady", actions: ["record", "adopt", "adoptEnvelope"] },
        ],
        resized: [
          { guard: "outside", target: ".resizing", actions: "count" },
          { actions: "count" },
        ],
        pin: follow,
        hold: follow,
        drain: follow,
        pause: follow,
        resume: follow,
        elapsed: follow,
      },
      states: {
        steady: {
          description: "The size lies inside the room.",
          entry: "settle",
        },
        resizing: {
          description: "The size has to follow. A newer envelope replaces the target.",
          on: {
            resized: [
              { guard: "cools", target: "cooldown", actions: "count" },
              { guard: "inside", target: "steady", actions: "count" },
            ],
          },
        },
        cooldown: {
          description: "The effect of the last move is awaited.",
          entry: ["coolDown", "settle"],
          exit: { type: "disarm", params: { timer: "cooldown" } },
          on: {
            resized: {
              description: "A worker that dies now is replaced; that is no move.",
              actions: "count",
            },
            elapsed: {
              guard: { type: "due", params: { timer: "cooldown" } },
              target: "steady",
            },
          },
        },
      },
    },
    breaker: {
      initial: "closed",
      states: {
        closed: {
          description: "Starts work.",
          on: {
            startFailed: [
              { guard: "lastStraw", target: "open" },
              { actions: "countFailure" },
            ],
          },
        },
        open: {
          description: "Starts fail: none is tried, but one where a ready worker has died.",
          entry: ["holdStarts", "breakerOpened"],
          exit: { type: "disarm", params: { timer: "breaker" } },
          on: {
            elapsed: {
              guard: { type: "due", params: { timer: "breaker" } },
              target: "halfOpen",
            },
            resized: { guard: "lacksOne", target: "halfOpen" },
          },
        },
        halfOpen: {
          description: "One start is tried.",
          entry: "allowOne",
          exit: "endTrial",
          on: {
            startSucceeded: { target: "closed", actions: ["forget", "breakerClosed"] },
            startFailed: { target: "open" },
          },
        },
      },
    },
    senses: {
      initial: "seeing",
      states: {
        seeing: { description: "Readings are fresh.", on: { blinded: { target: "blind" } } },
        blind: {
          description: "Readings are missing or old: the size is held, only the queue adds to it.",
          on: { sensed: { target: "seeing" } },
        },
      },
    },
    pressure: {
      initial: "calm",
      states: {
        calm: {
          description: "The host has memory to spare.",
          on: { pressureRose: { target: "emergency" } },
        },
        emergency: {
          description: "The host runs out of memory: nothing grows, a cooldown does not count.",
          on: { pressureFell: { target: "calm" } },
        },
      },
    },
    operator: {
      initial: "auto",
      on: {
        pause: { target: ".paused", actions: "bind" },
        hold: [
          { guard: "holdsIn", target: ".pausedIn", actions: "bind" },
          { target: ".pausedOut", actions: "bind" },
        ],
        pin: { target: ".pinned", actions: "bind" },
        drain: { target: ".drained", actions: "bind" },
        resume: { target: ".auto", actions: "bind" },
        elapsed: {
          guard: { type: "due", params: { timer: "operator" } },
          target: ".auto",
          actions: "bind",
        },
      },
      states: {
        auto: { description: "Policies decide.", entry: "limit" },
        paused: { description: "No job is started and the size is held.", entry: "limit" },
        pausedIn: { description: "The size may rise and does not fall.", entry: "limit" },
        pausedOut: { description: "The size may fall and does not rise.", entry: "limit" },
        pinned: {
          description: "The operator's size; what policies want is only noted.",
          entry: "limit",
        },
        drained: {
          description: "No job is started, and workers leave when theirs have ended.",
          entry: "limit",
        },
      },
    },
  },
});

/** A scaling machine at one instant. */
export type ScalingSnapshot = SnapshotFrom<typeof scaling>;
