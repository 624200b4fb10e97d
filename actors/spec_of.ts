/**
 * From the call of a program to the job it asks for.
 *
 * @module
 */
import type { JobSpec } from "../messages/job.ts";
import { parseJob } from "./admission.ts";
import type { RunOptions } from "./runtime.ts";

/** A spec of what was asked for and the options of the call. */
export function specOf(
  base: { readonly task: string; readonly input: unknown },
  { signal: _signal, ...options }: RunOptions,
): JobSpec {
  return { ...parseJob({ task: base.task, ...options }), input: base.input };
}
