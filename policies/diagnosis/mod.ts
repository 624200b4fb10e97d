/**
 * What stands in the way of jobs, the most likely first. The list is the registry: a new cause is a
 * file and a line here.
 *
 * @module
 */
import type { Cause, Sight } from "../../messages/diagnosis.ts";
import { span } from "../span.ts";
import { isLate, type Suspect, waiting } from "./cause.ts";
import { api } from "./api.ts";
import { contention } from "./contention.ts";
import { cpu } from "./cpu.ts";
import { disk } from "./disk.ts";
import { downstream } from "./downstream.ts";
import { failures } from "./failures.ts";
import { files } from "./files.ts";
import { limit } from "./limit.ts";
import { lock } from "./lock.ts";
import { memory } from "./memory.ts";
import { operator } from "./operator.ts";
import { processes } from "./processes.ts";
import { quota } from "./quota.ts";
import { service } from "./service.ts";
import { starts } from "./starts.ts";
import { stolen } from "./stolen.ts";
import { workers } from "./workers.ts";

/** All that is looked for. */
export const suspects: readonly Suspect[] = [
  ...[cpu, quota, stolen, memory, disk, files, processes],
  ...[downstream, lock, contention, failures, limit, workers, operator, starts, service, api],
];

/** What explains less than this is not worth a word. */
const leastScore = .1;

/** What stands in the way of jobs, the most likely first; empty where nothing does. */
export function diagnose(sight: Sight): readonly Cause[] {
  return suspects
    .flatMap(({ name, examine }): Cause[] => {
      const found = examine(sight);
      if (found === null || !(found.score >= leastScore)) return [];
      return [{ name, ...found, score: Math.round(100 * Math.min(1, found.score)) / 100 }];
    })
    .sort((one, other) => other.score - one.score);
}

/** One sentence of what was found. */
export function verdictOf(causes: readonly Cause[], sight: Sight): string {
  const [first] = causes;
  const jobs = waiting(sight);
  const waits = isLate(sight)
    ? `${jobs} waiting, the oldest for ${span(sight.oldestWaitMs)}`
    : null;
  if (first) return waits === null ? first.because : `${first.because} (${waits})`;
  if (waits !== null) return `Nothing stands out: ${waits}`;
  return sight.pool.running > 0 ? "Nothing is in the way: jobs run as they come" : "Nothing to do";
}
