/**
 * What a worker said of a job that runs, as a fact names it.
 *
 * @module
 */
import type { ToldFact } from "../messages/facts.ts";
import { messages } from "../messages/wire.ts";

/** Streams of `output`, by their number. */
const streams = ["log", "stdout", "stderr"] as const;

/** Kind and value of an `output` or `progress` whose fields begin at `at`; null: there is no such. */
export function saidBy(
  kind: number,
  batch: readonly unknown[],
  at: number,
): readonly [ToldFact["kind"], unknown] | null {
  if (kind === messages.progress.kind) return ["progress", batch[at + 1]];
  const stream = streams[batch[at + 1] as number];
  return stream === undefined ? null : [stream, batch[at + 2]];
}
