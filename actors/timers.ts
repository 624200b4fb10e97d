/**
 * Machines have no clock. This one winds theirs.
 *
 * @module
 */
import { timers } from "../machines/deadlines.ts";
import type { Clock } from "./ports.ts";

type Snapshot = Parameters<typeof timers>[0];

/** An actor whose machine keeps deadlines. */
export interface Timed {
  getSnapshot(): Snapshot;
  send(message: { type: "elapsed"; timer: string; nowMs: number }): void;
  subscribe(observer: {
    next?: (snapshot: Snapshot) => void;
    complete?: () => void;
    error?: (error: unknown) => void;
  }): { unsubscribe(): void };
}

/** Arms a timer for each deadline of `actor`, now and after each step; returns the way to stop. */
export function wind(actor: Timed, clock: Clock): () => void {
  const armed = new Map<string, { readonly untilMs: number; readonly disarm: () => void }>();

  /** What was armed last; null: a timer of it has rung since. */
  let seen: Snapshot["context"]["deadlines"] | null = null;

  function rearm(snapshot: Snapshot) {
    if (snapshot.context.deadlines === seen) return;
    seen = snapshot.context.deadlines;
    const wanted = timers(snapshot);
    for (const [timer, { untilMs, disarm }] of armed) {
      if (wanted[timer] === untilMs) continue;
      disarm();
      armed.delete(timer);
    }
    for (const timer in wanted) {
      if (armed.has(timer)) continue;
      const untilMs = wanted[timer]!;
      const disarm = clock.at(untilMs, () => {
        armed.delete(timer);
        seen = null;
        actor.send({ type: "elapsed", timer, nowMs: clock.nowMs() });
      });
      armed.set(timer, { untilMs, disarm });
    }
  }

  function stop() {
    subscription.unsubscribe();
    for (const { disarm } of armed.values()) disarm();
    armed.clear();
  }

  const subscription = actor.subscribe({ next: rearm, complete: stop, error: stop });
  rearm(actor.getSnapshot());
  return () => stop();
}
