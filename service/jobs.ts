/**
 * Handlers of `/api/v1/jobs`.
 *
 * @module
 */
import { parseJobs } from "../actors/admission.ts";
import { Refusal, type Runtime } from "../actors/runtime.ts";
import { isEnding } from "../machines/job.ts";
import type { Accepted, JobFilter, JobSpec, JobView, Standing } from "../messages/job.ts";
import type { Limits } from "../messages/limits.ts";
import { byOf, demandSubmit } from "./access.ts";
import { readJson } from "./body.ts";
import { type Call, type Handler, notFound } from "./call.ts";
import { parseDuration } from "./duration.ts";
import { reply } from "./reply.ts";

/** Longest `?wait`, ms. A client that wants to wait longer asks again. */
const waitMaxMs = 600_000;

/** Accepts one job or `{ jobs: [...] }`, and with `?wait` stays until they have ended. */
export function submitJobs(runtime: Runtime): Handler {
  return async (call) => {
    const wait = call.req.query("wait");
    const waitMs = wait === undefined ? null : parseDuration(wait, "wait", waitMaxMs);
    const body = await readJson(call.req.raw);
    const bulk = isBulk(body);
    const specs = withHeaders(parseJobs(body), bulk, call);
    demandSubmit(call.env, specs, bulk);
    const accepted = bulk ? await runtime.submitAll(specs) : [await runtime.submit(specs[0]!)];
    return waitMs === null
      ? reply({ jobs: accepted }, 202)
      : await outcomes(accepted, waitMs, runtime);
  };
}

/** Shows one job; with `?wait` when it has ended or the time is over. */
export function showJob(runtime: Runtime): Handler {
  return async (call) => {
    const id = jobId(call);
    const wait = call.req.query("wait");
    const waitMs = wait === undefined ? null : parseDuration(wait, "wait", waitMaxMs);
    const job = await runtime.job(id) ?? missing(id);
    if (waitMs === null || job.outcome) return reply(job);
    return reply(await runtime.wait(id, waitMs) ?? missing(id));
  };
}

/** Lists jobs, open and ended, a page at a time. */
export function listJobs(runtime: Runtime): Handler {
  return async (call) => {
    const { limit, ...filter } = call.req.query();
    const most = limit === undefined ? {} : { limit: /^\d{1,9}$/.test(limit) ? +limit : limit };
    return reply(await runtime.jobs({ ...filter, ...most } as JobFilter));
  };
}

/**
 * Changes a job: `{ limits: { memoryBytes: 200000000 } }`, or where it stands in the queue by
 * `{ priority: "high", rank: 10 }`.
 */
export function patchJob(runtime: Runtime): Handler {
  return async (call) => {
    const id = jobId(call);
    const body = await readJson(call.req.raw);
    const keys = typeof body === "object" && body !== null ? Object.keys(body) : [];
    const isLimits = keys.join() === "limits";
    if (!isLimits && (keys.length === 0 || !keys.every((key) => standingFields.has(key)))) {
      const expected = "exactly limits, or priority, rank or both";
      const given = keys.join(", ").slice(0, 80) || "none";
      const message = `A patch of a job must have ${expected}, given ${given}`;
      throw new Refusal("invalid_patch", message, [{ pointer: "", message, expected, given }]);
    }
    const isChanged =
      (isLimits
        ? await runtime.limit(id, (body as { limits: Limits }).limits)
        : await runtime.prioritise(id, body as Standing)) ?? missing(id);
    const job = await runtime.job(id) ?? missing(id);
    if (isChanged) return reply(job);
    throw new Refusal("already_finished", `Job ${id} has ended already: state=${job.state}`);
  };
}

const standingFields = new Set(["priority", "rank"]);

/** Tells why a job waits. */
export function explainJob(runtime: Runtime): Handler {
  return async (call) => {
    const id = jobId(call);
    return reply(await runtime.why(id) ?? missing(id));
  };
}

/** Cancels a job: 200 when it has ended by that, 202 when its worker was told. */
export function cancelJob(runtime: Runtime): Handler {
  return async (call) => {
    const id = jobId(call);
    const cancelled = await runtime.cancel(id, `cancelled over ${byOf(call.env)}`) ?? missing(id);
    const job = await runtime.job(id) ?? missing(id);
    if (cancelled) return reply(job, isEnding(job.state) ? 200 : 202);
    throw new Refusal("already_finished", `Job ${id} has ended already: state=${job.state}`);
  };
}

/** Puts a job that has ended back into the queue. */
export function retryJob(runtime: Runtime): Handler {
  return async (call) => {
    const id = jobId(call);
    const retried = await runtime.retry(id) ?? missing(id);
    const job = await runtime.job(id) ?? missing(id);
    if (retried) return reply(job, 202);
    const allowed = "only jobs that have ended and are not done";
    throw new Refusal("not_retriable", `Job ${id} is not retried: state=${job.state}, ${allowed}`);
  };
}

/** What `Idempotency-Key` and `traceparent` add to the jobs of a body. */
function withHeaders(specs: readonly JobSpec[], bulk: boolean, call: Call): readonly JobSpec[] {
  const idempotencyKey = call.req.header("idempotency-key");
  const trace = call.req.header("traceparent");
  const traceparent = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/.test(trace ?? "")
    ? trace
    : undefined;
  if (idempotencyKey === undefined && traceparent === undefined) return specs;
  if (idempotencyKey !== undefined) checkKey(idempotencyKey, bulk, specs[0]!.idempotencyKey);
  return specs.map((spec) => ({
    ...(traceparent === undefined ? {} : { traceparent }),
    ...spec,
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
  }));
}

function checkKey(key: string, bulk: boolean, inBody: string | undefined): void {
  const refuse = (expected: string) => {
    const { length } = key;
    const given = length > 80 ? `a string of ${length} characters` : JSON.stringify(key);
    const message = `The header Idempotency-Key must be ${expected}, given ${given}`;
    throw new Refusal("invalid_idempotency_key", message, [
      { pointer: "/idempotencyKey", message, expected, given },
    ]);
  };
  if (bulk) refuse("absent with { jobs }: give each job its own idempotencyKey");
  if (key.length < 1 || key.length > 255) refuse("1..255 characters");
  if (inBody !== undefined && inBody !== key) refuse("the same as idempotencyKey in the body");
}

/** Waits for all jobs together; 202 says that the time ran out for at least one. */
async function outcomes(
  accepted: readonly Accepted[],
  waitMs: number,
  runtime: Runtime,
): Promise<Response> {
  const jobs = await Promise.all(accepted.map(async ({ id, state, duplicate }) => {
    const job: JobView | null = await runtime.wait(id, waitMs);
    return {
      id,
      state: job?.state ?? state,
      ...(duplicate ? { duplicate } : {}),
      ...(job?.outcome ? { outcome: job.outcome } : {}),
    };
  }));
  return reply({ jobs }, jobs.every(({ state }) => isEnding(state)) ? 200 : 202);
}

function isBulk(body: unknown): boolean {
  return typeof body === "object" && body !== null && Object.hasOwn(body, "jobs");
}

/** The id in the path; what can't be an id is not looked for. */
export function jobId(call: Call): string {
  const id = call.req.param("id") ?? "";
  return /^j[0-9a-z]{1,16}$/.test(id) ? id : missing(id);
}

/** Refuses an id that no job has. */
export function missing(id: string): never {
  throw notFound(`Job ${JSON.stringify(id.slice(0, 80))}`);
}
