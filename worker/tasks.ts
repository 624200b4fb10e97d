/**
 * Loads task modules and runs them.
 *
 * @module
 */
import type { Context, Schema, Task } from "../task.ts";
import { denialOf } from "./denials.ts";

/** How a job ended, as the worker can tell. */
export interface Ended {
  /** 0 done, 1 failed, 2 aborted. */
  readonly ending: 0 | 1 | 2;
  /** JSON text of the output or of the failure. */
  readonly payload: string;
}

/** A running job's other half: how to abort it. */
export interface Running {
  abort(because: string): void;
}

/** Why a job failed. */
export interface Failure {
  readonly category: string;
  readonly code: string;
  readonly message: string;
  /** Time before another attempt makes sense, ms. */
  readonly retryAfterMs?: number | undefined;
}

const stringify = JSON.stringify; // Tasks share our globals and may replace them.

/** JSON text of a failure as payload of `finished`. */
export const failed = (
  category: string,
  code: string,
  message: string,
  retryAfterMs?: number,
): Ended => ({
  ending: 1,
  payload: stringify(
    { category, code, message: message.slice(0, 4096), retryAfterMs } satisfies Failure,
  ),
});

/** Imports a task file and returns its default export; throws {@link LoadError}. */
export async function loadTask(source: string): Promise<Task> {
  let exported: Record<string, unknown>;
  try {
    exported = await import(source);
  } catch (error) {
    throw new LoadError(
      isDenied(error) ? "permission_denied" : "task_load_failed",
      `Cannot load ${source}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  const task = exported["default"] as Partial<Task> | undefined;
  if (task === undefined) {
    throw new LoadError("no_default_export", `${source} has no default export`);
  }
  if (task?.kind !== "flyball.task" || typeof task.run !== "function") {
    throw new LoadError(
      "not_a_task",
      `The default export of ${source} must be made with defineTask: it is ${typeof task}`,
    );
  }
  return task as Task;
}

/** A task file that can't be used. */
export class LoadError extends Error {
  /** A stable word: `task_load_failed`, `no_default_export`, … */
  readonly code: string;

  /** Says why with a stable `code`. */
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** How each job of a task ends that could not be loaded. */
export function unloadable(error: Error): Ended {
  const code = "code" in error ? String(error.code) : "task_load_failed";
  return failed(code === "permission_denied" ? "permission" : "spawn", code, error.message);
}

/** Carries what a task says while it runs to the parent. */
export interface Teller {
  tell(id: number, kind: "log" | "progress" | "took", value: unknown): void;
  /** The folder of a job; throws where its task has no right to one. */
  folder(id: number): string;
}

/** What a job's task is given; made for each job, so kept lean. */
export class JobContext implements Context, Running {
  readonly attempt: number;
  readonly trace: string;
  /** True once the job has ended; nothing it says counts any more. */
  over = false;
  readonly #id: number;
  readonly #teller: Teller;
  #controller: AbortController | null = null;
  #because: string | null = null;
  #took: Readonly<Record<string, number>> | null = null;

  /** `teller` carries log lines and progress of job `id` to the parent. */
  constructor(id: number, attempt: number, trace: string, teller: Teller) {
    this.#id = id;
    this.attempt = attempt;
    this.trace = trace;
    this.#teller = teller;
  }

  get signal(): AbortSignal {
    if (this.#controller === null) {
      this.#controller = new AbortController();
      if (this.#because !== null) this.#controller.abort(abortion(this.#because));
    }
    return this.#controller.signal;
  }

  get aborted(): boolean {
    return this.#because !== null;
  }

  get folder(): string {
    if (this.over) throw new TypeError("The job has ended and its folder is gone");
    return this.#teller.folder(this.#id);
  }

  /** The job has ended; now it is known what it took. */
  end(): void {
    this.over = true;
    if (this.#took !== null) this.#teller.tell(this.#id, "took", this.#took);
  }

  abort(because: string): void {
    this.#because ??= because;
    this.#controller?.abort(abortion(because));
  }

  // Tasks take their context apart, so what they are given works alone.
  get log(): (text: string) => void {
    return (text) => this.over || this.#teller.tell(this.#id, "log", text);
  }

  get took(): (units: Readonly<Record<string, number>>) => void {
    return (units) => {
      for (const [unit, amount] of Object.entries(units)) {
        if (!(amount >= 0 && amount < Infinity)) {
          throw new TypeError(`took: ${unit} must be a number >= 0, given ${String(amount)}`);
        }
        this.#took = { ...this.#took, [unit]: Number(amount) };
      }
    };
  }

  get progress(): (value: unknown) => void {
    return (value) => this.over || this.#teller.tell(this.#id, "progress", value);
  }
}

const abortion = (because: string) => new DOMException(because, "AbortError");

/** Runs one task. Returns the end itself when the task is synchronous, else a promise of it. */
export function runTask(task: Task, input: unknown, context: JobContext): Ended | Promise<Ended> {
  if (task.input || task.output) return runChecked(task, input, context);
  try {
    const output = task.run(input, context);
    return output instanceof Promise
      ? output.then((value) => ended(value, context), (error) => threw(error, context))
      : ended(output, context);
  } catch (error) {
    return threw(error, context);
  }
}

async function runChecked(task: Task, input: unknown, context: JobContext): Promise<Ended> {
  try {
    const checked = await check("input", task.input, input);
    if (typeof checked === "string") {
      return failed("validation", "invalid_input", checked);
    }
    const output = await task.run(checked.value, context);
    const believed = await check("output", task.output, output);
    if (typeof believed === "string") {
      return failed("validation", "invalid_output", believed);
    }
    return ended(believed.value, context);
  } catch (error) {
    return threw(error, context);
  }
}

/** The checked value, or what was wrong as `input.path: message`. */
async function check(
  name: "input" | "output",
  schema: Schema<unknown> | undefined,
  value: unknown,
): Promise<{ value: unknown } | string> {
  if (!schema) return { value };
  const result = await schema["~standard"].validate(value);
  if (!result.issues) return { value: result.value };
  return result.issues.slice(0, 5).map(({ message, path }) => {
    const keys = (path ?? []).map((part) => String(typeof part === "object" ? part.key : part));
    return `${[name, ...keys].join(".")}: ${message}`;
  }).join("; ");
}

function ended(output: unknown, context: JobContext): Ended {
  if (context.aborted) return { ending: 2, payload: "null" };
  if (typeof output === "number" && output - output === 0) {
    return { ending: 0, payload: String(output) };
  }
  if (output === undefined) return { ending: 0, payload: "null" };
  try {
    const payload = stringify(output);
    if (payload !== undefined) return { ending: 0, payload };
    return failed("validation", "output_not_json", `The output is not JSON: a ${typeof output}`);
  } catch (error) {
    return failed("validation", "output_not_json", `The output is not JSON: ${text(error)}`);
  }
}

function threw(error: unknown, context: JobContext): Ended {
  if (context.aborted) return { ending: 2, payload: "null" };
  if (isDenied(error)) {
    return failed("permission", "permission_denied", text(error));
  }
  return failed("exit", "task_threw", text(error), waitOf(error));
}

/** `retryAfterMs` of what was thrown, where that is a time. */
function waitOf(error: unknown): number | undefined {
  const ms = typeof error === "object" && error !== null && "retryAfterMs" in error
    ? error.retryAfterMs
    : undefined;
  return typeof ms === "number" && ms >= 0 && ms < Infinity ? ms : undefined;
}

/** True when Deno denied it: an access, or an import. */
const isDenied = (error: unknown) =>
  error instanceof Deno.errors.NotCapable ||
  (error instanceof TypeError && denialOf(error.message) !== null);

const text = (error: unknown) =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);
