/**
 * What a verb of the command line is.
 *
 * @module
 */
import type { Command } from "commander";

/** One verb: what it takes, and what it does with it. */
export interface Verb {
  /** Declares arguments and options. */
  declare(command: Command): Command;
  /** True when everything after `--` belongs to a program the verb starts. */
  readonly startsPrograms?: boolean;
  /**
   * Does it and resolves with the exit code. `argv` is what followed `--`, null when there was no
   * `--`. Throws a Refusal for whatever cannot be done as asked.
   */
  run(command: Command, argv: readonly string[] | null): Promise<number>;
}

/** A verb in the list: its line of help and the way to its code. */
export interface VerbEntry {
  readonly summary: string;
  readonly load: () => Promise<Verb>;
}
