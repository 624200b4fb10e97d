/**
 * The main job: an elastic pool of real processes, what was accepted is kept, and what it costs.
 *
 * @module
 */
import { benchRows } from "./main_job/benched.ts";
import { deathRows } from "./main_job/deaths.ts";
import { elasticRows } from "./main_job/elastic.ts";
import { killRows } from "./main_job/kills.ts";
import { syncRows } from "./main_job/syncs.ts";
import type { Row } from "./row.ts";

/** All rows, the quick ones first. */
export async function mainJob(quick: boolean): Promise<readonly Row[]> {
  return [
    ...syncRows,
    ...elasticRows(quick ? 1 : 5),
    ...deathRows(quick ? { jobs: 60, deaths: 3 } : { jobs: 500, deaths: 24 }),
    ...killRows(quick ? { jobs: 100, tries: 1 } : { jobs: 500, tries: 5 }),
    ...await benchRows(quick),
  ];
}
