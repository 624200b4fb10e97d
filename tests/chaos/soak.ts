/**
 * `deno task soak --for=10m`: the real service under a steady load, with a fault now and then. What
 * chaos holds against it holds here too, and beyond that it has to be there 99.9 % of the time and
 * may not grow. Exit code 1 when it was not so.
 *
 * @module
 */
import { Refusal } from "../../actors/runtime.ts";
import { complaintsOf, summaryOf } from "./chaos.ts";
import { faults } from "./faults.ts";
import { interrupted } from "./interrupted.ts";
import { type Options, optionsOf } from "./options.ts";
import { run } from "./run.ts";
import { type Steadiness, steadinessOf, type SteadyBounds, unsteady } from "./steady.ts";

/** What a soak must keep to. */
const steadyBounds: SteadyBounds = {
  availableRatio: 0.999,
  rssBytesPerHour: 1e6,
  rssNoiseBytes: 80e6,
  files: 16,
};

/** Jobs asked for each second. */
const ratePerS = 20;
/** What a service needs at rest tells a leak from garbage that is not yet worth collecting. */
const rests = { everyMs: 150_000, forMs: 25_000 };
/** Quiet between two faults, ms. */
const pauseMs = [15_000, 45_000] as const;
/** A job leaves about 1 KB behind; twice that, and room to begin with, bytes. */
const diskBytes = (forMs: number) => 64 * 2 ** 20 + forMs / 1_000 * ratePerS * 2_048;

async function soak({ forMs, seed, only }: Options): Promise<readonly string[]> {
  const print = console.log;
  print(`soak for ${forMs / 1_000} s, seed ${seed}`);
  // How long a service that was killed is away is up to who starts it again: that is for chaos.
  const apt = faults.filter(({ name, shuts }) => only.length > 0 ? only.includes(name) : !shuts);
  const account = await run({
    forMs,
    seed,
    faults: apt,
    pauseMs,
    ratePerS,
    rests,
    diskBytes: diskBytes(forMs),
    pace: { sampleMs: 1_000, knockMs: 1_000, answerMs: 1_000 },
    print,
    stop: interrupted(),
  });
  const steadiness = steadinessOf(account.seen.samples, account.knocks);
  const broken = [
    ...complaintsOf(account),
    ...unsteady(steadiness, steadyBounds),
  ];
  print(summaryOf(account));
  print(wordsOf(steadiness));
  if (broken.length > 0) print(`BROKEN, with seed ${seed}:`);
  for (const sentence of broken) print(`  ${sentence}`);
  return broken;
}

function wordsOf({ availableRatio, rssBytesPerHour, rssRiseBytes, filesRise }: Steadiness): string {
  const available = `available ${(availableRatio * 100).toFixed(3)} %`;
  if (rssBytesPerHour === null) return `${available} · too short to tell how it grows`;
  const mb = (bytes: number) => (bytes / 1e6).toFixed(1);
  return `${available} · memory ${mb(rssBytesPerHour)} MB an hour (${
    mb(rssRiseBytes!)
  } MB in all)` +
    ` · ${filesRise} files more`;
}

if (import.meta.main) {
  try {
    const names = faults.map(({ name }) => name);
    const options = optionsOf(Deno.args, { names, forText: "10m" });
    Deno.exit((await soak(options)).length === 0 ? 0 : 1);
  } catch (error) {
    if (!(error instanceof Refusal || error instanceof TypeError)) throw error;
    console.error(`soak: ${error.message}`);
    Deno.exit(64);
  }
}
