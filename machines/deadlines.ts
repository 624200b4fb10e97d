/**
 * Time in machines. They have no clock: a state that must end by itself keeps a deadline in the
 * context, an actor arms a timer for it and sends `elapsed` back.
 *
 * @module
 */

/** When a timer ends. */
export interface Deadline {
  /** Monotonic instant, ms. */
  readonly untilMs: number;
  /** What it was set for, ms; after a restart nothing waits longer than that. */
  readonly lengthMs: number;
}

/** The timers that run now, by name. */
export type Deadlines<Timer extends string = string> = { readonly [timer in Timer]?: Deadline };

/** The deadline `lengthMs` from now. */
export const deadline = (nowMs: number, lengthMs: number): Deadline => ({
  untilMs: nowMs + lengthMs,
  lengthMs,
});

/** The same deadlines without that of `timer`. */
export function disarmed<D extends Deadlines>(deadlines: D, timer: keyof D & string): D {
  const { [timer]: _ended, ...rest } = deadlines;
  return rest as D;
}

/** Whether a message says that `timer` has ended, and it really has. Late and early ones do not. */
export function isDue(
  deadlines: Deadlines,
  timer: string,
  message: { readonly type: string; readonly timer?: string; readonly nowMs?: number },
): boolean {
  const until = deadlines[timer]?.untilMs;
  return message.type === "elapsed" && message.timer === timer && until !== undefined &&
    message.nowMs !== undefined && message.nowMs >= until;
}

/** What an actor must arm after each step and after a restore: for each timer, until when. */
export function timers(
  snapshot: { readonly context: { readonly deadlines: Deadlines } },
): Readonly<Record<string, number>> {
  const { deadlines } = snapshot.context;
  const until: Record<string, number> = {};
  for (const timer in deadlines) {
    const ends = deadlines[timer];
    if (ends !== undefined) until[timer] = ends.untilMs;
  }
  return until;
}
