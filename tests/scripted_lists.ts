/**
 * Lists and places of the jobs of a scripted runtime, and what is wrong with it: nothing.
 *
 * @module
 */
import { parseStanding } from "../actors/admission.ts";
import { Answers } from "../actors/answers.ts";
import { auditOf } from "../actors/audit/audit.ts";
import { parseFilter } from "../actors/job_filter.ts";
import { Plugged } from "../actors/exports/plugged.ts";
import { metricsHandle } from "../actors/series/handle.ts";
import { Series } from "../actors/series/series.ts";
import { memoryStore } from "../actors/stores/memory.ts";
import { ManualClock } from "./manual_clock.ts";
import type { AuditQuery } from "../messages/audit.ts";
import { Refusal } from "../actors/runtime.ts";
import type { DecisionQuery } from "../messages/decision.ts";
import type { JobFilter, JobPage, JobView, Standing } from "../messages/job.ts";
import type { Status } from "../messages/status.ts";

/** What the doors ask for of `jobs`. */
export function listsOf(jobs: Map<string, JobView>, status: Status) {
  const clock = new ManualClock();
  const asked = {
    series: new Series({ clock, store: memoryStore() }, () => ({})),
    plugged: new Plugged(clock, () => {}),
    answers: new Answers(clock),
    metrics: { starts: new Map() },
    estates: new Map([["default", { controller: { made: 0 } }]]),
    queue: { gates: { circuits: { all: new Map() } } },
  };
  return {
    alerts: () => ({ items: [], sinks: [] }),
    metrics: metricsHandle(asked, () => status, {
      ...{ clock, store: asked.series.store },
      queue: {
        open: { get: () => undefined },
        gates: { after: {} as never, keysMs: () => 0 },
        flush() {},
      },
    }),
    insight: {
      audit: (query?: AuditQuery) => auditOf(asked.series, query),
      report: () => Promise.resolve({ state: "idle", verdict: "Idle", badly: [], advice: [] }),
      capacity: () => Promise.resolve({ limits: [], saturation: [], operations: [] }),
      past: () => Promise.resolve(null),
      decision: (id: number) => Promise.resolve(id < 3 ? { id } : null),
      decisions: ({ limit = 50, after = -1 }: DecisionQuery = {}) => {
        const items = [0, 1, 2].filter((id) => id > after).slice(0, limit).map((id) => ({ id }));
        return Promise.resolve({ items, next: null });
      },
      why: (pool = "default") =>
        pool === "default"
          ? Promise.resolve({ pool, because: "1 worker is ready." })
          : Promise.reject(new Refusal("unknown_pool", `There is no pool "${pool}"`)),
      diagnosis: () => Promise.resolve({ verdict: "Nothing to do", causes: [] }),
      trace: (id: string) =>
        Promise.resolve(jobs.has(id) ? { id, state: "waiting", spans: [], marks: [] } : null),
    },
    jobs: (filter?: JobFilter): Promise<JobPage> => {
      const { state } = parseFilter(filter);
      const items = [...jobs.values()].filter((job) => state === undefined || job.state === state);
      return Promise.resolve({ items });
    },
    prioritise(id: string, standing: Standing) {
      const job = jobs.get(id);
      if (!job) return Promise.resolve(null);
      if (job.state !== "waiting") return Promise.resolve(false);
      jobs.set(id, { ...job, ...parseStanding(standing) });
      return Promise.resolve(true);
    },
  };
}
