/**
 * What a runtime is made from.
 *
 * @module
 */
import type { Config, ConfigInput } from "./config.ts";

/** A task as a file: the module whose default export is the task. */
export interface TaskFile {
  /** Absolute `file:` address of the module. */
  readonly url: string;
}

/** Options of `createRuntime`; all may be left out. */
export interface RuntimeOptions {
  /** Tasks by name. Default none: the runtime runs commands only. */
  readonly tasks?: Readonly<Record<string, TaskFile>>;
  /** Data directory, made when missing. Default none: jobs live in memory. */
  readonly data?: string;
  /** Configuration, whole or in part; refused with `invalid_config` when wrong. */
  readonly config?: Config | ConfigInput;
}
