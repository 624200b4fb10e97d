/**
 * Every limit of the machine that can be found, with where it is from.
 *
 * @module
 */
import { statfsSync } from "node:fs";
import type { CapacityLimit } from "../../../messages/capacity.ts";
import { groupPlaces } from "../gauges/group.ts";
import { type KernelFiles, kernelFiles } from "../kernel_files.ts";
import { coresLimit, memoryLimit, swapLimit } from "./compute.ts";
import { connectionLimits, fileLimits, processLimits, quotaLimits } from "./counts.ts";
import type { Probe } from "./probe.ts";
import { unknownLimit } from "./limit.ts";
import { diskLimits, networkLimits, type Seen } from "./traffic.ts";

/** The file system of a folder, within the quota of who asks; null: it can't be told. */
export interface Room {
  readonly totalBytes: number;
  readonly freeBytes: number;
  readonly files: number;
  readonly filesFree: number;
}

/**
 * All limits; `seen` is the most that was seen of what no one limits, `data` our folder, `probe` what
 * was tried.
 */
export function machineLimits(
  data: string | null,
  seen: Seen,
  probe: Probe | null = null,
  files: KernelFiles = kernelFiles(),
  roomOf: (folder: string) => Room | null = room,
): readonly CapacityLimit[] {
  const places = groupPlaces(files);
  return [
    coresLimit(files, places),
    memoryLimit(files, places),
    swapLimit(files, places),
    ...diskLimits(files, places, seen, probe),
    ...networkLimits(files, seen),
    ...fileLimits(files),
    ...processLimits(files, places),
    ...connectionLimits(files),
    ...quotaLimits(files),
    ...roomLimits(data, data === null ? null : roomOf(data)),
  ];
}

/** What is left for jobs and their logs. */
function roomLimits(data: string | null, room: Room | null): CapacityLimit[] {
  const because = data === null ? "there is no data directory" : "the kernel does not tell it";
  if (!room) return [unknownLimit("dataBytes", because), unknownLimit("dataFiles", because)];
  const source = `file system of ${data}`;
  const of = (name: string, value: number, free: number): CapacityLimit => ({
    ...{ name, value, used: value - free, source, confidence: "enforced" },
    candidates: [{ source, value }],
  });
  const { totalBytes, freeBytes, files, filesFree } = room;
  return [
    of("dataBytes", totalBytes, freeBytes),
    // Some file systems make places for files as they are needed.
    files > 0
      ? of("dataFiles", files, filesFree)
      : unknownLimit("dataFiles", "this file system has no fixed number"),
  ];
}

function room(folder: string): Room | null {
  try {
    const { bsize, blocks, bavail, files, ffree } = statfsSync(folder);
    return {
      totalBytes: blocks * bsize,
      freeBytes: bavail * bsize,
      files,
      filesFree: ffree,
    };
  } catch {
    return null;
  }
}
