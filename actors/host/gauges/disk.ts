/**
 * What disks read and write.
 *
 * @module
 */
import type { DiskRates, DiskVitals } from "../../../messages/vitals.ts";
import type { KernelFiles } from "../kernel_files.ts";
import { Rates } from "./rates.ts";
import { type Say, unreadable } from "./say.ts";
import { wholes } from "./whole.ts";

const path = "/proc/diskstats";
/** The kernel counts in these, whatever the disk has. */
const sectorBytes = 512;
const devicesMax = 16;

/**
 * What would be counted twice, or is no disk: partitions, memory and loop disks, drives for discs,
 * and what is stacked on disks (LVM, RAID, bcache, DRBD).
 */
const notWhole =
  /^(loop|z?ram|fd|sr|md|dm-|bcache|drbd|nbd|(h|s|v|xv)d[a-z]+\d|(nvme\d+n|mmcblk)\d+(p\d|boot\d|rpmb))/;

/** Looks at the disks. */
export function diskGauge(
  { read }: KernelFiles,
): (say: Say, nowMs: number) => DiskVitals | null {
  const rates = new Rates();
  return (say, nowMs) => {
    const text = read(path);
    rates.begin(nowMs);
    if (text === null) return say("disk", unreadable(path));
    const all = text.split("\n").flatMap((line) => deviceOf(line, rates) ?? []);
    if (all.length === 0) {
      return say("disk", text.trim() === "" ? "there are no disks" : `${path} names no disk`);
    }
    return { ...total(all), devices: all.slice(0, devicesMax) };
  };
}

function deviceOf(line: string, rates: Rates): (DiskRates & { readonly name: string }) | null {
  const [, , name, ...words] = line.trim().split(/\s+/);
  if (name === undefined || words.length < 10 || notWhole.test(name)) return null;
  const numbers = wholes(words.slice(0, 10));
  if (!numbers) return null;
  const [reads, , sectorsRead, , writes, , sectorsWritten, , , busyMs] = numbers;
  const readBytes = sectorsRead! * sectorBytes;
  const writtenBytes = sectorsWritten! * sectorBytes;
  const busyMsPerS = rates.perS(`${name} busy`, busyMs!);
  return {
    name,
    readBytes,
    writtenBytes,
    readBytesPerS: rates.perS(`${name} read`, readBytes),
    writtenBytesPerS: rates.perS(`${name} written`, writtenBytes),
    readsPerS: rates.perS(`${name} reads`, reads!),
    writesPerS: rates.perS(`${name} writes`, writes!),
    busyRatio: busyMsPerS === null ? null : Math.min(1, busyMsPerS / 1_000),
  };
}

/** A disk that came just now does not hide the rates of the others. */
function total(all: readonly DiskRates[]): DiskRates {
  const known = (key: keyof DiskRates) => all.map((disk) => disk[key]).filter((n) => n !== null);
  const sum = (key: keyof DiskRates) => {
    const numbers = known(key);
    return numbers.length === 0 ? null : numbers.reduce((one, other) => one + other);
  };
  const busy = known("busyRatio");
  return {
    readBytes: sum("readBytes")!,
    writtenBytes: sum("writtenBytes")!,
    readBytesPerS: sum("readBytesPerS"),
    writtenBytesPerS: sum("writtenBytesPerS"),
    readsPerS: sum("readsPerS"),
    writesPerS: sum("writesPerS"),
    busyRatio: busy.length === 0 ? null : Math.max(...busy),
  };
}
