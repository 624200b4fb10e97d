/**
 * The memory of the host.
 *
 * @module
 */
import type { MemoryVitals } from "../../../messages/vitals.ts";
import type { KernelFiles } from "../kernel_files.ts";
import { Rates } from "./rates.ts";
import { type Say, strange, unreadable } from "./say.ts";

/** Size of a page on every machine we run on. */
const pageBytes = 4_096;

const kib = (name: string) => {
  const line = new RegExp(`^${name}:\\s+(\\d{1,15})\\b`, "m");
  return (text: string): number | null => {
    const number = text.match(line)?.[1];
    return number === undefined ? null : Number(number) * 1_024;
  };
};
const fields = {
  total: kib("MemTotal"),
  free: kib("MemFree"),
  available: kib("MemAvailable"),
  buffers: kib("Buffers"),
  cached: kib("Cached"),
  swapTotal: kib("SwapTotal"),
  swapFree: kib("SwapFree"),
};
const count = (name: string) => new RegExp(`^${name} (\\d{1,18})$`, "m");
const swappedIn = count("pswpin");
const swappedOut = count("pswpout");
const killed = count("oom_kill");

/** Looks at the host's memory. */
export function memoryGauge(
  { read }: KernelFiles,
): (say: Say, nowMs: number) => MemoryVitals | null {
  const rates = new Rates();
  return (say, nowMs) => {
    const path = "/proc/meminfo";
    const text = read(path);
    if (text === null) return say("memory", unreadable(path));
    const totalBytes = fields.total(text);
    const availableBytes = fields.available(text) ?? guess(text);
    if (!totalBytes || availableBytes === null) return say("memory", strange(path));
    const paging = read("/proc/vmstat");
    const told = (line: RegExp) => {
      const number = paging?.match(line)?.[1];
      return number === undefined ? null : Number(number);
    };
    rates.begin(nowMs);
    const rate = (name: string, line: RegExp) => {
      const pages = told(line);
      if (pages === null) return say(`memory.${name}`, "/proc/vmstat can't be read, or has none");
      return rates.perS(name, pages * pageBytes);
    };
    return {
      totalBytes,
      freeBytes: fields.free(text),
      availableBytes,
      buffersBytes: fields.buffers(text),
      cachedBytes: fields.cached(text),
      swapTotalBytes: fields.swapTotal(text),
      swapFreeBytes: fields.swapFree(text),
      swapInBytesPerS: rate("swapInBytesPerS", swappedIn),
      swapOutBytesPerS: rate("swapOutBytesPerS", swappedOut),
      oomKills: told(killed),
    };
  };
}

/** Kernels before 3.14 do not say what is available. Less than this is not. */
function guess(text: string): number | null {
  const parts = [fields.free(text), fields.cached(text), fields.buffers(text)];
  return parts.includes(null) ? null : parts[0]! + (parts[1]! + parts[2]!) / 2;
}
