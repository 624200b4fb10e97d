/**
 * Execution: workers and jobs that never leak, never lie, and take no more than their share.
 *
 * @module
 */
import { bulkheadRows } from "./execution/bulkheads.ts";
import { commandRows } from "./execution/commands.ts";
import { containmentRows } from "./execution/containment.ts";
import { diskRows } from "./execution/disks.ts";
import { endingRows } from "./execution/endings.ts";
import { floodRows } from "./execution/floods.ts";
import { kindRows } from "./execution/kinds.ts";
import { heapRows } from "./execution/heaps.ts";
import { samplingRows } from "./execution/sampling.ts";
import { supervisionRows } from "./execution/supervision.ts";
import { testedRows } from "./execution/tested.ts";
import { limitRows } from "./execution/limits.ts";
import { shareRows } from "./execution/shares.ts";
import { thresholdRows } from "./execution/thresholds.ts";
import { footprintRows } from "./execution/footprints.ts";
import type { Row } from "./row.ts";

/** All rows, a file for each part. */
export async function execution(quick: boolean): Promise<readonly Row[]> {
  return [
    ...await containmentRows(quick),
    ...bulkheadRows(quick),
    ...commandRows(quick),
    ...diskRows(quick),
    ...endingRows(quick),
    ...floodRows(quick),
    ...kindRows(quick),
    ...supervisionRows(quick),
    ...limitRows(quick),
    ...shareRows(quick),
    ...thresholdRows(quick),
    ...footprintRows(quick),
    ...heapRows(quick),
    ...samplingRows(quick),
    ...testedRows,
  ];
}
