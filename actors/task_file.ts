/**
 * Tasks as files, with the types of what they take and give.
 *
 * @module
 */
import type { Task } from "../task.ts";

/** The module whose default export is a task. */
export interface TaskFile<M = unknown> {
  /** Absolute `file:` address of the module. */
  readonly url: string;
  /** Runs with every permission that this process has, whatever the task itself asks for. */
  readonly trusted?: boolean;
  /** Grants all that can be granted, instead of what the task asks for, and writes to this file what it uses. */
  readonly audit?: string;
  /** Only there for its type. */
  readonly module?: M;
}

/**
 * Names a task's file; give it the module's type to have inputs and outputs checked.
 *
 * A `trusted` task runs without a sandbox. That is for code that you would import yourself: it may
 * do anything, and spares Deno's checks of each access (7 µs for each file that is opened).
 */
export function taskFile<M = unknown>(
  url: URL | string,
  { trusted = false }: { readonly trusted?: boolean } = {},
): TaskFile<M> {
  return { url: String(url), trusted };
}

/** Tasks by name. */
// deno-lint-ignore no-explicit-any -- the types of modules differ from task to task
export type Tasks = Readonly<Record<string, TaskFile<any>>>;

/** What a task takes. */
export type InputOf<F> = F extends TaskFile<{ readonly default: Task<infer I, infer _O> }> ? I
  : unknown;

/** What a task gives. */
export type OutputOf<F> = F extends TaskFile<{ readonly default: Task<infer _I, infer O> }> ? O
  : unknown;
