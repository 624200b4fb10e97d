/**
 * How long somebody waits for cores, memory and disks (PSI).
 *
 * @module
 */
import type { PressureVitals, Vitals } from "../../../messages/vitals.ts";
import type { KernelFiles } from "../kernel_files.ts";
import { type Say, strange, unreadable } from "./say.ts";

const line = (kind: string) => {
  const number = String.raw`(\d{1,3}(?:\.\d{1,9})?)`;
  return new RegExp(`^${kind} avg10=${number} avg60=${number} avg300=${number} `, "m");
};
const some = line("some");
const full = line("full");

/** Looks at the three kinds of waiting. */
export function pressureGauge({ read }: KernelFiles): (say: Say) => Vitals["pressure"] {
  return (say) => {
    const of = (kind: "cpu" | "memory" | "io") => {
      const path = `/proc/pressure/${kind}`;
      const text = read(path);
      const name = `pressure.${kind}`;
      if (text === null) {
        return say(name, `${unreadable(path)}: the kernel has no PSI, or hides it`);
      }
      return pressureOf(text) ?? say(name, strange(path));
    };
    return { cpu: of("cpu"), memory: of("memory"), io: of("io") };
  };
}

function pressureOf(text: string): PressureVitals | null {
  const [some10, some60, some300] = ratios(text.match(some));
  if (some10 === undefined) return null;
  // The kernel tells no `full` of cores before version 5.13.
  const [full10 = null, full60 = null, full300 = null] = ratios(text.match(full));
  return {
    some10Ratio: some10,
    some60Ratio: some60!,
    some300Ratio: some300!,
    full10Ratio: full10,
    full60Ratio: full60,
    full300Ratio: full300,
  };
}

const ratios = (match: RegExpMatchArray | null): number[] =>
  match?.slice(1).map((percent) => Math.min(1, Number(percent) / 100)) ?? [];
