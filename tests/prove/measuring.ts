/**
 * Measuring: detectors that find what is there, and nothing else; a live feed that loses nothing; causes
 * that are named.
 *
 * @module
 */
import { ailmentRows } from "./measuring/ailments.ts";
import { anomalyRows } from "./measuring/anomalies.ts";
import { blindRows } from "./measuring/blind.ts";
import { costRows } from "./measuring/cost.ts";
import { crowdRows } from "./measuring/crowd.ts";
import { feedRows } from "./measuring/feed.ts";
import { leakRows } from "./measuring/leaks.ts";
import { logRows } from "./measuring/logging.ts";
import { lookRows } from "./measuring/looks.ts";
import { patternRows } from "./measuring/patterns.ts";
import { regressionRows } from "./measuring/regressions.ts";
import type { Row } from "./row.ts";

/** All rows, a file for each part. */
export async function measuring(quick: boolean): Promise<readonly Row[]> {
  return [
    ...regressionRows(quick),
    ...leakRows(quick),
    ...await anomalyRows(quick),
    ...await patternRows(quick),
    ...feedRows(quick),
    ...ailmentRows(),
    ...blindRows(quick),
    ...costRows(quick),
    ...logRows(quick),
    ...lookRows(quick),
    ...crowdRows(quick),
  ];
}
