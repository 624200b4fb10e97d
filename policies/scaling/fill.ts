/**
 * What a pool should do now, given the room it has. Run on each enqueue, finish, exit and timer.
 *
 * @module
 */
import type { Envelope, Filling, PoolView } from "../../messages/decision.ts";
import { span } from "../span.ts";

/**
 * Workers being started at once for a waiting queue where the policy says nothing of it; the next
 * ones wait for these to be ready.
 */
const startingUsual = 4;

const nothing: Filling = Object.freeze({
  spawn: 0,
  retire: 0,
  wakeAtMs: null,
  because: "nothing to do",
});

/** Workers that an envelope wants in any case: its floor, and spares beside those that have jobs. */
export function wanted(
  { floor, cap, spares = 0 }: Envelope,
  { ready, idleSinceMs }: Pick<PoolView, "ready" | "idleSinceMs">,
): number {
  const busy = Math.max(0, ready - idleSinceMs.length);
  return Math.max(floor, spares === 0 ? 0 : Math.min(cap, busy + spares));
}

/**
 * Compares a pool with its envelope: up to the floor and the spares, down to the cap, else one step
 * for a head that has waited too long, else back from workers idle too long. Never starts and
 * retires at once. A seat in its back-off counts as being started. Where `startsMax` held it back,
 * ask again when the start rate allows more.
 */
export function fill(envelope: Envelope, view: PoolView, nowMs: number): Filling {
  const { floor, cap, spawn: on, keepAliveMs } = envelope;
  const { queued, headSinceMs, backlogSinceMs, idleSinceMs, startsMax } = view;
  const workers = view.ready + view.starting;
  const starting = view.starting + view.held;
  const coming = workers + view.held;
  const kept = wanted(envelope, view);
  const room = cap - view.closed;

  let spawn = 0;
  let retire = 0;
  let because = nothing.because;
  let wakeAtMs = Infinity;

  if (coming < Math.min(kept, room)) {
    spawn = Math.min(Math.min(kept, room) - coming, startsMax);
    because = kept === floor ? `at least ${floor} wanted` : `${envelope.spares} spares wanted`;
  } else if (workers > cap) {
    retire = workers - cap;
    because = `at most ${cap} allowed`;
  } else {
    const mayGrow = on !== null && coming < room && queued > 0 && headSinceMs !== null;
    const headDueMs = mayGrow ? headSinceMs + on.lagMs : Infinity;
    const backlogDueMs = mayGrow && backlogSinceMs !== null && on.backlogMs !== undefined
      ? backlogSinceMs + on.backlogMs
      : Infinity;
    const dueMs = Math.min(headDueMs, backlogDueMs);
    if (mayGrow && headDueMs <= nowMs) {
      const { startingMax = startingUsual } = on;
      const more = Math.min(Math.ceil(queued / on.queuePer), startingMax) - starting;
      spawn = Math.max(0, Math.min(more, room - coming, startsMax));
      because = `head waited ${span(nowMs - headSinceMs)}`;
    } else if (backlogDueMs <= nowMs) {
      spawn = Math.max(0, Math.min(1 - starting, room - coming, startsMax));
      because = `backlog for ${span(nowMs - backlogSinceMs!)}`;
    } else {
      retire = idleTooLong(idleSinceMs, nowMs - keepAliveMs, workers - kept);
      if (retire > 0) because = `idle for ${span(nowMs - idleSinceMs[0]!)}`;
      wakeAtMs = dueMs;
    }
  }

  if (workers + spawn - retire > kept) {
    const next = idleSinceMs.find((sinceMs) => sinceMs + keepAliveMs > nowMs);
    if (next !== undefined) wakeAtMs = Math.min(wakeAtMs, next + keepAliveMs);
  }
  if (spawn === 0 && retire === 0 && wakeAtMs === Infinity) return nothing;
  return { spawn, retire, wakeAtMs: wakeAtMs === Infinity ? null : wakeAtMs, because };
}

/** Counts those idle since `beforeMs` or earlier, oldest first, at most `limit`. */
function idleTooLong(idleSinceMs: readonly number[], beforeMs: number, limit: number): number {
  let count = 0;
  while (count < limit && count < idleSinceMs.length && idleSinceMs[count]! <= beforeMs) count++;
  return count;
}
