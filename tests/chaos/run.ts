/**
 * A run: traffic, faults, watching, and at the end the account.
 *
 * @module
 */
import { SeededRandom } from "../../simulation/random.ts";
import { Endings } from "./endings.ts";
import type { Fault } from "./fault.ts";
import { plan, type PlanOptions } from "./plan.ts";
import type { Seen, Standing } from "./promises.ts";
import { type Happening, strikeRound } from "./strikes.ts";
import { type Rests, Traffic } from "./traffic.ts";
import { type Knock, type Pace, Watch } from "./watch.ts";
import { pause, World } from "./world.ts";

/** How a run is made. */
export interface RunOptions {
  readonly forMs: number;
  readonly seed: number;
  readonly faults: readonly Fault[];
  readonly pauseMs: PlanOptions["pauseMs"];
  readonly ratePerS: number;
  /** Default: none. */
  readonly rests?: Rests;
  readonly diskBytes: number;
  readonly pace: Pace;
  readonly print: (line: string) => void;
  /** No more faults from then on. */
  readonly stop?: AbortSignal;
}

/** All that was seen in a run. */
export interface Account {
  /** When it began, by the clock of the world. */
  readonly startMs: number;
  readonly seen: Seen;
  readonly happenings: readonly Happening[];
  readonly knocks: readonly Knock[];
  readonly refused: ReadonlyMap<string, number>;
  /** Sentences on what was wrong already while it went on. */
  readonly wrong: readonly string[];
  readonly lives: number;
  /** Why there was nothing left to look at, null where there was. */
  readonly fallen: string | null;
}

/** Time in which everything has to be done once the faults are over, ms. */
const settleMs = 30_000;

/** Makes a run and returns its account. */
export async function run(options: RunOptions): Promise<Account> {
  await using world = await World.open(options.diskBytes);
  const traffic = new Traffic(world, new SeededRandom(options.seed + 1));
  const startMs = world.clock.nowMs();
  const wrong: string[] = [];
  const happenings: Happening[] = [];
  let standing: Map<number, Standing>;
  let samples, knocks, told;
  {
    await using watch = new Watch(world, options.pace, () => traffic.resting);
    await using endings = new Endings(world);
    const coming = traffic.come(options.ratePerS, options.rests);
    for await (const happening of strikes(world, options, startMs)) happenings.push(happening);
    const giveUp = setTimeout(() => traffic.abandon(), world.fallen === null ? settleMs : 0);
    await traffic.stop();
    clearTimeout(giveUp);
    await coming;
    standing = await settled(world, traffic, wrong);
    ({ samples, knocks } = watch);
    ({ told } = endings);
  }
  await world.end();
  world.effects.look();
  const { kills, leftovers, effects } = world;
  return {
    startMs,
    seen: {
      accepted: traffic.accepted,
      standing,
      effects: effects.seen,
      told,
      kills,
      leftovers,
      samples,
    },
    happenings,
    knocks,
    refused: traffic.refused,
    wrong: [...wrong, ...traffic.wrong],
    lives: world.lives,
    fallen: world.fallen,
  };
}

/** The rounds of the plan, as many as there is time for. */
async function* strikes(
  world: World,
  options: RunOptions,
  startMs: number,
): AsyncGenerator<Happening> {
  const { faults, forMs, seed, pauseMs, print } = options;
  const { clock } = world;
  const able = faults.filter((fault) => {
    const missing = fault.missing?.(world) ?? null;
    if (missing !== null) print(`SKIPPED ${fault.name}: ${missing}`);
    return missing === null;
  });
  const byName = new Map(able.map((fault) => [fault.name, fault]));
  const names = [...byName.keys()];
  const companions = able.filter(({ companion }) => companion).map(({ name }) => name);
  const leftMs = () => options.stop?.aborted ? 0 : startMs + forMs - clock.nowMs();
  if (names.length === 0) return await pause(forMs);
  for (const round of plan(seed, { names, companions, pauseMs })) {
    await pause(Math.max(0, Math.min(round.pauseMs, leftMs())));
    if (leftMs() <= 0 || world.fallen !== null) return;
    const happening = await strikeRound(world, round, byName, startMs);
    print(lineOf(happening));
    yield happening;
  }
}

/** One line on what happened. */
export function lineOf({ atMs, names, recoveredMs, complaints }: Happening): string {
  const at = `${(atMs / 1_000).toFixed(1)} s`.padStart(8);
  const back = recoveredMs === null ? "not back" : `back after ${Math.round(recoveredMs)} ms`;
  return [`${at}  ${names.join(" + ").padEnd(28)} ${back}`, ...complaints].join("; ");
}

/** Waits until all that was accepted has ended, and asks for each how. */
async function settled(
  world: World,
  { accepted }: Traffic,
  wrong: string[],
): Promise<Map<number, Standing>> {
  const standing = new Map<number, Standing>();
  if (world.fallen !== null) return standing;
  const endMs = world.clock.nowMs() + settleMs;
  while (world.clock.nowMs() < endMs && !(await world.service.idle())) await pause(50);
  const { pending, running } = await world.service.status();
  if (pending + running > 0) {
    const rest = `${pending} jobs waited and ${running} ran`;
    wrong.push(`RI8: ${settleMs} ms after the last fault ${rest}`);
  }
  for (const [n, { id }] of accepted) {
    const { state, outcome } = await world.service.job(id);
    if (state !== undefined) standing.set(n, { state, code: outcome?.code });
  }
  return standing;
}
