/**
 * What there is to be seen of a system at a moment.
 *
 * @module
 */
import type { Vitals } from "../../messages/vitals.ts";
import { classes } from "../job.ts";
import type { Estate } from "../estate.ts";
import type { Clock } from "../ports.ts";
import type { Queue } from "../queue.ts";
import type { Sampler } from "../sampler.ts";

/** Who is looked at. */
export interface Seen {
  readonly estates: ReadonlyMap<string, Pick<Estate, "pool">>;
  readonly queue: Queue;
  readonly sampler: Sampler;
  readonly ports: { readonly clock: Clock };
}

/** Levels by name; null: unknown. Names with a class after a colon are of jobs of that class. */
export function levelsOf(
  { estates, queue, sampler, ports: { clock } }: Seen,
): Record<string, number | null> {
  const nowMs = clock.nowMs();
  const waitedMs = (sinceMs: number) => nowMs - Math.min(nowMs, sinceMs);
  const { cpuRatio, memoryRatio, memoryAvailableBytes } = sampler.latest;
  const pools = [...estates.values()].map(({ pool }) => pool);
  const links = pools.flatMap((pool) => pool.links);
  const unbegun = links.reduce((sum, link) => sum + link.unbegun, 0);
  const levels: Record<string, number | null> = {
    queued: queue.queued + unbegun,
    running: links.reduce((sum, link) => sum + link.running, 0),
    workers: links.filter(({ open }) => open).length,
    oldestWaitMs: waitedMs(Math.min(...pools.map((pool) => pool.oldestDueMs()))),
    cpuRatio,
    memoryRatio,
    memoryAvailableBytes,
    ...trafficOf(sampler.vitals),
  };
  for (const [rank, name] of classes.entries()) {
    let sinceMs = Infinity;
    for (const lane of queue.lanes.values()) sinceMs = Math.min(sinceMs, lane.headSinceMs(rank));
    for (const { slots } of links) {
      for (let i = 0; i < slots.unbegun; i++) {
        const job = slots.next(i);
        if (job?.rank === rank) sinceMs = Math.min(sinceMs, job.dueMs);
      }
    }
    levels[`oldestWaitMs:${name}`] = waitedMs(sinceMs);
  }
  return levels;
}

/** What disks and the network did, and who waited for what. */
function trafficOf({ pressure, disk, network }: Vitals): Record<string, number | null> {
  return {
    cpuPressureRatio: pressure.cpu?.some10Ratio ?? null,
    memoryPressureRatio: pressure.memory?.some10Ratio ?? null,
    ioPressureRatio: pressure.io?.some10Ratio ?? null,
    diskReadBytesPerS: disk?.readBytesPerS ?? null,
    diskWrittenBytesPerS: disk?.writtenBytesPerS ?? null,
    diskReadsPerS: disk?.readsPerS ?? null,
    diskWritesPerS: disk?.writesPerS ?? null,
    networkReceivedBytesPerS: network?.receivedBytesPerS ?? null,
    networkSentBytesPerS: network?.sentBytesPerS ?? null,
  };
}
