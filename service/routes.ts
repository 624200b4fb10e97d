/**
 * Every endpoint, one line each.
 *
 * @module
 */
import { Refusal, type Runtime } from "../actors/runtime.ts";
import { type Handler, wholeNumber } from "./call.ts";
import { streamEvents } from "./events.ts";
import { inspectFrames, type InspectorHub } from "./inspector.ts";
import { showLog } from "./job_log.ts";
import { cancelJob, explainJob, patchJob, showJob, submitJobs } from "./jobs.ts";
import { listPools, patchPool, showPool } from "./pools.ts";
import { reply } from "./reply.ts";

/** Method, path and who answers. */
export type Route = readonly ["GET" | "POST" | "PATCH" | "DELETE", string, Handler];

/** The table of endpoints. Handlers send a message or read a snapshot; they decide nothing. */
export function routes(
  runtime: Runtime,
  hub: InspectorHub,
  closing: AbortSignal,
): readonly Route[] {
  return [
    ["POST", "/api/v1/jobs", submitJobs(runtime)],
    ["GET", "/api/v1/jobs/:id", showJob(runtime)],
    ["PATCH", "/api/v1/jobs/:id", patchJob(runtime)],
    ["DELETE", "/api/v1/jobs/:id", cancelJob(runtime)],
    ["GET", "/api/v1/jobs/:id/why", explainJob(runtime)],
    ["GET", "/api/v1/jobs/:id/log", showLog(runtime, closing)],
    ["GET", "/api/v1/status", () => reply(runtime.status())],
    ["GET", "/api/v1/decisions", listDecisions(runtime)],
    ["GET", "/api/v1/pools", listPools(runtime)],
    ["GET", "/api/v1/pools/:name", showPool(runtime)],
    ["PATCH", "/api/v1/pools/:name", patchPool(runtime)],
    ["GET", "/api/v1/events", streamEvents(runtime, closing)],
    ["GET", "/inspect/frames", inspectFrames(hub)],
    ["GET", "/livez", () => reply({ live: true })],
    ["GET", "/readyz", ready(runtime)],
  ];
}

function listDecisions(runtime: Runtime): Handler {
  return (call) => {
    const limit = wholeNumber(call, "limit", { min: 1, max: 1_000 }, 50);
    return reply({ items: runtime.decisions(limit) });
  };
}

function ready(runtime: Runtime): Handler {
  return () => {
    if (!runtime.accepting) {
      throw new Refusal("not_ready", "The service takes no jobs: it is closing");
    }
    const { workers, scaling, restarts } = runtime.pool().status();
    const { breaker = "closed" } = (scaling ?? {}) as { readonly breaker?: string };
    // A pool that has shrunk to nothing can start a worker; one that can't start any is not ready.
    if (workers.ready === 0 && (breaker !== "closed" || restarts.quarantined.length > 0)) {
      throw new Refusal("no_workers", `There is no worker: ${runtime.status().verdict}`);
    }
    if (breaker === "open") throw new Refusal("breaker_open", runtime.status().verdict);
    return reply({ ready: true });
  };
}
