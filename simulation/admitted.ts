/**
 * What a door with a rate would have let in of a workload.
 *
 * @module
 */
import { Inflow, type InflowLimit } from "../policies/admission/inflow.ts";
import { type PlannedJob, type Workload, workloadOf } from "./workload.ts";

/** The jobs that find room; the others are refused, and don't come again. */
export function admitted(workload: Workload, limit: InflowLimit): Workload {
  const { name, atMs, serviceMs, ranks, spanMs, remarks } = workload;
  const door = new Inflow(limit, 0);
  const jobs: PlannedJob[] = [];
  for (let job = 0; job < atMs.length; job++) {
    if (door.waitMs(1, atMs[job]!) > 0) continue;
    door.take(1);
    jobs.push({ atMs: atMs[job]!, serviceMs: serviceMs[job]!, rank: ranks?.[job] ?? 1 });
  }
  return workloadOf(name, jobs, spanMs, remarks);
}
