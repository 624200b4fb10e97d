/**
 * How hot the processor is.
 *
 * @module
 */
import type { KernelFiles } from "../kernel_files.ts";
import type { Say } from "./say.ts";

/** Time after which sensors are looked for again, ms. */
const searchEveryMs = 60_000;
/** Sensors that are read at each look. */
const sensorsMax = 16;
/** What drivers of processors call themselves. */
const ofProcessor = /^(coretemp|k10temp|k8temp|zenpower|cpu.*|x86_pkg_temp|soc.*|acpitz)$/;
/** Degrees that a running machine can have; sensors that are not connected tell others. */
const lowest = -50;
const highest = 150;

/** Looks at the hottest sensor of the processor, or of all where none is known to be its. */
export function heatGauge({ read, list }: KernelFiles) {
  let sensors: readonly string[] = [];
  let searchedMs = -Infinity;
  return (say: Say, nowMs: number): number | null => {
    if (nowMs - searchedMs >= searchEveryMs) {
      searchedMs = nowMs;
      sensors = find({ read, list });
    }
    if (sensors.length === 0) {
      return say("temperatureCelsius", "no sensor in /sys/class/hwmon or /sys/class/thermal");
    }
    const all = sensors.flatMap((path) => {
      const milli = read(path)?.trim();
      const degrees = milli && /^-?\d{1,7}$/.test(milli) ? Number(milli) / 1_000 : NaN;
      return degrees > lowest && degrees < highest ? degrees : [];
    });
    if (all.length === 0) return say("temperatureCelsius", `${sensors[0]} tells no temperature`);
    return Math.max(...all);
  };
}

/** Paths of the sensors that count. */
function find({ read, list }: KernelFiles): readonly string[] {
  const found: { readonly path: string; readonly owner: string }[] = [];
  for (const name of list("/sys/class/hwmon") ?? []) {
    const folder = `/sys/class/hwmon/${name}`;
    const owner = read(`${folder}/name`)?.trim() ?? "";
    for (const file of list(folder) ?? []) {
      if (/^temp\d+_input$/.test(file)) found.push({ path: `${folder}/${file}`, owner });
    }
  }
  for (const name of list("/sys/class/thermal") ?? []) {
    if (!/^thermal_zone\d+$/.test(name)) continue;
    const folder = `/sys/class/thermal/${name}`;
    const owner = read(`${folder}/type`)?.trim() ?? "";
    found.push({ path: `${folder}/temp`, owner });
  }
  const own = found.filter(({ owner }) => ofProcessor.test(owner));
  return (own.length > 0 ? own : found).map(({ path }) => path).sort().slice(0, sensorsMax);
}
