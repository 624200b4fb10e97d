/**
 * The service itself: workers, decisions, breakers, limits.
 *
 * @module
 */
import type { PoolStatus } from "../../messages/status.ts";
import { counter, type Family, gauge, histogram, type Sample } from "./family.ts";
import type { Sight } from "./sight.ts";

/** The families of a moment. */
export function serviceFamilies(sight: Sight): readonly Family[] {
  const { status, starts } = sight;
  return [
    gauge("flyball_build_info", "Always 1; the version stands in its label.", [
      [{ version: status.version }, 1],
    ]),
    gauge("flyball_start_time_seconds", "When the service started, since the epoch.", [
      [{}, Date.parse(status.startedAt) / 1_000],
    ]),
    ...poolFamilies(sight),
    histogram("flyball_worker_start_seconds", "From the start of a worker until it is ready.", [
      ...starts.map(([kind, startMs]) => [{ kind }, startMs] as const),
    ]),
    ...breakerFamilies(sight),
    ...cacheFamilies(sight),
    gauge(
      "flyball_limit_running_jobs",
      "Jobs that run under a limit of keys.",
      status.limits.map(({ pattern, running }) => [{ limit: pattern }, running]),
    ),
    counter(
      "flyball_rate_taken_total",
      "What jobs that have ended took of the rates of their keys, by unit.",
      status.limits.flatMap(({ pattern, rates = [] }) =>
        rates.map(({ unit, taken }): Sample => [{ limit: pattern, unit }, taken])
      ),
    ),
  ];
}

function poolFamilies({ status: { pools }, decisions }: Sight): readonly Family[] {
  const each = (value: (pool: PoolStatus) => number): Sample[] =>
    pools.map((pool) => [{ pool: pool.name }, value(pool)]);
  const all = (samples: (pool: PoolStatus) => readonly Sample[]) =>
    pools.flatMap((pool) =>
      samples(pool).map(([labels, value]): Sample => [{ pool: pool.name, ...labels }, value])
    );
  return [
    gauge(
      "flyball_workers",
      "Workers by state; idle ones are ready, too.",
      all(({ workers }) => Object.entries(workers).map(([state, count]) => [{ state }, count])),
    ),
    gauge("flyball_workers_floor", "Workers that the pool keeps at least.", [
      ...each(({ envelope }) => envelope.floor),
    ]),
    gauge("flyball_workers_cap", "Workers that the pool has at most.", [
      ...each(({ envelope }) => envelope.cap),
    ]),
    gauge("flyball_budget_workers", "Workers that the pool may have of the budget of all.", [
      ...all(({ budget }) => budget ? [[{}, budget.cap]] : []),
    ]),
    gauge(
      "flyball_pool_running_jobs",
      "Jobs that run in the pool.",
      each(({ running }) => running),
    ),
    gauge("flyball_pool_queued_jobs", "Jobs that wait for a worker of the pool.", [
      ...each(({ queued }) => queued),
    ]),
    gauge("flyball_pool_regret_ratio", "How much more it cost than the best fixed size.", [
      ...all(({ regret }) => regret?.numbers ? [[{}, regret.numbers.regretPercent / 100]] : []),
    ]),
    gauge("flyball_pool_best_fixed_workers", "The fixed size that would have cost least.", [
      ...all(({ regret }) => regret?.numbers ? [[{}, regret.numbers.best.workers]] : []),
    ]),
    counter("flyball_decisions_total", "Decisions about the size of the pool.", [
      ...each(({ name }) => decisions.get(name) ?? 0),
    ]),
    gauge(
      "flyball_scaling_state",
      "1 for the state that each region of the scaling machine is in.",
      all(({ scaling }) =>
        Object.entries(scaling ?? {}).map(([region, state]) => [
          { region, state: String(state) },
          1,
        ])
      ),
    ),
    counter("flyball_workers_lost_total", "Workers that ended without being asked to.", [
      ...each(({ restarts }) => restarts.workersLost),
    ]),
    counter("flyball_actors_restarted_total", "Parts of the service that were started again.", [
      ...each(({ restarts }) => restarts.actors),
    ]),
    gauge("flyball_seats_quarantined", "Seats that are left alone for a while.", [
      ...each(({ restarts }) => restarts.quarantined.length),
    ]),
  ];
}

function cacheFamilies({ status: { cache } }: Sight): readonly Family[] {
  return [
    counter("flyball_cache_hits_total", "Jobs that were given a result that was there.", [
      [{}, cache.hits],
    ]),
    counter("flyball_cache_misses_total", "Jobs that were run as their result was not there.", [
      [{}, cache.misses],
    ]),
    counter("flyball_cache_saved_seconds_total", "How long hits would have run.", [
      [{}, cache.savedMs / 1_000],
    ]),
    counter("flyball_cache_evictions_total", "Results that went as there was no room.", [
      [{}, cache.evictions],
    ]),
    gauge("flyball_cache_entries", "Results that are kept.", [[{}, cache.entries]]),
    gauge("flyball_cache_bytes", "Memory of the results that are kept.", [[{}, cache.bytes]]),
  ];
}

function breakerFamilies({ status: { breakers: shown }, breakers }: Sight): readonly Family[] {
  return [
    gauge(
      "flyball_breakers",
      "Breakers of operations and hosts by state.",
      Object.entries(breakers).map(([state, count]) => [{ state }, count]),
    ),
    gauge(
      "flyball_breaker_open",
      "1 for a breaker that holds jobs, 0 for one that tries a job; closed ones are left out.",
      shown.map(({ name, state }) => [{ breaker: name }, state === "open" ? 1 : 0]),
    ),
    gauge(
      "flyball_breaker_held_jobs",
      "Jobs that a breaker holds.",
      shown.map(({ name, held }) => [{ breaker: name }, held]),
    ),
  ];
}
