/**
 * Handlers of `/api/v1/pools`.
 *
 * @module
 */
import { refusalOf } from "../actors/admission.ts";
import { flaw } from "../actors/flaw.ts";
import { esc } from "../actors/json_value.ts";
import { type Issue, type PoolHandle, Refusal, type Runtime } from "../actors/runtime.ts";
import type { PatchedPool, Resizing } from "../messages/status.ts";
import { readJson } from "./body.ts";
import type { Handler } from "./call.ts";
import { parseDuration } from "./duration.ts";
import { changeSettings, isAboutSettings, settings } from "./pool_settings.ts";
import { reply } from "./reply.ts";

/** More workers than any one machine holds; the runtime knows the pool's own limit. */
export const workersMax = 10_000;

/** Longest override by an operator, ms: 7 days. */
const forMaxMs = 604_800_000;

/** What a patch can say, each with what it does; null: that is no value for it. */
const wishes: Readonly<Record<string, (value: unknown) => Wish | null>> = {
  workers: (value) => isSize(value) ? (pool, forMs) => pool.resize(value, forMs) : null,
  pinned: (value) =>
    value === false ? resume : isSize(value) ? (pool, forMs) => pool.pin(value, forMs) : null,
  paused: (value) => {
    if (value === false) return resume;
    if (value === true) return (pool, forMs) => pool.pause(forMs);
    return isWay(value) ? (pool, forMs) => pool.pause(forMs, value) : null;
  },
  drained: (value) =>
    value === false ? resume : value === true ? (pool, forMs) => pool.drain(forMs) : null,
};

/** What each of them takes. */
const expected: Readonly<Record<string, string>> = {
  workers: `a whole number of workers 0..${workersMax}`,
  pinned: `a whole number of workers 0..${workersMax}, or false`,
  paused: "true, false, or in, out or both for its scaling alone",
  drained: "true or false",
};

/** What is done; tells what became of a size that was asked for. */
type Wish = (pool: PoolHandle, forMs?: number) => Resizing | void;

const resume: Wish = (pool) => pool.resume();

const isWay = (value: unknown): value is "in" | "out" | "both" =>
  value === "in" || value === "out" || value === "both";

const isSize = (value: unknown): value is number =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= workersMax;

const fields = [...Object.keys(wishes), "for"];
const known = [...fields, ...settings].join(", ");

/** Lists all pools. */
export function listPools(runtime: Runtime): Handler {
  return () => reply({ items: runtime.status().pools });
}

/** Shows one pool. */
export function showPool(runtime: Runtime): Handler {
  return (call) => reply(runtime.pool(call.req.param("name")).status());
}

/**
 * Overrides one pool: `workers: n` or `pinned: n` keeps n workers, and the first tells how many there
 * are; `paused: true` starts no jobs,
 * `paused: "in"` lets it not shrink, `"out"` not grow, `"both"` neither, `drained: true` starts no jobs
 * and lets workers go; `false` for any of them gives it back to its policy. `for: "10m"` ends it by
 * itself. `slots`, `policy` and `policies` change its configuration instead, until the service ends.
 */
export function patchPool(runtime: Runtime): Handler {
  return async (call) => {
    const name = call.req.param("name")!;
    const pool = runtime.pool(name);
    const body = await readJson(call.req.raw);
    const isAbout = isAboutSettings(body);
    if (isAbout) await changeSettings(runtime, { pool: name, body }, call);
    const resized = isAbout ? undefined : override(pool, body);
    return reply({ ...pool.status(), ...(resized && { resized }) } satisfies PatchedPool);
  };
}

function override(pool: PoolHandle, body: unknown): Resizing | void {
  const { for: duration, ...said } = readPatch(body);
  const [name, value] = Object.entries(said)[0]!;
  const wish = wishes[name]!(value);
  if (wish === null) throw invalid(name, expected[name]!, value);
  if (duration === undefined) return wish(pool);
  if (wish === resume) throw invalid("for", `absent with "${name}": false`, duration);
  return wish(pool, parseDuration(duration, "for", forMaxMs));
}

/** Checks that a patch says exactly one thing. */
function readPatch(body: unknown): Record<string, unknown> {
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw refusalOf([flaw("invalid_patch", "", "an object", body, "The body")]);
  }
  const unknown = Object.keys(body).filter((key) => !fields.includes(key)).slice(0, 20);
  if (unknown.length > 0) {
    const expected = `one of ${known}`;
    const issues = unknown.map((key): Issue => {
      const given = key.slice(0, 80);
      const message = `${given} is not a field of a pool's patch`;
      return { pointer: `/${esc(key)}`, message, expected, given };
    });
    throw new Refusal("unrecognized_key", issues[0]!.message, issues);
  }
  const said = Object.keys(body).filter((key) => key !== "for");
  if (said.length === 1) return body as Record<string, unknown>;
  const given = said.length === 0 ? "none" : said.join(" and ");
  const expected = `exactly one of ${Object.keys(wishes).join(", ")}`;
  const message = `A patch must have ${expected}, given ${given}`;
  throw new Refusal("invalid_patch", message, [{ pointer: "", message, expected, given }]);
}

function invalid(name: string, expected: string, value: unknown): Refusal {
  const given = JSON.stringify(value)?.slice(0, 80) ?? "undefined";
  const message = `${name} must be ${expected}, given ${given}`;
  return new Refusal(`invalid_${name}`, message, [
    { pointer: `/${name}`, message, expected, given },
  ]);
}
