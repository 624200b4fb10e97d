/**
 * Queue: order, limits, retries, time and workflows; nothing lost, every wait explained.
 *
 * @module
 */
import { durableRows } from "./queue/durable.ts";
import { keyedRows } from "./queue/keyed.ts";
import { mapRows } from "./queue/map.ts";
import { retryRows } from "./queue/retries.ts";
import { scheduleRows } from "./queue/schedules.ts";
import { workflowRows } from "./queue/workflows.ts";
import { waitingRows } from "./queue/waiting.ts";
import type { Row } from "./row.ts";

/** All rows, a file for each part. */
export function queue(quick: boolean): Promise<readonly Row[]> {
  return Promise.resolve([
    ...mapRows,
    ...retryRows(quick),
    ...scheduleRows(quick),
    ...workflowRows(quick),
    ...waitingRows(quick ? 1e4 : 1e6),
    ...keyedRows(quick),
    ...durableRows(quick),
  ]);
}
