/**
 * The load averages.
 *
 * @module
 */
import type { KernelFiles } from "../kernel_files.ts";
import { type Say, strange, unreadable } from "./say.ts";

const path = "/proc/loadavg";

/** Looks at the load of 1, 5 and 15 minutes. */
export function loadGauge({ read }: KernelFiles) {
  return (say: Say): readonly [number, number, number] | null => {
    const text = read(path);
    if (text === null) return say("load", unreadable(path));
    const number = text.match(/^(\d{1,9}\.\d{1,9}) (\d{1,9}\.\d{1,9}) (\d{1,9}\.\d{1,9})\b/);
    if (!number) return say("load", strange(path));
    return [Number(number[1]), Number(number[2]), Number(number[3])];
  };
}
