/**
 * How much power the processor takes.
 *
 * @module
 */
import type { KernelFiles } from "../kernel_files.ts";
import { type Say, tooSoon, unreadable } from "./say.ts";
import { whole } from "./whole.ts";

const root = "/sys/class/powercap";
/** Time after which packages are looked for again, ms. */
const searchEveryMs = 60_000;
/** Packages that are read at each look. */
const packagesMax = 16;

interface Package {
  readonly folder: string;
  /** Where the counter begins anew, µJ. */
  readonly rangeUj: number;
  readonly uj: number | null;
}

/** Looks at the energy counters of the processor's packages (RAPL). */
export function powerGauge({ read, list }: KernelFiles) {
  let packages: readonly Package[] = [];
  let searchedMs = -Infinity;
  let atMs = 0;

  function search(nowMs: number): void {
    searchedMs = nowMs;
    const known = new Map(packages.map((one) => [one.folder, one]));
    // What it calls `psys` has the packages in it, and `intel-rapl-mmio` counts them once more.
    packages = (list(root) ?? []).filter((name) => /^intel-rapl:\d+$/.test(name)).sort()
      .map((name) => `${root}/${name}`)
      .filter((folder) => read(`${folder}/name`)?.startsWith("package"))
      .slice(0, packagesMax).map((folder) => {
        const rangeUj = whole(read(`${folder}/max_energy_range_uj`)) ?? 0;
        return known.get(folder) ?? { folder, rangeUj, uj: null };
      });
  }

  return (say: Say, nowMs: number): number | null => {
    if (nowMs - searchedMs >= searchEveryMs) search(nowMs);
    const spanMs = nowMs - atMs;
    atMs = nowMs;
    const before = packages;
    packages = before.map((one) => ({ ...one, uj: whole(read(`${one.folder}/energy_uj`)) }));
    if (packages.length === 0) return say("powerWatts", `no energy counter in ${root}`);
    const hidden = packages.find(({ uj }) => uj === null);
    if (hidden) return say("powerWatts", unreadable(`${hidden.folder}/energy_uj`));
    const spent = packages.map(({ uj, rangeUj }, i) => grown(before[i]!.uj, uj!, rangeUj));
    const sum = spent.reduce<number | null>(
      (one, other) => one === null || other === null ? null : one + other,
      0,
    );
    if (sum === null || !(spanMs > 0)) return say("powerWatts", tooSoon);
    return sum / 1_000 / spanMs;
  };
}

/** What was spent; a counter that reached its end has begun anew. */
function grown(before: number | null, now: number, range: number): number | null {
  if (before === null) return null;
  if (now >= before) return now - before;
  return range > before ? now + range - before : null;
}
