/**
 * Questions with parameters that there are not, and patches of jobs that change nothing.
 *
 * @module
 */
import type { Row } from "./bad_requests.ts";

/** Bad questions and their answers. */
export const badQuestions: readonly Row[] = [
  ...[
    ["/api/v1/jobs?colour=red", "unknown_parameter", "state, task, operation, key, limit, after"],
    ["/api/v1/jobs?limit=1&limit=2", "repeated_parameter", "more than once"],
    ["/api/v1/jobs?limit=1e9", "invalid_limit", "1..1000"],
    ["/api/v1/jobs?state=busy", "invalid_state", "waiting"],
    ["/api/v1/jobs?after=7", "invalid_after", "j1z"],
    ["/api/v1/status?verbose", "unknown_parameter", "none"],
    ["/api/v1/decisions?limits=3", "unknown_parameter", "limit"],
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
