/**
 * Numbers as people read them. What is not known is a dash.
 *
 * @module
 */

/** What stands for a number that is not known. */
export const unknown = "–";

type Maybe = number | null | undefined;

const isKnown = (value: Maybe): value is number => value !== null && value !== undefined;

/** Three significant digits, without trailing zeros. */
function short(value: number): string {
  if (!Number.isFinite(value)) return "∞";
  if (Math.abs(value) >= 100) return String(Math.round(value));
  return String(Number(value.toPrecision(3)));
}

/** A count: `1,204`, `3.4 M`. */
export function count(value: Maybe): string {
  if (!isKnown(value)) return unknown;
  if (Math.abs(value) >= 1e6) return `${short(value / 1e6)} M`;
  return Number.isInteger(value) ? value.toLocaleString("en-US") : short(value);
}

const lengths = [["d", 86_400_000], ["h", 3_600_000], ["min", 60_000]] as const;

/** A duration: `310 µs`, `42 ms`, `1.5 s`, `3 min 20 s`, `2 h 5 min`. */
export function duration(ms: Maybe): string {
  if (!isKnown(ms)) return unknown;
  if (ms < 0) return `-${duration(-ms)}`;
  if (ms === 0) return "0 ms";
  if (ms < 1) return `${short(ms * 1_000)} µs`;
  if (ms < 999.5) return `${short(ms)} ms`;
  if (ms < 59_950) return `${short(ms / 1_000)} s`;
  const at = lengths.findIndex(([, length]) => ms >= length * 0.999);
  const [unit, length] = lengths[at]!;
  const [smaller, part] = lengths[at + 1] ?? ["s", 1_000];
  const parts = Math.round(ms / part);
  const rest = parts % (length / part);
  const whole = `${Math.floor(parts / (length / part))} ${unit}`;
  return rest === 0 ? whole : `${whole} ${rest} ${smaller}`;
}

const steps = ["B", "KB", "MB", "GB", "TB", "PB"] as const;

/** Bytes by thousands: `1.2 MB`. */
export function bytes(value: Maybe): string {
  if (!isKnown(value)) return unknown;
  let [amount, at] = [Math.abs(value), 0];
  for (; amount >= 999.5 && at < steps.length - 1; at++) amount /= 1_000;
  return `${value < 0 ? "-" : ""}${short(amount)} ${steps[at]}`;
}

/** A share 0..1: `12 %`, `0.4 %`. */
export function percent(ratio: Maybe): string {
  if (!isKnown(ratio)) return unknown;
  const value = ratio * 100;
  if (Math.abs(value) >= 10 || value === 0) return `${Math.round(value)} %`;
  return `${Number(value.toFixed(1))} %`;
}

/** A sum of money. */
export function money(value: Maybe, currency: string): string {
  if (!isKnown(value)) return unknown;
  const digits = value !== 0 && Math.abs(value) < 0.01 ? short(value) : value.toFixed(2);
  return `${digits} ${currency}`;
}

/** An instant as `10:31:07` of today, with its date where it is another day. */
export function clock(at: number | string | null | undefined, now = Date.now()): string {
  if (at === null || at === undefined) return unknown;
  const [then, today] = [new Date(at), new Date(now)];
  const time = then.toLocaleTimeString("en-GB");
  if (then.toDateString() === today.toDateString()) return time;
  const two = (value: number) => String(value).padStart(2, "0");
  return `${then.getFullYear()}-${two(then.getMonth() + 1)}-${two(then.getDate())} ${time}`;
}

/** How long ago an instant was, or how far off it is: `3 min ago`, `in 20 s`. */
export function ago(at: number | string | null | undefined, now = Date.now()): string {
  if (at === null || at === undefined) return unknown;
  const passed = now - new Date(at).getTime();
  if (Math.abs(passed) < 1_000) return "now";
  const most = lengths.find(([, length]) => Math.abs(passed) >= length);
  const [unit, length] = most ?? ["s", 1_000];
  const text = `${Math.floor(Math.abs(passed) / length)} ${unit}`;
  return passed > 0 ? `${text} ago` : `in ${text}`;
}

/** A number by the unit that its name ends in: `memoryBytes`, `waitMs`, `cpuRatio`. */
export function byName(name: string, value: Maybe): string {
  if (/BytesPerS$/.test(name)) return isKnown(value) ? `${bytes(value)}/s` : unknown;
  if (/PerS$/.test(name)) return isKnown(value) ? `${count(value)}/s` : unknown;
  if (/Bytes$/i.test(name)) return bytes(value);
  if (/Ms$/.test(name)) return duration(value);
  if (/Seconds$/.test(name)) return duration(isKnown(value) ? value * 1_000 : value);
  if (/Ratio$/.test(name)) return percent(value);
  return count(value);
}

/** A name of the API in words: `openFilesOfHost` is `open files of host`. */
export const spaced = (name: string): string =>
  name.replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase();

/** A label of jobs in words: `projectId` is `project`. */
export const label = (name: string): string => name.replace(/Id$/, "");

/** A window as it is said after "the last": `1h` is `hour`, `5m` is `5 minutes`. */
export function lasting(window: string): string {
  const unit = { m: "minute", h: "hour", d: "day" }[window.slice(-1)] ?? window;
  const number = window.slice(0, -1);
  return number === "1" ? unit : `${number} ${unit}s`;
}

/** The same as {@link spaced} without its unit: `memoryAvailableBytes` is `memory available`. */
export const words = (name: string): string =>
  spaced(name.replace(/(BytesPerS|Bytes|PerS|Ms|Ratio|Seconds)$/, "") || name);
