/**
 * `flyball capacity`: what a running service and its machine can take, and what operations need.
 *
 * @module
 */
import type {
  Capacity,
  CapacityLimit,
  Contention,
  OperationProfile,
  Saturation,
} from "../messages/capacity.ts";
import { oneLine } from "./complain.ts";
import { declareReach, openControl, type Reach } from "./control.ts";
import { exit } from "./exit.ts";
import type { Verb } from "./verb.ts";

interface Flags extends Reach {
  readonly probe?: boolean;
  readonly json?: boolean;
}

/** Reading what is kept of 60 days may take its time, ms. */
const readMs = 50_000;

/** The verb `capacity`. */
export const capacity: Verb = {
  declare: (command) =>
    declareReach(command)
      .option("--probe", "try how fast the disk is, by a file of 64 MiB that is removed again")
      .option("--json", "print JSON"),
  run: async (command) => {
    const flags = command.opts<Flags>();
    using control = await openControl(flags);
    const found = await control.ask({
      ...flags.probe
        ? { method: "POST", path: "/api/v1/capacity/probe" }
        : { method: "GET", path: "/api/v1/capacity" },
      waitMs: readMs,
    }) as Capacity;
    console.log(flags.json ? JSON.stringify(found) : capacityText(found));
    return exit.ok;
  },
};

/** Capacity for people: limits, what is used up when, what operations need, who slows whom down. */
export function capacityText(
  { limits, saturation, recommended, operations, contention }: Capacity,
): string {
  return [
    ...limits.map(limitLine),
    ...saturation.map(saturationLine),
    ...recommended.map(({ key, configured, value, because }) =>
      `recommended: ${key} = ${value} instead of ${configured} · ${oneLine(because)}`
    ),
    ...operations.flatMap(profileLines),
    ...contention.map(contentionLine),
  ].join("\n");
}

function limitLine({ name, value, used, source, confidence, because }: CapacityLimit): string {
  const head = `${name.padEnd(26)} ${value === null ? "unknown" : amount(name, value)}`;
  const parts = [
    ...(used === null ? [] : [`${amount(name, used)} used`]),
    ...(value === null
      ? [because ?? ""]
      : [confidence === "observed" ? `observed: ${source}` : `${confidence} by ${source}`]),
  ];
  return `${head} · ${parts.map(oneLine).join(" · ")}`;
}

function saturationLine({ resource, level, limit, because }: Saturation): string {
  const now = level === null ? "unknown" : amount(resource, level);
  return `${resource.padEnd(26)} ${now} of ${amount(resource, limit)} on a usual day · ${because}`;
}

function profileLines(profile: OperationProfile): string[] {
  const { operation, jobs, durationMs, bursts, growth, nextPeak, seasons, unknown } = profile;
  const { p50, p95, max } = durationMs;
  const facts = [
    `run p50 ${time(p50)}, p95 ${time(p95)}, max ${time(max)}`,
    ...(profile.cpuMs
      ? [`cpu p50 ${time(profile.cpuMs.p50)}, p95 ${time(profile.cpuMs.p95)}`]
      : []),
    ...(profile.cpuMs || profile.cpuMeanMs === null ? [] : [`cpu mean ${time(profile.cpuMeanMs)}`]),
    ...(profile.memoryBytes
      ? [
        `memory p50 ${bytes(profile.memoryBytes.p50)}, p95 ${bytes(profile.memoryBytes.p95)}, ` +
        `max ${bytes(profile.memoryBytes.max)}`,
      ]
      : profile.peakBytes === null
      ? []
      : [`memory max ${bytes(profile.peakBytes)}`]),
    ...(profile.ioMeanBytes === null ? [] : [`io mean ${bytes(profile.ioMeanBytes)}`]),
  ];
  const course = [
    seasons === null
      ? `seasons: ${unknown.seasons}`
      : `seasons: ${seasons.map(({ everyMs }) => `${everyMs / 3_600_000} h`).join(", ") || "none"}`,
    bursts === null
      ? `bursts: ${unknown.bursts}`
      : `bursts: peak ${bursts.peakPerS.toFixed(1)}/s is ${
        bursts.peakRatio.toFixed(1)
      } times the ` +
        `mean, dispersion ${bursts.dispersion.toFixed(1)}, ${bursts.spareWorkers} spare workers`,
    growth === null
      ? `growth: ${unknown.growth}`
      : `growth: ${percent(growth.perWeekRatio)} a week (${percent(growth.lowPerWeekRatio)} to ` +
        `${percent(growth.highPerWeekRatio)})`,
    nextPeak === null
      ? `next peak: ${unknown.nextPeak}`
      : `next peak: ${Math.round(nextPeak.jobs)} jobs in the hour from ${nextPeak.at}`,
  ];
  return [
    `${oneLine(operation)}: ${jobs} jobs · ${facts.join(" · ")}`,
    ...course.map((line) => `  ${line}`),
  ];
}

const contentionLine = ({ operation, beside, slowdownRatio, of }: Contention): string =>
  `${oneLine(operation)} takes ${slowdownRatio.toFixed(1)} times as long beside ${
    oneLine(beside)
  }` +
  `: both want ${of === "io" ? "the disk" : of === "cpu" ? "the cores" : "memory"}`;

/** By the unit at the end of the name. */
function amount(name: string, value: number): string {
  if (/Bytes$/.test(name)) return bytes(value);
  if (/BytesPerS$/.test(name)) return `${bytes(value)}/s`;
  if (/Ratio$/.test(name)) return percent(value);
  const shown = String(Math.round(100 * value) / 100);
  return /PerS$/.test(name) ? `${shown}/s` : shown;
}

const percent = (ratio: number) => `${Math.round(1_000 * ratio) / 10} %`;

function time(ms: number | null): string {
  if (ms === null) return "unknown";
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

function bytes(value: number | null): string {
  if (value === null) return "unknown";
  const units = ["B", "kB", "MB", "GB", "TB", "PB"];
  let unit = 0;
  let shown = value;
  for (; shown >= 999.5 && unit < units.length - 1; unit++) shown /= 1_000;
  return `${shown < 9.95 && unit > 0 ? shown.toFixed(1) : Math.round(shown)} ${units[unit]}`;
}
