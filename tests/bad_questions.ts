/**
 * Questions with parameters that there are not, and patches of jobs that change nothing.
 *
 * @module
 */
import type { Row } from "./bad_requests.ts";

/** Bad questions and their answers. */
export const badQuestions: readonly Row[] = [
  ...[
    [
      "/api/v1/jobs?colour=red",
      "unknown_parameter",
      "state, task, operation, key, limit, order, after",
    ],
    ["/api/v1/jobs?limit=1&limit=2", "repeated_parameter", "more than once"],
    ["/api/v1/jobs?limit=1e9", "invalid_limit", "1..1000"],
    ["/api/v1/jobs?state=busy", "invalid_state", "waiting"],
    ["/api/v1/jobs?after=7", "invalid_after", "j1z"],
    ["/api/v1/status?verbose", "unknown_parameter", "none"],
    ["/api/v1/capacity?all", "unknown_parameter", "none"],
    ["/api/v1/diagnosis?limit=1", "unknown_parameter", "none"],
    ["/api/v1/decisions?limits=3", "unknown_parameter", "limit"],
    ["/api/v1/metrics/query", "invalid_names", "1..20 names"],
    ["/api/v1/metrics/query?names=latency", "invalid_names", "durationMs, waitMs"],
    ["/api/v1/metrics/query?names=done&range=1x", "invalid_range", "a duration with a unit"],
    ["/api/v1/metrics/query?names=done&range=800d", "invalid_range", "at most"],
    ["/api/v1/metrics/query?names=done&step=2m", "invalid_step", "10s, 1m, 1h, 1d"],
    ["/api/v1/metrics/query?names=done&range=1d&step=10s", "invalid_step", "1m or more"],
    ["/api/v1/metrics/query?names=cpuRatio&operation=a", "invalid_names", "cpuRatio"],
    ["/api/v1/metrics/query?name=done", "unknown_parameter", "names, range, step"],
    ["/api/v1/metrics/operations?window=2m", "invalid_window", "1m, 5m, 1h"],
    ["/api/v1/metrics/operations?by=class", "invalid_by", "operation, priority, projectId, all"],
    ["/api/v1/events?type=jobs,noise", "invalid_type", "resized"],
    ["/api/v1/events?job=7", "invalid_job", "the id of a job"],
    ["/api/v1/events?from=-1", "invalid_from", "a whole number"],
    ["/api/v1/live?since=1", "unknown_parameter", "from, type, job"],
    ["/api/v1/metrics/business?window=2h", "invalid_window", "5m, 1h, 1d, 7d, 30d"],
    ["/api/v1/metrics/business?by=class", "invalid_by", "operation, priority, projectId, all"],
    ["/api/v1/metrics/business?operation=a", "unknown_parameter", "window, by"],
    ["/livez?x=1", "unknown_parameter", "none"],
  ].map(([path, code, says]) => ({
    name: `parameters of ${path}`,
    method: "GET",
    path: path!,
    status: 400,
    code: code!,
    says: says!,
  })),
  ...[{}, { rank: 1, limits: {} }, { task: "hash" }].map((body) => ({
    name: `patch of a job: ${Object.keys(body)}`,
    method: "PATCH",
    path: "/api/v1/jobs/j1",
    body,
    status: 400,
    code: "invalid_patch",
    says: "priority, rank or both",
  })),
];
