/**
 * The rules of supervision, as Erlang/OTP has them: which ends are followed by another start, who
 * else is started with it, and how often that may happen. Tables and arithmetic; the supervisor in
 * `actors/supervisor.ts` does what they say.
 *
 * @module
 */

/** How something ended: by itself and well, because it was asked to, or otherwise. */
export type End = "normal" | "shutdown" | "abnormal";

/** After which ends a child is started again. */
const again = {
  /** Whatever the end was. */
  permanent: { normal: true, shutdown: true, abnormal: true },
  /** Only when something went wrong. */
  transient: { normal: false, shutdown: false, abnormal: true },
  /** Never. */
  temporary: { normal: false, shutdown: false, abnormal: false },
} as const satisfies Record<string, Readonly<Record<End, boolean>>>;

/** How long a child is wanted. */
export type Restart = keyof typeof again;

/** All ways of {@link Restart}. */
export const restartKinds = Object.keys(again) as [Restart, ...Restart[]];

/** Whether a child that ended so is started again. */
export const isRestarted = (restart: Restart, how: End): boolean => again[restart][how];

/** Whose restart each strategy asks for, by places in the order of start. */
const reach = {
  /** Children know nothing of each other: only the one that ended. */
  oneForOne: (place: number) => [place, place + 1],
  /** None works without the others: all. */
  oneForAll: (_place: number, count: number) => [0, count],
  /** Later ones stand on earlier ones: it and those started after it. */
  restForOne: (place: number, count: number) => [place, count],
  /** Many of one kind that come and go: only the one that ended, and no order at the stop. */
  simpleOneForOne: (place: number) => [place, place + 1],
} as const satisfies Record<string, (place: number, count: number) => readonly [number, number]>;

/** Who is started again when one child has to be. */
export type Strategy = keyof typeof reach;

/** All {@link Strategy} names. */
export const strategies = Object.keys(reach) as [Strategy, ...Strategy[]];

/** The children to start again after `ended`, in order of start; they are stopped in reverse. */
export function affected<T>(strategy: Strategy, children: readonly T[], ended: T): readonly T[] {
  const place = children.indexOf(ended);
  return place < 0 ? [] : children.slice(...reach[strategy](place, children.length));
}

/** How many restarts are still no alarm. */
export interface Budget {
  /** Restarts within `periodMs` that are answered; one more is given up. */
  readonly intensity: number;
  readonly periodMs: number;
}

/** The restarts of the period that ends now, this one included; more than `intensity`: give up. */
export function spent({ periodMs }: Budget, restartsMs: readonly number[], nowMs: number) {
  return [...restartsMs, nowMs].filter((restartMs) => nowMs - restartMs < periodMs);
}
