/**
 * What each endpoint is for, takes and answers with, in words and by the names of types. A test
 * compares it with the table of routes, and real answers with the types.
 *
 * @module
 */
import type { Answer, Endpoint } from "./endpoint.ts";

const type = (name: string): Answer => ({ type: name });
const accepted: Answer = { fields: { jobs: { list: "Submitted" } } };
const wait = "How long to wait for the end of all jobs: 30s, 500ms, 5m.";
const window = "A span of time that ends now: 5m, 1h, 24h.";
const operation = "Only of this operation.";
const projectId = "Only of this project.";
const priority = "Only of this class: high, normal or low.";
const stream = {
  from: "Resume after this sequence number; Last-Event-ID says the same.",
  type: "Only facts of these types, parted by commas.",
  job: "Only facts about this job.",
};

/** All endpoints by method and path. */
export const endpoints: Readonly<Record<string, Endpoint>> = {
  "POST /api/v1/jobs": {
    tag: "Jobs",
    summary: "Accept one job, or { jobs: […] }, all or nothing. They are on disk when it answers.",
    query: { wait },
    body: "Jobs",
    answers: { 200: accepted, 202: accepted },
  },
  "GET /api/v1/jobs": {
    tag: "Jobs",
    summary: "List jobs, open and ended, a page at a time.",
    query: {
      state: "Only in this state.",
      task: "Only of this task.",
      operation,
      key: "Only with this key, such as host:example.org.",
      limit: "Most jobs of a page.",
      order: "oldest or latest first.",
      after: "`next` of the page before.",
    },
    answers: { 200: type("JobPage") },
  },
  "GET /api/v1/jobs/:id": {
    tag: "Jobs",
    summary: "One job; with `wait` when it has ended, or as it is when the time is over.",
    query: { wait: "How long to wait for its end: 30s, 500ms, 5m." },
    answers: { 200: type("JobView") },
  },
  "PATCH /api/v1/jobs/:id": {
    tag: "Jobs",
    summary: "Change the limits of a job, or where it stands in the queue.",
    body: "JobPatch",
    answers: { 200: type("JobView") },
  },
  "DELETE /api/v1/jobs/:id": {
    tag: "Jobs",
    summary: "Cancel a job: 200 when it has ended by that, 202 when its worker was told.",
    answers: { 200: type("JobView"), 202: type("JobView") },
  },
  "POST /api/v1/jobs/:id/retry": {
    tag: "Jobs",
    summary: "Put a job that has ended, and is not done, back into the queue.",
    answers: { 202: type("JobView") },
  },
  "GET /api/v1/jobs/:id/why": {
    tag: "Jobs",
    summary: "Why a job waits: the first thing in its way, with numbers.",
    answers: { 200: type("WhyJob") },
  },
  "GET /api/v1/jobs/:id/trace": {
    tag: "Jobs",
    summary: "What the time of a job went into.",
    answers: { 200: type("JobTrace") },
  },
  "GET /api/v1/jobs/:id/log": {
    tag: "Jobs",
    summary: "What a job said: pieces as server-sent events.",
    query: {
      follow: "Go on until the job has ended.",
      after: "`place` of the last piece that is known.",
    },
    answers: { 200: { text: "text/event-stream" } },
  },
  "GET /api/v1/me": {
    tag: "Service",
    summary: "Whose token was shown, and what may be done with it.",
    answers: { 200: type("Me") },
  },
  "GET /api/v1/status": {
    tag: "Service",
    summary: "How the service is doing.",
    answers: { 200: type("Status") },
  },
  "GET /api/v1/alerts": {
    tag: "Service",
    summary: "What is wrong, and who was told.",
    answers: { 200: type("Alerts") },
  },
  "GET /api/v1/config": {
    tag: "Service",
    summary: "The configuration in force, without secrets. Its ETag names the version.",
    answers: { 200: type("ConfigView") },
  },
  "PATCH /api/v1/config": {
    tag: "Service",
    summary: "Change keys that may change while the service runs, by a JSON merge patch.",
    headers: { "If-Match": "The ETag that the patch was made for, or *." },
    query: { save: "true: write them to the configuration file too." },
    body: "ConfigPatch",
    answers: { 200: type("ConfigView") },
  },
  "GET /api/v1/decisions": {
    tag: "Pools",
    summary: "Decisions about the size of pools, the latest first.",
    query: { limit: "Most decisions.", after: "Only those before this id: `next` of a page." },
    answers: { 200: type("DecisionPage") },
  },
  "GET /api/v1/decisions/:id": {
    tag: "Pools",
    summary: "One decision with the numbers it came from and what came of it.",
    answers: { 200: type("Decision") },
  },
  "GET /api/v1/capacity": {
    tag: "Insight",
    summary: "What machine and service can take, and what operations need.",
    answers: { 200: type("Capacity") },
  },
  "POST /api/v1/capacity/probe": {
    tag: "Insight",
    summary: "The same, after trying how fast the disk is.",
    answers: { 200: type("Capacity") },
  },
  "GET /api/v1/diagnosis": {
    tag: "Insight",
    summary: "What stands in the way of jobs, with evidence and what helps.",
    answers: { 200: type("Diagnosis") },
  },
  "GET /api/v1/audit": {
    tag: "Insight",
    summary: "What became better and worse, operation by operation.",
    query: {
      window,
      against: "A span of time before that one to compare with.",
      operation,
      projectId,
    },
    answers: { 200: type("Audit") },
  },
  "GET /api/v1/report": {
    tag: "Insight",
    summary: "How it went, in words and numbers.",
    query: { window, projectId },
    answers: { 200: type("Report") },
  },
  "POST /api/v1/simulations": {
    tag: "Insight",
    summary: "What a workload would meet under other policies and bounds. One runs at a time.",
    body: "Simulation",
    answers: { 200: { object: "docs/simulate.md describes it." } },
  },
  "GET /api/v1/metrics/query": {
    tag: "Metrics",
    summary: "Series over time.",
    query: {
      names: "Names of series, parted by commas.",
      range: window,
      step: "Distance of the points: 10s, 1m, 1h, 1d.",
      by: "operation, priority or project.",
      operation,
      priority,
      projectId,
    },
    answers: { 200: type("SeriesPage") },
  },
  "GET /api/v1/metrics/operations": {
    tag: "Metrics",
    summary: "Times, rates and endings of each operation.",
    query: { window, by: "operation, priority or project.", operation, priority, projectId },
    answers: { 200: type("OperationsPage") },
  },
  "GET /api/v1/metrics/business": {
    tag: "Metrics",
    summary: "Completion, costs, objectives and gains.",
    query: { window, by: "operation or project." },
    answers: { 200: type("BusinessPage") },
  },
  "GET /api/v1/pools": {
    tag: "Pools",
    summary: "All pools.",
    answers: { 200: { fields: { items: { list: "PoolStatus" } } } },
  },
  "GET /api/v1/pools/:name": {
    tag: "Pools",
    summary: "One pool.",
    answers: { 200: type("PoolStatus") },
  },
  "GET /api/v1/pools/:name/why": {
    tag: "Pools",
    summary: "Why a pool has its size.",
    answers: { 200: type("WhyPool") },
  },
  "GET /api/v1/pools/:name/recording": {
    tag: "Pools",
    summary:
      "What the controller of a pool saw, was told and decided: `flyball simulate --replay`.",
    answers: { 200: { object: "docs/simulate.md describes it." } },
  },
  "PATCH /api/v1/pools/:name": {
    tag: "Pools",
    summary: "Say what size a pool has or may not leave, for a time or until told otherwise.",
    body: "PoolPatch",
    answers: { 200: type("PatchedPool") },
  },
  "GET /api/v1/workflows": {
    tag: "Workflows",
    summary: "Workflows, the latest first.",
    query: { limit: "Most workflows.", before: "`next` of the page before." },
    answers: { 200: type("WorkflowPage") },
  },
  "GET /api/v1/workflows/:id": {
    tag: "Workflows",
    summary: "The steps of a workflow and what took it so long.",
    answers: { 200: type("WorkflowView") },
  },
  "DELETE /api/v1/workflows/:id": {
    tag: "Workflows",
    summary: "Cancel what has not ended of a workflow.",
    answers: { 200: type("WorkflowView"), 202: type("WorkflowView") },
  },
  "GET /api/v1/schedules": {
    tag: "Schedules",
    summary: "All schedules.",
    answers: { 200: { fields: { items: { list: "ScheduleView" } } } },
  },
  "POST /api/v1/schedules": {
    tag: "Schedules",
    summary: "Add a schedule.",
    body: "NewSchedule",
    answers: { 201: type("ScheduleView") },
  },
  "GET /api/v1/schedules/:name": {
    tag: "Schedules",
    summary: "One schedule.",
    query: { next: "How many of its next instants to tell." },
    answers: { 200: type("ScheduleView") },
  },
  "PATCH /api/v1/schedules/:name": {
    tag: "Schedules",
    summary: "Pause a schedule, or let it go on.",
    body: "SchedulePatch",
    answers: { 200: type("ScheduleView") },
  },
  "DELETE /api/v1/schedules/:name": {
    tag: "Schedules",
    summary: "Remove a schedule.",
    answers: { 200: { fields: { name: "string", removed: "boolean" } } },
  },
  "GET /api/v1/events": {
    tag: "Live",
    summary: "Facts as server-sent events.",
    query: stream,
    answers: { 200: { text: "text/event-stream" } },
  },
  "GET /api/v1/live": {
    tag: "Live",
    summary: "Facts over a WebSocket.",
    query: stream,
    upgrades: true,
    answers: { 101: { text: "application/json" } },
  },
  "GET /api/v1/live/overview": {
    tag: "Live",
    summary: "What the dashboard shows, a few times a second, over a WebSocket.",
    upgrades: true,
    answers: { 101: type("Overview") },
  },
  "GET /metrics": {
    tag: "Metrics",
    summary: "All metrics as Prometheus reads them.",
    answers: { 200: { text: "text/plain" } },
  },
  "GET /livez": {
    tag: "Service",
    summary: "The process is alive.",
    answers: { 200: { fields: { live: "boolean" } } },
  },
  "GET /readyz": {
    tag: "Service",
    summary: "The service takes jobs and can run them; 503 with the reason where it can't.",
    answers: { 200: { fields: { ready: "boolean" } } },
  },
};
