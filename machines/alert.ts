/**
 * One alert: what is wrong has to last before it is told, and to be over for a while before that is.
 *
 * In between it is one incident, however often the value crosses its marks. It can get worse, and is
 * as bad as it was at its worst until it is over.
 *
 * @module
 */
import { assign, setup, type SnapshotFrom } from "xstate";
import { z } from "zod/mini";
import type { AlertMessage } from "../messages/mailboxes.ts";
import { deadline, type Deadlines, disarmed, isDue } from "./deadlines.ts";

/** How long things have to last. */
export const alertOptions = z.object({
  /** What is wrong for less is not told. */
  sustainMs: z._default(z.number().check(z.nonnegative()), 30_000),
  /** What is over for less is not over. */
  clearMs: z._default(z.number().check(z.nonnegative()), 30_000),
});

/** Parsed {@link alertOptions}. */
export type AlertOptions = z.infer<typeof alertOptions>;

/** Where a value stands. */
export type Judgement = "calm" | "warning" | "critical";

type Timer = "sustain" | "clear";

/** What an alert remembers. */
export interface AlertContext {
  readonly options: AlertOptions;
  /** As it was judged last. */
  readonly level: Judgement;
  /** Since it is pending: the mildest that it was judged. */
  readonly least: Judgement;
  /** The worst that was told of this incident; calm: nothing. */
  readonly told: Judgement;
  readonly deadlines: Deadlines<Timer>;
}

const judgement = (event: AlertMessage): Judgement | null =>
  event.type === "judged" ? event.level : null;

/** One for each thing that can be wrong by itself. */
export const alert = setup({
  types: {
    context: {} as AlertContext,
    events: {} as AlertMessage,
    input: {} as { readonly options: AlertOptions },
  },
  actions: {
    /** A new incident. */
    raise: () => {},
    /** The incident is critical now. */
    escalate: () => {},
    /** The incident is over. */
    clear: () => {},
    judge: assign(({ context: { level }, event }) => ({ level: judgement(event) ?? level })),
    soften: assign(({ context: { least }, event }) => ({
      least: judgement(event) === "warning" ? "warning" : least,
    })),
    begin: assign(({ event }) => ({ least: judgement(event) ?? "warning" })),
    tell: assign((_, { level }: { readonly level: Judgement }) => ({ told: level })),
    arm: assign((
      { context: { deadlines, options }, event },
      { timer }: { readonly timer: Timer },
    ) => ({
      deadlines: { ...deadlines, [timer]: deadline(event.nowMs, options[`${timer}Ms`]) },
    })),
    disarm: assign(({ context }, { timer }: { readonly timer: Timer }) => ({
      deadlines: disarmed(context.deadlines, timer),
    })),
  },
  guards: {
    due: ({ context, event }, { timer }: { readonly timer: Timer }) =>
      isDue(context.deadlines, timer, event),
    dueAtWorst: ({ context, event }) =>
      isDue(context.deadlines, "sustain", event) && context.least === "critical",
    is: ({ event }, { level }: { readonly level: Judgement }) => judgement(event) === level,
    isBad: ({ event }) => (judgement(event) ?? "calm") !== "calm",
    wasCritical: ({ context, event }) =>
      context.told === "critical" && (judgement(event) ?? "calm") !== "calm",
  },
}).createMachine({
  id: "alert",
  description: "Whether something is told to be wrong.",
  context: ({ input: { options } }) => ({
    options,
    level: "calm",
    least: "calm",
    told: "calm",
    deadlines: {},
  }),
  initial: "calm",
  // Legal everywhere, without meaning in some states: ignored by name.
  on: {
    judged: {},
    elapsed: {},
  } satisfies Record<AlertMessage["type"], object>,
  states: {
    calm: {
      description: "Nothing is wrong.",
      entry: { type: "tell", params: { level: "calm" } },
      on: {
        judged: [
          { guard: "isBad", target: "pending", actions: ["judge", "begin"] },
          { actions: "judge" },
        ],
      },
    },
    pending: {
      description: "Something is wrong, and has to last.",
      entry: { type: "arm", params: { timer: "sustain" } },
      exit: { type: "disarm", params: { timer: "sustain" } },
      on: {
        judged: [
          {
            guard: { type: "is", params: { level: "calm" } },
            target: "calm",
            actions: "judge",
          },
          { actions: ["judge", "soften"] },
        ],
        elapsed: [
          { guard: "dueAtWorst", target: "raised.critical", actions: "raise" },
          {
            guard: { type: "due", params: { timer: "sustain" } },
            target: "raised.warning",
            actions: "raise",
          },
        ],
      },
    },
    raised: {
      initial: "warning",
      on: {
        judged: [
          {
            guard: { type: "is", params: { level: "calm" } },
            target: "clearing",
            actions: "judge",
          },
          { actions: "judge" },
        ],
      },
      states: {
        warning: {
          description: "An incident, and a warning.",
          entry: { type: "tell", params: { level: "warning" } },
          on: {
            judged: [
              {
                guard: { type: "is", params: { level: "critical" } },
                target: "rising",
                actions: "judge",
              },
            ],
          },
        },
        rising: {
          description: "A warning that would be critical, if that lasts.",
          entry: { type: "arm", params: { timer: "sustain" } },
          exit: { type: "disarm", params: { timer: "sustain" } },
          on: {
            judged: {
              guard: { type: "is", params: { level: "warning" } },
              target: "warning",
              actions: "judge",
            },
            elapsed: {
              guard: { type: "due", params: { timer: "sustain" } },
              target: "critical",
              actions: "escalate",
            },
          },
        },
        critical: {
          description: "An incident, and critical until it is over.",
          entry: { type: "tell", params: { level: "critical" } },
        },
      },
    },
    clearing: {
      description: "It seems to be over, and that has to last.",
      entry: { type: "arm", params: { timer: "clear" } },
      exit: { type: "disarm", params: { timer: "clear" } },
      on: {
        judged: [
          { guard: "wasCritical", target: "raised.critical", actions: "judge" },
          { guard: "isBad", target: "raised.warning", actions: "judge" },
          { actions: "judge" },
        ],
        elapsed: {
          guard: { type: "due", params: { timer: "clear" } },
          target: "calm",
          actions: "clear",
        },
      },
    },
  },
});

/** An alert at one instant. */
export type AlertSnapshot = SnapshotFrom<typeof alert>;
