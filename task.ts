/**
 * How to write a task. Imports nothing, so a task file stays light.
 *
 * ```ts
 * import { defineTask } from "@flyball/flyball/task";
 *
 * export default defineTask({
 *   permissions: { read: ["."] },
 *   run: async ({ path }: { path: string }, { signal }) =>
 *     (await Deno.readTextFile(path, { signal })).length,
 * });
 * ```
 *
 * @module
 */

/** What a task may touch beyond its own project's modules. Nothing by default. */
export interface Permissions {
  /** Paths that may be read, relative to the project; true for all. */
  readonly read?: readonly string[] | true;
  /** Paths that may be written, relative to the project; true for all. */
  readonly write?: readonly string[] | true;
  /**
   * Hosts (`example.com`, `10.0.0.1:80`) that may be reached; true for all public ones. This machine
   * and private networks have to be named.
   */
  readonly net?: readonly string[] | true;
  /** Environment variables that may be read; true for all. */
  readonly env?: readonly string[] | true;
  /** Kinds of system information (`hostname`, `cpus`); true for all. */
  readonly sys?: readonly string[] | true;
  /** Whether each job has a folder of its own, to read and to write: {@link Context.folder}. */
  readonly folder?: boolean;
}

/** What a task's result depends on besides its input, and for how long it is good. */
export interface Keeping {
  /** How long, ms, 1..2147483647. Default: `cache.ttlMs` of the configuration, 1 h. */
  readonly ttlMs?: number;
  /**
   * Fields of the input that name files, one each or a list, at most 16: a file that has changed makes
   * another result. The empty text stands for the input itself. Default: none.
   */
  readonly files?: readonly string[];
  /** Whether the contents of these files count, besides their size and times. Default false. */
  readonly contents?: boolean;
}

/** Any validator that speaks Standard Schema: Zod, Valibot, ArkType, … */
export interface Schema<T> {
  /** The Standard Schema interface, version 1. */
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<T> | Promise<SchemaResult<T>>;
    readonly types?: { readonly input: unknown; readonly output: T } | undefined;
  };
}

/** What a {@link Schema} answers. */
export type SchemaResult<T> =
  | { readonly value: T; readonly issues?: undefined }
  | {
    readonly issues: readonly {
      readonly message: string;
      readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
    }[];
  };

/** What a running task is given besides its input. */
export interface Context {
  /** Aborted when the job is cancelled or out of time. */
  readonly signal: AbortSignal;
  /** Attempt 1..n of this job. */
  readonly attempt: number;
  /** W3C traceparent of the job, empty when there is none. */
  readonly trace: string;
  /**
   * A folder of this job alone, which is gone when it has ended; as a stage of a staged run, the
   * workspace of its project. Needs the permission `folder`.
   */
  readonly folder: string;
  /** Adds a line to the job's log. */
  log(text: string): void;
  /**
   * Says what the job really took of the units that its keys have rates of, such as
   * `{ tokens: 812 }`, in place of what was reserved for it.
   */
  took(units: Readonly<Record<string, number>>): void;
  /** Says how far the job is: any JSON value, by habit a ratio 0..1. */
  progress(value: unknown): void;
}

/** What {@link defineTask} takes. */
export interface TaskDefinition<I, O> {
  /** Checks the input before the task begins. */
  readonly input?: Schema<I>;
  /** Checks the output before it is believed. */
  readonly output?: Schema<O>;
  /** What the task may touch. Default: nothing. */
  readonly permissions?: Permissions;
  /**
   * Says that the result depends on nothing but the input, and files that it names: it is kept, and a
   * job that asks for the same is given it without being run. Default: each job is run.
   */
  readonly cache?: Keeping;
  /**
   * The work. What it returns must survive JSON. An error that it throws may say when another attempt
   * makes sense, in a field `retryAfterMs`.
   */
  run(input: I, context: Context): O | Promise<O>;
}

/** A task as a task file exports it by default. */
export interface Task<I = unknown, O = unknown> extends TaskDefinition<I, O> {
  /** Tells a task file from any other module. */
  readonly kind: "flyball.task";
}

/** Declares a task; a file's default export. */
export function defineTask<I, O>(definition: TaskDefinition<I, O>): Task<I, O> {
  return { kind: "flyball.task", ...definition };
}
