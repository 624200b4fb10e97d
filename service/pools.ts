/**
 * Handlers of `/api/v1/pools`.
 *
 * @module
 */
import { refusalOf } from "../actors/admission.ts";
import { flaw } from "../actors/flaw.ts";
import { esc } from "../actors/json_value.ts";
import { type Issue, type PoolHandle, Refusal, type Runtime } from "../actors/runtime.ts";
import { readJson } from "./body.ts";
import type { Handler } from "./call.ts";
import { parseDuration } from "./duration.ts";
import { reply } from "./reply.ts";

/** More workers than any one machine holds; the runtime knows the pool's own limit. */
const workersMax = 10_000;

/** Longest override by an operator, ms: 7 days. */
const forMaxMs = 604_800_000;

const fields = ["workers", "pinned", "paused", "for"];

/** Lists all pools. */
export function listPools(runtime: Runtime): Handler {
  return () => reply({ items: runtime.status().pools });
}

/** Shows one pool. */
export function showPool(runtime: Runtime): Handler {
  return (call) => reply(runtime.pool(call.req.param("name")).status());
}

/**
 * Overrides one pool: `workers: n` or `pinned: n` keeps n workers, `paused: true` starts no jobs,
 * `pinned: false` or `paused: false` gives it back to its policy; `for: "10m"` ends it by itself.
 */
export function patchPool(runtime: Runtime): Handler {
  return async (call) => {
    const pool = runtime.pool(call.req.param("name"));
    override(pool, await readJson(call.req.raw));
    return reply(pool.status());
  };
}

function override(pool: PoolHandle, body: unknown): void {
  const { for: duration, ...wish } = readPatch(body);
  const forMs = duration === undefined ? undefined : parseDuration(duration, "for", forMaxMs);
  const [name, value] = Object.entries(wish)[0]!;
  if (name === "paused") {
    if (typeof value !== "boolean") throw invalid("paused", "true or false", value);
    return value ? pool.pause(forMs) : pool.resume();
  }
  if (name === "pinned" && value === false) return pool.resume();
  if (!Number.isInteger(value) || (value as number) < 0 || (value as number) > workersMax) {
    const expected = `a whole number of workers 0..${workersMax}`;
    throw invalid(name, name === "pinned" ? `${expected}, or false` : expected, value);
  }
  return name === "pinned" ? pool.pin(value as number, forMs) : pool.resize(value as number, forMs);
}

/** Checks that a patch says exactly one thing. */
function readPatch(body: unknown): Record<string, unknown> {
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw refusalOf([flaw("invalid_patch", "", "an object", body, "The body")]);
  }
  const unknown = Object.keys(body).filter((key) => !fields.includes(key)).slice(0, 20);
  if (unknown.length > 0) {
    const expected = `one of ${fields.join(", ")}`;
    const issues = unknown.map((key): Issue => {
      const given = key.slice(0, 80);
      const message = `${given} is not a field of a pool's patch`;
      return { pointer: `/${esc(key)}`, message, expected, given };
    });
    throw new Refusal("unrecognized_key", issues[0]!.message, issues);
  }
  const wishes = Object.keys(body).filter((key) => key !== "for");
  if (wishes.length === 1) return body as Record<string, unknown>;
  const given = wishes.length === 0 ? "none" : wishes.join(" and ");
  const expected = "exactly one of workers, pinned and paused";
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
