/** Answers that are late: of the API, by themselves or for want of something, and of what jobs call. */
import type { CauseName } from "../messages/diagnosis.ts";
import { at, type Change, operation } from "./sights.ts";

const answers = (requests: number, p95Ms: number, route: string, meanMs: number) => ({
  ...{ requests, p95Ms },
  slowest: { route, requests: Math.round(requests * .8), meanMs },
});

/** As in the cases that these are part of. */
export const answerCases: readonly (readonly [what: string, cause: CauseName, change: Change])[] = [
  ["pages of jobs that take 400 ms each", "api", {
    api: answers(60, 430, "GET /api/v1/jobs", 405),
  }],
  ["slow answers while jobs run as they come", "api", {
    ...{ donePerS: 300, threads: { heldRatio: .5, starvedRatio: .05, ownRatio: .4 } },
    api: answers(900, 1_200, "POST /api/v1/jobs", 300),
  }],
  ["calls that run out of time", "downstream", {
    ...{ oldestWaitMs: 9_000, waits: [at("position", 300)] },
    operations: [operation({
      ...{ name: "fetch", cpuRatio: .05, ioBytes: null },
      ...{ failed: 200, timedOut: 200, durationMs: 9_000 },
    })],
  }],
  ["cores that are busy, so that answers are late", "cpu", {
    ...{ oldestWaitMs: 9_000, waits: [at("position", 300)] },
    host: { busyRatio: .97, ownCores: 7.4, cpuPressureRatio: .55 },
    pool: { ready: 8, idle: 0, cap: 8, max: 8, running: 8 },
    api: answers(90, 900, "GET /api/v1/jobs/:id", 300),
  }],
];
