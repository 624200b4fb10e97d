/**
 * What makes two submits with one idempotency key the same: the hash of what was asked for.
 *
 * @module
 */
import { type JobSpec, longestWindowMs } from "../../messages/job.ts";
import { sha256 } from "../sha256.ts";

/** Fields that may differ between a submit and its repetition. */
const ignored: ReadonlySet<string> = new Set([
  "idempotencyKey",
  "idempotencyWindowMs",
  "traceparent",
]);

/** How long the idempotency key of a job is good, ms from its acceptance. */
export const keyMs = ({ idempotencyWindowMs = longestWindowMs }: JobSpec): number =>
  idempotencyWindowMs;

/** What was asked for, of specs in which we have filled in something. */
const asked = new WeakMap<JobSpec, JobSpec>();

/** From now on `spec` counts as `given`, of which we made it. */
export function standsFor(spec: JobSpec, given: JobSpec): void {
  asked.set(spec, given);
}

/**
 * SHA-256 (base64url, 43 characters) of a spec's JSON with the keys of all objects sorted, without
 * `idempotencyKey`, its window and `traceparent`. Fields that are `undefined` count as absent; defaults are not
 * filled in, so that leaving a field out and writing its default are two bodies.
 */
export function bodyHash(spec: JobSpec): string {
  const given = asked.get(spec) ?? spec;
  const body = Object.fromEntries(Object.entries(given).filter(([name]) => !ignored.has(name)));
  return sha256().update(JSON.stringify(body, sorted)).digest("base64url");
}

/** A replacer for `JSON.stringify` that puts the keys of every object in order. */
function sorted(_name: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).toSorted(([a], [b]) => a < b ? -1 : a > b ? 1 : 0),
  );
}
