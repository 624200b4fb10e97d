/**
 * What a running service has recorded of its jobs, to be simulated.
 *
 * @module
 */
import type { SeriesPage } from "../messages/series.ts";
import { recordedNames, recordedWorkload, worldOf } from "../simulation/recorded.ts";
import type { WhatIf } from "../simulation/what_if.ts";
import type { Workload } from "../simulation/workload.ts";
import type { Control } from "./control.ts";
import { refusing } from "./refusing.ts";

/** The jobs of the last `ms`, and what workers and their starts were like; a Refusal: there are none. */
export async function askRecorded(
  control: Control,
  ms: number,
): Promise<{ readonly workload: Workload; readonly seen: Partial<WhatIf> }> {
  const ask = async (names: readonly string[], more = "") => {
    const query = `names=${names}&range=${ms}ms${more}`;
    return await control.ask({ method: "GET", path: `/api/v1/metrics/query?${query}` });
  };
  const page = await ask(recordedNames, "&by=priority") as SeriesPage;
  const { series } = await ask(["bootMs", "cpuSeconds", "durationMs"]) as SeriesPage;
  const workload = await refusing(() => Promise.resolve(recordedWorkload("recorded", page)));
  return { workload, seen: worldOf(series) };
}
