/**
 * Why a program could not be started, in a stable word.
 *
 * @module
 */
import { type Ended, failed } from "./tasks.ts";

/** What the kernel answered, by its number, and what it is called. */
const codes: Readonly<Record<number, readonly [code: string, meaning: string]>> = {
  2: ["command_not_found", "was not found"],
  7: ["argument_list_too_long", "got more arguments and environment than the system takes"],
  8: ["not_executable", "is not in a form that can be run"],
  11: ["too_many_processes", "could not be started: no more processes are allowed now"],
  12: ["not_enough_memory", "could not be started: the system has no memory left"],
  13: ["not_executable", "is not executable"],
  20: ["command_not_found", "was not found: a part of its path is no folder"],
  23: ["too_many_open_files", "could not be started: the system has too many files open"],
  24: ["too_many_open_files", "could not be started: too many files are open"],
  26: ["executable_busy", "is being written to"],
  40: ["command_not_found", "was not found: too many links on the way"],
};

/** The ending of a command whose start threw `error`. */
export function spawnFailure(program: string, error: unknown): Ended {
  const message = error instanceof Error ? error.message : String(error);
  const [code, meaning] = codes[Number(/\(os error (\d+)\)/.exec(message)?.[1])] ??
    ["spawn_failed", "could not be started"];
  return failed("spawn", code, `${program} ${meaning} (${message})`);
}
