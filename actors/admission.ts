/**
 * The one gate for jobs: programs, HTTP and the command line get the same answer to the same job.
 *
 * @module
 */
import { z } from "zod/mini";
import type { JobSpec, Standing } from "../messages/job.ts";
import type { Limits } from "../messages/limits.ts";
import { jobSchema, standingSchema } from "../messages/schemas/job.ts";
import { limitsSchema } from "../messages/schemas/limits.ts";
import { flaw } from "./flaw.ts";
import { isObject } from "./is_object.ts";
import { fieldFlaw, type FieldRow, innerFields, jobFields, stageFields } from "./job_fields.ts";
import { esc, type Flaw } from "./json_value.ts";
import { kindFlaw } from "./kind.ts";
import { latelyRead, rememberRead } from "./lately_read.ts";
import { type Issue, Refusal } from "./runtime.ts";
import { stagesFlaws, workspaceFlaws } from "./stages.ts";

/** Issues that are reported at most; the rest is not looked for. */
const issuesMax = 20;

/** Fields a job will have one day; asking for them is refused rather than ignored. */
const unsupported = new Set(["id"]);

/** Work of a job: one of these. */
const kinds = ["task", "command", "shell", "stages"] as const;

/** The shape of each field. */
const shapes: Readonly<Record<string, z.core.$ZodType>> = jobSchema.shape;

/** Jobs that came out of {@link parseJobs} and need not be read again on their way. */
const readAlready = new WeakSet<object>();

/**
 * Reads one job. Fields that are `undefined` count as absent.
 *
 * @param pointer where the job stands in what was sent: `/jobs/17`
 * @throws {Refusal} with every issue found, at most 20
 */
export function parseJob(value: unknown, pointer = ""): JobSpec {
  if (isObject(value) && readAlready.has(value)) return value as JobSpec;
  const flaws: Flaw[] = [];
  const job = readJob(value, pointer, flaws);
  if (job === null) throw refusalOf(flaws);
  return job;
}

/**
 * Reads a job that was read when it was accepted, and is whole since its checksum is right. Only one
 * with fields that there are not here, of another version, is read anew: there may be a million.
 */
export function readStored(spec: JobSpec): JobSpec {
  for (const name in spec) if (!Object.hasOwn(jobFields, name)) return parseJob(spec);
  return spec;
}

/** Reads limits that a job is given while it runs. */
export function parseLimits(value: unknown): Limits {
  const parsed = z.object({ limits: limitsSchema }).safeParse({ limits: value });
  if (parsed.success) return parsed.data.limits;
  throw refusalOf(parsed.error.issues.map((issue) => shapeFlaw(issue, { limits: value }, "")));
}

/** Reads another class, another rank, or both. */
export function parseStanding(value: unknown): Standing {
  const flaws: Flaw[] = [];
  if (!isObject(value)) throw refusalOf([flaw("invalid_patch", "", "an object", value)]);
  const given = Object.entries(value).filter(([, field]) => field !== undefined);
  for (const [key] of given) {
    if (key === "priority" || key === "rank") continue;
    const at = `/${esc(key)}`;
    const message = `${at} can't be changed`;
    const expected = "priority, rank or both";
    flaws.push({ code: "unrecognized_key", pointer: at, message, expected, given: key });
  }
  if (given.length === 0) flaws.push(flaw("invalid_patch", "", "priority, rank or both", value));
  if (flaws.length > 0) throw refusalOf(flaws);
  const standing = Object.fromEntries(given);
  const parsed = standingSchema.safeParse(standing);
  if (parsed.success) return parsed.data;
  throw refusalOf(parsed.error.issues.map((issue) => shapeFlaw(issue, standing, "")));
}

/**
 * Reads the body of a submit: one job, or `{ jobs: [...] }`.
 *
 * @throws {Refusal} with every issue found, at most 20; then no job is accepted
 */
export function parseJobs(body: unknown): JobSpec[] {
  const jobs = readBody(body);
  for (const job of jobs) readAlready.add(job);
  return jobs;
}

function readBody(body: unknown): JobSpec[] {
  if (!isObject(body) || !Object.hasOwn(body, "jobs")) return [parseJob(body)];
  const flaws: Flaw[] = [];
  for (const key of Object.keys(body).slice(0, issuesMax + 1)) {
    if (key !== "jobs") flaws.push(unknownField(key, ""));
  }
  const { jobs } = body;
  if (!Array.isArray(jobs) || jobs.length === 0) {
    flaws.push(flaw("invalid_jobs", "/jobs", "an array of at least one job", jobs));
    throw refusalOf(flaws);
  }
  const read: JobSpec[] = [];
  for (let i = 0; i < jobs.length && flaws.length < issuesMax; i++) {
    const job = readJob(jobs[i], `/jobs/${i}`, flaws);
    if (job !== null) read.push(job);
  }
  if (flaws.length > 0) throw refusalOf(flaws);
  return read;
}

