/**
 * What other sizes would cost, and how long jobs would wait there: the bargain that a decision is.
 *
 * @module
 */
import type { Envelope, Prospect } from "../../messages/decision.ts";
import type { Reading } from "../../messages/signals.ts";
import type { Prices } from "../business/costs.ts";
import { meanWait } from "../estimators/erlang.ts";
import { known } from "./blind.ts";
import type { Load } from "./demand.ts";

/** Time that is looked ahead, ms: no wait is said to be longer. */
const aheadMs = 60_000;
/** Jobs that a worker is taken to do at once at most. */
const placesMax = 1_024;
/** Sizes above this are not looked at: a cap may be no limit at all. */
const workersMost = 10_000;
const hourS = 3_600;

/**
 * The present size with its neighbours, the size that `to` asks for at once, and its cap: 3 to 5, the
 * smallest first. `load` null: nobody knows what comes, so no wait is told. Prices null: none are known.
 */
export function prospects(
  reading: Reading,
  to: Envelope,
  load: Load | null,
  prices: Prices | null,
): readonly Prospect[] {
  const workers = reading.workers + reading.starting;
  const least = Math.max(0, workers - 1);
  const wanted = Math.min(Math.max(workers, to.floor), to.cap);
  const sizes = new Set([least, least + 1, least + 2, wanted, to.cap]);
  const places = placesOf(reading);
  const waitNowMs = waitMs(workers, reading, load, places);
  return [...sizes].filter((size) => size <= workersMost).sort((one, other) => one - other)
    .map((size) => {
      const wait = waitMs(size, reading, load, places);
      return {
        workers: size,
        workerSeconds: (size - workers) * hourS,
        money: prices === null || prices.workerPerHour === 0
          ? null
          : (size - workers) * prices.workerPerHour,
        waitMs: wait,
        waitChangeMs: wait === null || waitNowMs === null ? null : wait - waitNowMs,
      };
    });
}

/**
 * Jobs that a worker does at once: as many as the busy ones have, and more where these leave their
 * thread free.
 */
function placesOf({ workers, idle, running, heldRatio }: Reading): number {
  const busy = workers - idle;
  if (busy <= 0) return 1;
  const each = Math.max(1, running / busy);
  return Math.min(placesMax, known(heldRatio) ? each / Math.max(heldRatio, 1 / placesMax) : each);
}

/** Mean wait of a job that comes within the time looked ahead, ms; null: nothing is known. */
function waitMs(
  workers: number,
  { queued }: Reading,
  load: Load | null,
  places: number,
): number | null {
  if (load === null) return null;
  const { perS, service } = load;
  if (perS === 0 && queued === 0) return 0;
  const servers = Math.floor(workers * places);
  const perMs = servers / service;
  if (servers === 0) return aheadMs;
  const backlog = meanBacklog(queued, perS / 1_000 - perMs) / perMs;
  const chance = servers > load.load && servers < plenty(load.load) ? meanWait(servers, load) : 0;
  return Math.round(Math.min(aheadMs, backlog + chance));
}

/** So many servers that chance keeps nobody waiting: eight deviations above the load. */
const plenty = (load: number): number => load + 8 * (1 + Math.sqrt(load));

/** Jobs that wait on average in the time looked ahead, where `now` do and `perMs` more each ms. */
function meanBacklog(now: number, perMs: number): number {
  const emptyMs = perMs < 0 ? Math.min(aheadMs, now / -perMs) : aheadMs;
  return (now + perMs * emptyMs / 2) * emptyMs / aheadMs;
}
