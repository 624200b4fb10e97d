/**
 * A job as it comes over the wire.
 *
 * @module
 */

/** Variables by name. */
export type Variables = Readonly<Record<string, string>>;

/** The fields of a `start` message that the worker needs. */
export interface Start {
  readonly id: number;
  readonly attempt: number;
  readonly operation: number;
  readonly input: unknown;
  readonly timeoutMs: number;
  readonly trace: string;
  /** What a command is given besides variables of its own. */
  readonly environment: Variables;
}

/** Reads the `start` message whose fields begin at `at`. */
export const startOf = (
  batch: readonly unknown[],
  at: number,
  environment: Variables,
): Start => ({
  id: batch[at] as number,
  attempt: batch[at + 1] as number,
  operation: batch[at + 2] as number,
  input: batch[at + 3],
  timeoutMs: batch[at + 4] as number,
  trace: batch[at + 5] as string,
  environment,
});
