/**
 * Workloads and machines by name, on which policies are compared. Each is the same every time.
 *
 * @module
 */
import type { SimulateOptions } from "./simulate.ts";
import { SeededRandom } from "./random.ts";
import {
  constant,
  ramped,
  shaped,
  type ShapeOptions,
  spiked,
  stepped,
  switching,
} from "./shapes.ts";
import type { Workload } from "./workload.ts";

/** A workload, and what is demanded of those who serve it. */
export interface Scenario {
  /** Unique. */
  readonly name: string;
  /** One line for people. */
  readonly help: string;
  /** Wait that a job may have for a start, ms. */
  readonly waitTargetMs: number;
  /** Machine and bounds where they are not the usual ones. */
  readonly world: Pick<SimulateOptions, "max" | "cpuRatio" | "machine">;
  /** Makes its jobs. */
  workload(): Workload;
}

const hourS = 3_600;

/** A scenario as it is written down below. */
interface Written extends Omit<ShapeOptions, "name" | "rate"> {
  readonly help: string;
  readonly waitS: number;
  readonly world?: Scenario["world"];
  readonly rate: (random: SeededRandom) => ShapeOptions["rate"];
}

const half = { serviceS: .5, waitS: .2 };
const flash = { riseS: 10, fadeS: 120 };
const minutes = Array.from({ length: 120 }, (_, i) => ({ atS: 60 * i + 30, jobs: 100 }));

const written: Readonly<Record<string, Written>> = {
  steady: { ...half, help: "20 a second", spanS: hourS, rateMax: 20, rate: () => constant(20) },
  step: {
    ...half,
    help: "4 a second, 24 for 20 minutes",
    spanS: hourS,
    rateMax: 24,
    rate: () => stepped(4, 24, hourS / 3, 2 * hourS / 3),
  },
  ramp: {
    ...half,
    help: "from 2 a second to 40 and back in an hour",
    spanS: hourS,
    rateMax: 40,
    rate: () => ramped(2, 40, hourS),
  },
  mmpp: {
    ...half,
    help: "bursts of 40 a second for about 20 s, 2 a second for about 2 minutes between them",
    spanS: 2 * hourS,
    rateMax: 40,
    rate: (random) =>
      switching({ perS: 40, meanS: 20 }, { perS: 2, meanS: 120 }, 2 * hourS, random),
  },
  flash: {
    ...half,
    help: "5 a second, and four flash crowds of 12 times that",
    spanS: 2 * hourS,
    rateMax: 60,
    rate: () => spiked(5, 12, [1_200, 2_900, 4_400, 6_000], flash),
  },
  cron: {
    help: "2 a second, and 100 at once each minute",
    serviceS: 1,
    waitS: 5,
    spanS: 2 * hourS,
    rateMax: 2,
    rate: () => constant(2),
    besides: minutes,
  },
  sparse: {
    help: "one in 20 s",
    serviceS: 2,
    waitS: 1,
    spanS: 4 * hourS,
    rateMax: .05,
    rate: () => constant(.05),
  },
  prio: {
    help: "20 a second in three classes, 27.6 for 10 minutes, where 24 can be served",
    serviceS: .5,
    waitS: 2,
    spanS: hourS,
    rateMax: 27.6,
    rate: () => stepped(20, 27.6, hourS / 3, hourS / 3 + 600),
    classes: [.2, .6, .2],
    world: { max: 12 },
  },
  cpu8: {
    help: "12 a second that hold a core for half a second, on 8 cores",
    serviceS: .5,
    waitS: .5,
    spanS: hourS,
    rateMax: 12,
    rate: () => constant(12),
    world: { cpuRatio: 1 },
  },
  cpuover: {
    help: "10 a second that hold a core for half a second, 20 for 5 minutes, on 8 cores",
    serviceS: .5,
    waitS: .5,
    spanS: hourS,
    rateMax: 20,
    rate: () => stepped(10, 20, hourS / 3, hourS / 3 + 300),
    world: { cpuRatio: 1 },
  },
  mixed: {
    help: "6 to 30 a second that want a core for a quarter of their time, on 4 cores",
    serviceS: .5,
    waitS: .3,
    spanS: hourS,
    rateMax: 30,
    rate: () => ramped(6, 30, hourS),
    world: { cpuRatio: .25, machine: { cores: 4 } },
  },
  memtight: {
    help: "6 a second, 24 for 15 minutes, with workers of 120 MB in 2 GB",
    serviceS: .5,
    waitS: .5,
    spanS: hourS,
    rateMax: 24,
    rate: () => stepped(6, 24, hourS / 3, hourS / 3 + 900),
    world: { machine: { memoryBytes: 2e9, baseBytes: 500e6, workerBytes: 120e6 } },
  },
};

/** All made-up scenarios by name. */
export const scenarios: ReadonlyMap<string, Scenario> = new Map(
  Object.entries(written).map(([name, { help, waitS, world = {}, rate, ...shape }]) => [name, {
    ...{ name, help, world },
    waitTargetMs: waitS * 1_000,
    workload() {
      const random = new SeededRandom(seedOf(name));
      return shaped({ ...shape, name, rate: rate(random) }, random);
    },
  }]),
);

/** Another one for each name (FNV-1a). */
function seedOf(name: string): number {
  let hash = 2_166_136_261;
  for (const char of name) hash = Math.imul(hash ^ char.charCodeAt(0), 16_777_619);
  return hash >>> 0;
}
