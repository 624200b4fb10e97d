/**
 * Every endpoint, one line each.
 *
 * @module
 */
import { filterFields } from "../actors/job_filter.ts";
import { unready } from "../actors/readiness.ts";
import { Refusal, type Runtime } from "../actors/runtime.ts";
import { showMe } from "./access.ts";
import type { Handler } from "./call.ts";
import {
  decisionsFields,
  explainPool,
  listDecisions,
  showDecision,
  showRecording,
} from "./decisions.ts";
import { patchConfig, showConfig } from "./config.ts";
import { streamEvents } from "./events.ts";
import {
  auditFields,
  probeCapacity,
  reportFields,
  showAudit,
  showCapacity,
  showDiagnosis,
  showPast,
  showReport,
  showTrace,
} from "./insight.ts";
import { sendToInspector, showFile, showInspector } from "./inspect/files.ts";
import { inspectFrames, inspectLive, type InspectorHub } from "./inspector.ts";
import { showLog } from "./job_log.ts";
import {
  cancelJob,
  explainJob,
  listJobs,
  patchJob,
  retryJob,
  showJob,
  submitJobs,
} from "./jobs.ts";
import { lazily } from "./lazily.ts";
import { followLive } from "./live.ts";
import {
  businessFields,
  listOperations,
  operationsFields,
  queryFields,
  queryMetrics,
  scrapeMetrics,
  showBusiness,
} from "./metrics.ts";
import { showApiPage, showOpenApi } from "./openapi/show.ts";
import { listPools, patchPool, showPool } from "./pools.ts";
import { Readers, streamParameters } from "./readers.ts";
import { reply } from "./reply.ts";
import {
  addSchedule,
  listSchedules,
  patchSchedule,
  removeSchedule,
  showSchedule,
} from "./schedules.ts";
import { simulateTrace } from "./simulations.ts";
import { cancelWorkflow, listWorkflows, showWorkflow } from "./workflows.ts";

/** Method, path, who answers, and the names of the parameters that it knows. */
export type Route = readonly [
  "GET" | "POST" | "PATCH" | "DELETE",
  string,
  Handler,
  (readonly string[])?,
];

const dashboard = {
  page: new URL("./dashboard_built/page.html", import.meta.url),
  script: new URL("./dashboard_built/main.js", import.meta.url),
};

const pages = (make: (pages: typeof import("./page.ts")) => Handler) => lazily("./page.ts", make);

/** The table of endpoints. Handlers send a message or read a snapshot; they decide nothing. */
export function routes(
  runtime: Runtime,
  hub: InspectorHub,
  closing: AbortSignal,
): readonly Route[] {
  const readers = new Readers();
  const overview = lazily<typeof import("./overview.ts")>(
    "./overview.ts",
    ({ watchOverview }) => watchOverview(runtime, readers, closing),
  );
  return [
    ["POST", "/api/v1/jobs", submitJobs(runtime), ["wait"]],
    ["GET", "/api/v1/jobs", listJobs(runtime), filterFields],
    ["GET", "/api/v1/jobs/:id", showJob(runtime), ["wait"]],
    ["PATCH", "/api/v1/jobs/:id", patchJob(runtime)],
    ["DELETE", "/api/v1/jobs/:id", cancelJob(runtime)],
    ["POST", "/api/v1/jobs/:id/retry", retryJob(runtime)],
    ["GET", "/api/v1/jobs/:id/why", explainJob(runtime)],
    ["GET", "/api/v1/jobs/:id/trace", showTrace(runtime)],
    ["GET", "/api/v1/jobs/:id/log", showLog(runtime, closing), ["follow", "after"]],
    ["GET", "/api/v1/me", showMe],
    ["GET", "/api/v1/status", () => reply(runtime.status())],
    ["GET", "/api/v1/alerts", () => reply(runtime.alerts())],
    ["GET", "/api/v1/decisions", listDecisions(runtime), decisionsFields],
    ["GET", "/api/v1/decisions/:id", showDecision(runtime)],
    ["GET", "/api/v1/capacity", showCapacity(runtime)],
    ["POST", "/api/v1/capacity/probe", probeCapacity(runtime)],
    ["GET", "/api/v1/diagnosis", showDiagnosis(runtime)],
    ["GET", "/api/v1/audit", showAudit(runtime), auditFields],
    ["GET", "/api/v1/report", showReport(runtime), reportFields],
    ["GET", "/api/v1/metrics/query", queryMetrics(runtime), queryFields],
    ["GET", "/api/v1/metrics/operations", listOperations(runtime), operationsFields],
    ["GET", "/api/v1/metrics/business", showBusiness(runtime), businessFields],
    ["GET", "/api/v1/pools", listPools(runtime)],
    ["GET", "/api/v1/pools/:name", showPool(runtime)],
    ["GET", "/api/v1/pools/:name/why", explainPool(runtime)],
    ["GET", "/api/v1/pools/:name/recording", showRecording(runtime)],
    ["PATCH", "/api/v1/pools/:name", patchPool(runtime)],
    ["GET", "/api/v1/config", showConfig(runtime)],
    ["PATCH", "/api/v1/config", patchConfig(runtime), ["save"]],
    ["GET", "/api/v1/workflows", listWorkflows(runtime), ["limit", "before"]],
    ["GET", "/api/v1/workflows/:id", showWorkflow(runtime)],
    ["DELETE", "/api/v1/workflows/:id", cancelWorkflow(runtime)],
    ["GET", "/api/v1/schedules", listSchedules(runtime)],
    ["POST", "/api/v1/schedules", addSchedule(runtime)],
    ["GET", "/api/v1/schedules/:name", showSchedule(runtime), ["next"]],
    ["PATCH", "/api/v1/schedules/:name", patchSchedule(runtime)],
    ["DELETE", "/api/v1/schedules/:name", removeSchedule(runtime)],
    ["POST", "/api/v1/simulations", simulateTrace(runtime, closing)],
    ["GET", "/api/v1/events", streamEvents(runtime, readers, closing), streamParameters],
    ["GET", "/api/v1/live", followLive(runtime, readers, closing), streamParameters],
    ["GET", "/api/v1/live/overview", overview],
    ["GET", "/", pages(({ showPage }) => showPage(dashboard.page)), ["readonly"]],
    ["GET", "/dashboard/:name", pages(({ showScripts }) => showScripts(dashboard.script))],
    ["GET", "/openapi.json", showOpenApi],
    ["GET", "/docs", showApiPage],
    ["GET", "/inspect/frames", inspectFrames(hub)],
    ["GET", "/inspect/live", inspectLive(hub), ["actor"]],
    ["GET", "/inspect/past", showPast(runtime), ["decision"]],
    ["GET", "/inspect", sendToInspector],
    ["GET", "/inspect/", showInspector("page.html")],
    ["GET", "/inspect/stately", showInspector("stately.html"), ["url"]],
    ["GET", "/inspect/files/:name", showFile],
    ["GET", "/metrics", scrapeMetrics(runtime)],
    ["GET", "/livez", () => reply({ live: true })],
    ["GET", "/readyz", ready(runtime)],
  ];
}

function ready(runtime: Runtime): Handler {
  return () => {
    const not = unready(runtime.accepting, runtime.pool().status());
    if (not) throw new Refusal(not.code, not.because);
    return reply({ ready: true });
  };
}
