/**
 * What a job has said, wherever that is kept by now.
 *
 * @module
 */
import type { LogPiece } from "../messages/log.ts";
import { jobNumber } from "./job.ts";
import { LogReader, readOn } from "./log_reader.ts";
import { endedLog, followLog } from "./logs.ts";
import type { LogOptions } from "./runtime.ts";
import type { System } from "./system.ts";

/** Its pieces so far, and with `follow` all until it ends; null when there is no such job. */
export async function readLog(
  { queue, ports }: Pick<System, "queue" | "ports">,
  id: string,
  { follow = false, after, signal }: LogOptions = {},
): Promise<AsyncIterableIterator<LogPiece> | null> {
  const reader = new LogReader(after);
  const number = jobNumber(id);
  const job = number === null ? undefined : queue.open.get(number);
  // Of one that has ended and is not stored yet it is all there is, and at once.
  if (job && (follow || job.outcome)) return readOn(followLog(job, ports.clock, signal), reader);
  if (job) return readOn(job.log?.pieces() ?? [], reader);
  const record = number === null ? null : await ports.store.read({ type: "job", id: number });
  return record && readOn(record.ended ? endedLog(record.ended) : [], reader);
}
