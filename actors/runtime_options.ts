/**
 * What a runtime is made from.
 *
 * @module
 */
import type { Config, ConfigInput } from "./config.ts";
import type { Tasks } from "./task_file.ts";

/** Options of `createRuntime`; all may be left out. */
export interface RuntimeOptions<T extends Tasks = Tasks> {
  /** Tasks by name. Default none: the runtime runs commands only. */
  readonly tasks?: T;
  /** Data directory, made when missing. Default none: jobs live in memory. */
  readonly data?: string;
  /** Configuration, whole or in part; refused with `invalid_config` when wrong. */
  readonly config?: Config | ConfigInput;
}
