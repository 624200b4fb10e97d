/**
 * Deciding: a simulator that says what theory says and what real workers do, policies that cost next
 * to nothing, and pools that find their size by themselves.
 *
 * @module
 */
import { boundsRows } from "./deciding/bounds.ts";
import { controllerRows } from "./deciding/controller.ts";
import { crowdRows } from "./deciding/crowds.ts";
import { erlangRows } from "./deciding/erlang.ts";
import { evaluationRows } from "./deciding/evaluation.ts";
import { forecastRows } from "./deciding/forecasts.ts";
import { growthRows } from "./deciding/growth.ts";
import { liveRows } from "./deciding/live.ts";
import { overloadRows } from "./deciding/overload.ts";
import { poolRows } from "./deciding/pools.ts";
import { repeatRows } from "./deciding/repeats.ts";
import { replayRows } from "./deciding/replay.ts";
import { scanRows } from "./deciding/scans.ts";
import { sizeRows } from "./deciding/sizes.ts";
import { speedRows } from "./deciding/speed.ts";
import { stepRows } from "./deciding/steps.ts";
import { waitRows } from "./deciding/waits.ts";
import type { Row } from "./row.ts";

/** All rows, a file for each part. */
export function deciding(quick: boolean): Promise<readonly Row[]> {
  return Promise.resolve([
    ...erlangRows(quick),
    ...speedRows(quick),
    ...stepRows(quick),
    ...boundsRows(quick),
    ...evaluationRows(quick),
    ...growthRows(quick),
    ...forecastRows(quick),
    ...poolRows(quick),
    ...controllerRows(quick),
    ...overloadRows(quick),
    ...sizeRows(quick),
    ...crowdRows(quick),
    ...liveRows(quick),
    ...scanRows(quick),
    ...replayRows(quick),
    ...repeatRows(quick),
    ...waitRows(quick),
  ]);
}
