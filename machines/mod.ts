/**
 * All statecharts by name, for the inspector, the exports and the tests.
 *
 * @module
 */
import { alert } from "./alert.ts";
import { breaker } from "./breaker.ts";
import { restarts } from "./restarts.ts";
import { run } from "./run.ts";
import { scaling } from "./scaling.ts";
import { worker } from "./worker.ts";

/** The list is the registry. */
export const machines = { scaling, breaker, worker, restarts, run, alert } as const;

export { timers } from "./deadlines.ts";
export { freeze, thaw } from "./freeze.ts";