/** Reads a job or adds what is wrong with it to `flaws`. */
function readJob(value: unknown, pointer: string, flaws: Flaw[]): JobSpec | null {
  if (!isObject(value)) {
    flaws.push(flaw("invalid_job", pointer, "an object", value));
    return null;
  }
  const before = flaws.length;
  const job: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const field = value[key];
    if (field === undefined) continue;
    if (!Object.hasOwn(jobFields, key)) {
      flaws.push(unknownField(key, pointer, field));
      if (flaws.length - before >= issuesMax) return null;
      continue;
    }
    job[key] = field;
    if (latelyRead(key, field) === undefined) {
      flaws.push(...fieldFlaws(key as keyof JobSpec, value, `${pointer}/${key}`));
    }
  }
  if (flaws.length > before) return null;
  for (const issue of shapeIssues(job)) flaws.push(shapeFlaw(issue, job, pointer));
  if (flaws.length > before) return null;
  const choice = kindFlaw(job, pointer, kinds);
  if (choice === null) return job as JobSpec;
  flaws.push(choice);
  return null;
}

/**
 * What the shape has against the fields of a job, which become copies of what was given. Only fields
 * that are there are looked at: the schema of the whole job tries to read all of them, in 7 µs.
 */
function shapeIssues(job: Record<string, unknown>): readonly z.core.$ZodIssue[] {
  const issues: z.core.$ZodIssue[] = [];
  for (const name in job) {
    const known = latelyRead(name, job[name]);
    if (known !== undefined) {
      job[name] = known[0];
      continue;
    }
    if (name === "command") {
      job[name] = [...job[name] as string[]]; // Each word has been looked at.
      continue;
    }
    const parsed = z.safeParse(shapes[name]!, job[name]);
    if (parsed.success) rememberRead(name, job[name] = parsed.data);
    else {
      issues.push(...parsed.error.issues.map((one) => ({ ...one, path: [name, ...one.path] })));
    }
  }
  return issues;
}

function fieldFlaws(
  name: keyof JobSpec,
  job: Readonly<Record<string, unknown>>,
  pointer: string,
): readonly Flaw[] {
  const field = job[name];
  if (name === "stages") return stagesFlaws(field, pointer);
  if (name === "workspace") return workspaceFlaws(field, pointer, job["projectId"]);
  const found = fieldFlaw(name, field, pointer, jobFields[name]);
  return found === null ? [] : [found];
}

function unknownField(key: string, pointer: string, value?: unknown): Flaw {
  const at = `${pointer}/${esc(key)}`;
  if (key === "id" && typeof value !== "string") {
    return flaw("invalid_id", at, "a string", value);
  }
  if (unsupported.has(key)) {
    return flaw("not_supported", at, "absent, as it is not supported yet", value);
  }
  const expected = `one of ${Object.keys(jobFields).join(", ")}`;
  const message = `${at} is not a field of a job`;
  return { code: "unrecognized_key", pointer: at, message, expected, given: key.slice(0, 80) };
}

/** Turns what the shape refused into our words. */
function shapeFlaw(issue: z.core.$ZodIssue, job: Record<string, unknown>, pointer: string): Flaw {
  const name = issue.path[0] as keyof JobSpec;
  const { code, expected } = rowOf(issue.path);
  const at = [pointer, ...issue.path.map((key) => esc(String(key)))].join("/");
  if (issue.code === "unrecognized_keys") return innerUnknown(name, at, issue.keys[0]!);
  const inside = issue.path.slice(1).reduce<unknown>(
    (node, key) => (node as Record<PropertyKey, unknown> | undefined)?.[key],
    job[name],
  );
  return flaw(code, at, expected, inside);
}

/** The row of the field that a path leads to, in a job, in one of its stages or in a field. */
function rowOf([name, key, inner]: readonly PropertyKey[]): FieldRow {
  if (name === "stages" && Object.hasOwn(stageFields, String(inner))) {
    return stageFields[inner as keyof typeof stageFields];
  }
  const { code, expected } = jobFields[name as keyof JobSpec];
  return { code, expected: innerFields[String(name)]?.[String(key)] ?? expected };
}

/** A key that the field `name` does not have. */
function innerUnknown(name: string, pointer: string, key: string): Flaw {
  const at = `${pointer}/${esc(key)}`;
  const expected = `one of ${Object.keys(innerFields[name] ?? {}).join(", ")}`;
  const message = `${at} is not a field of ${name}`;
  return { code: "unrecognized_key", pointer: at, message, expected, given: key.slice(0, 80) };
}

/** One refusal for all flaws. */
export function refusalOf(flaws: readonly Flaw[]): Refusal {
  const first = flaws[0]!;
  const issues = flaws.slice(0, issuesMax).map(({ code: _code, ...issue }): Issue => issue);
  const more = flaws.length > 1 ? ` (and ${flaws.length - 1} more)` : "";
  return new Refusal(first.code, first.message + more, issues);
}
