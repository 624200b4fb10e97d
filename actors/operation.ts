/**
 * What jobs are instances of: a registered task, or commands.
 *
 * @module
 */
import type { Keeping } from "../task.ts";
import type { InputCheck } from "./input_check.ts";
import type { Grant } from "./ports.ts";

/** A registered task, or the one operation that stands for all commands. */
export interface Operation {
  /** Its number on the wire. */
  readonly number: number;
  /** The task's name; `command` for commands. */
  readonly name: string;
  /** Module URL of the task; empty for commands. */
  readonly source: string;
  readonly grant: Grant;
  /** Looks at a submitted input, where the task told what it takes; null: it did not. */
  readonly check?: InputCheck | null;
  /** What its results depend on, where they may be kept; null: they may not. */
  readonly keeping?: Keeping | null;
  /** How its module looked when it was registered; absent: it is no file of ours. */
  readonly stamp?: string;
  /** Jobs of it that may run in one worker at once. */
  readonly slotsMax: number;
}
