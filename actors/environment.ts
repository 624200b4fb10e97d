/**
 * Which variables a job may add to the environment of its command.
 *
 * @module
 */
import { flaw } from "./flaw.ts";
import { esc, type Flaw } from "./json_value.ts";

/**
 * Variables that make a program load or run other code than its own: `BASH_ENV` runs a script,
 * `DENO_V8_FLAGS` crashes a worker. `docs/limits.md` lists them for people.
 */
const denied = /^(?:LD_|DYLD_|DENO_|PYTHON|PERL5|GIT_|(?:BASH_ENV|ENV|NODE_OPTIONS)$|BASH_FUNC_)/;

/** Variables of our own, by which a left-over process is found again. */
const ours = /^FLYBALL_/;

/** Longest `NAME=value` the kernel passes to a program, bytes (MAX_ARG_STRLEN with its NUL). */
const entryMaxBytes = 131_071;

/** Variables of one job. */
const variablesMax = 1_024;

/** Finds the first variable of `env` that is not allowed. Values are never repeated: they may be secret. */
export function environmentFlaw(env: unknown, pointer: string): Flaw | null {
  if (typeof env !== "object" || env === null || Array.isArray(env)) {
    const expected = "an object of strings";
    return flaw("invalid_env", pointer, expected, env);
  }
  const names = Object.keys(env);
  if (names.length > variablesMax) {
    const expected = `at most ${variablesMax} variables`;
    const given = String(names.length);
    const message = `${pointer} must hold ${expected}, given ${given}`;
    return { code: "invalid_env", pointer, message, expected, given };
  }
  for (const name of names) {
    const wrong = nameFlaw(name) ?? valueFlaw(name, (env as Record<string, unknown>)[name]);
    if (wrong === null) continue;
    const { expected, because, given = name.slice(0, 80) } = wrong;
    const at = `${pointer}/${esc(name)}`;
    const message = `Cannot set the variable ${JSON.stringify(name.slice(0, 80))}: ` +
      (because ?? `it must have ${expected}, given ${given}`);
    return { code: "env_not_allowed", pointer: at, message, expected, given };
  }
  return null;
}

/** What would have been right, and what came instead where that is not the name. */
interface Wrong {
  readonly expected: string;
  readonly because?: string;
  readonly given?: string;
}

function nameFlaw(name: string): Wrong | null {
  if (name === "") return { expected: "a name of at least one character" };
  if (/[=\0]/.test(name)) return { expected: "a name without '=' and NUL" };
  if (!name.isWellFormed()) return { expected: "a name in well-formed Unicode" };
  const expected = "another name";
  if (name === "__proto__") return { expected, because: "the name is reserved" };
  if (ours.test(name)) return { expected, because: "names that begin with FLYBALL_ are Flyball's" };
  return denied.test(name) ? { expected, because: "it can change what code a program runs" } : null;
}

function valueFlaw(name: string, value: unknown): Wrong | null {
  if (typeof value !== "string") {
    return { expected: "a string as its value", given: value === null ? "null" : typeof value };
  }
  if (value.includes("\0")) {
    return { expected: "a value without NUL", given: `one at index ${value.indexOf("\0")}` };
  }
  if (!value.isWellFormed()) {
    return { expected: "a value in well-formed Unicode", given: "a lone surrogate" };
  }
  if ((name.length + value.length) * 3 < entryMaxBytes) return null;
  const bytes = new TextEncoder().encode(`${name}=${value}`).length;
  if (bytes <= entryMaxBytes) return null;
  return { expected: `at most ${entryMaxBytes} bytes of NAME=value`, given: `${bytes}` };
}
