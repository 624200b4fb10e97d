/**
 * Which variables a job may add to the environment of its command.
 *
 * @module
 */
import { esc, type Flaw } from "./json_value.ts";

/**
 * Variables that make a program load or run other code than its own (`BASH_ENV` runs a script,
 * `DENO_V8_FLAGS` crashes a worker), and those by which a left-over process is found again.
 */
const denied =
  /^(?:LD_|DYLD_|DENO_|PYTHON|PERL5|GIT_|FLYBALL_|(?:BASH_ENV|ENV|NODE_OPTIONS)$|BASH_FUNC_)/;

/** Longest `NAME=value` the kernel passes to a program, bytes (MAX_ARG_STRLEN with its NUL). */
const entryMaxBytes = 131_071;

/** Variables of one job. */
const variablesMax = 1_024;

/** Finds the first variable of `env` that is not allowed. Values are never repeated: they may be secret. */
export function environmentFlaw(env: unknown, pointer: string): Flaw | null {
  if (typeof env !== "object" || env === null || Array.isArray(env)) {
    const expected = "an object of strings";
    return { code: "invalid_env", pointer, message: `${pointer} must be ${expected}`, expected };
  }
  const names = Object.keys(env);
  if (names.length > variablesMax) {
    const expected = `at most ${variablesMax} variables`;
    const given = String(names.length);
    const message = `${pointer} must hold ${expected}, given ${given}`;
    return { code: "invalid_env", pointer, message, expected, given };
  }
  for (const name of names) {
    const because = nameFlaw(name) ?? valueFlaw(name, (env as Record<string, unknown>)[name]);
    if (because === null) continue;
    const at = `${pointer}/${esc(name)}`;
    const message = `Cannot set the variable ${JSON.stringify(name.slice(0, 80))}: ${because}`;
    return { code: "env_not_allowed", pointer: at, message, given: name.slice(0, 80) };
  }
  return null;
}

function nameFlaw(name: string): string | null {
  if (name === "") return "a name must not be empty";
  if (/[=\0]/.test(name)) return "a name must not hold '=' or NUL";
  if (!name.isWellFormed()) return "a name must be well-formed Unicode";
  if (name === "__proto__") return "the name is reserved";
  return denied.test(name) ? "it changes what code a program runs" : null;
}

function valueFlaw(name: string, value: unknown): string | null {
  if (typeof value !== "string") return `a value must be a string, given ${typeof value}`;
  if (value.includes("\0")) return "a value must not hold NUL";
  if (!value.isWellFormed()) return "a value must be well-formed Unicode";
  if ((name.length + value.length) * 3 < entryMaxBytes) return null;
  const bytes = new TextEncoder().encode(`${name}=${value}`).length;
  return bytes > entryMaxBytes ? `name and value must be at most ${entryMaxBytes} bytes` : null;
}
