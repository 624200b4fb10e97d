/**
 * All areas that can be proven. To add one, write its file in this folder and add its line here.
 *
 * @module
 */
import type { Row } from "./row.ts";

/** Rows of an area; `quick` ones try out the measuring with counts that prove nothing. */
export type Area = (quick: boolean) => Promise<readonly Row[]>;

/** Rows by area, loaded when asked for. */
export const areas: Readonly<Record<string, Area>> = {
  "execution": async (quick) => (await import("./execution.ts")).execution(quick),
  "queue": async (quick) => (await import("./queue.ts")).queue(quick),
  "measuring": async (quick) => (await import("./measuring.ts")).measuring(quick),
  "deciding": async (quick) => (await import("./deciding.ts")).deciding(quick),
  "seeing": async (quick) => (await import("./seeing.ts")).seeing(quick),
  "main-job": async (quick) => (await import("./main_job.ts")).mainJob(quick),
};
