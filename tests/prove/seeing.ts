/**
 * Seeing: what people are shown, how late, and what that costs.
 *
 * @module
 */
import type { Row } from "./row.ts";
import { containerRows } from "./seeing/container.ts";
import { dashboardRows } from "./seeing/dashboard.ts";
import { machineRows } from "./seeing/machines.ts";
import { runnerRows } from "./seeing/runner.ts";

/** All rows, a file for each part. */
export function seeing(quick: boolean): Promise<readonly Row[]> {
  return Promise.resolve([
    ...machineRows(quick),
    ...dashboardRows(quick),
    ...runnerRows(quick),
    ...containerRows,
  ]);
}
