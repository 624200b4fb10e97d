/**
 * What every routing policy promises, tried out: for ours, and for those of others.
 *
 * @module
 */
import { optionsOf } from "../choice.ts";
import { patienceMsMax, type RoutingPolicy, type Taker } from "../routing/routing.ts";
import { numbers } from "./any_readings.ts";
import { frozen, isPlain, plain, text, told } from "./plain.ts";

/** Pools, and jobs that come to each; to one come many, for what a policy remembers. */
const series = 5;
const jobs = 300;
const manyJobs = 2_000;
/** Workers of the largest pool. */
const workersMost = 40;
/** Most that a policy may remember of any of those pools, characters of JSON. */
const memoryCharsMax = 4_096;

/**
 * Tries a routing policy on pools of all kinds and returns what it does not keep of what such policies
 * promise; empty when it keeps all. It must
 *
 * - have a name, a sentence and defaults for all its options,
 * - wait for a finite time, 60 s at most,
 * - choose one of the workers it is offered, whoever they are,
 * - choose the same of the same, and leave them, its options and its memory as they are,
 * - remember plain data of a bounded size, from which it goes on as if it had never stopped.
 *
 * `options` are those to try it with. Default: its own.
 *
 * @example
 * ```ts
 * import { checkRoutingPolicy } from "@flyball/flyball/testing";
 * import fillFirst from "../../examples/policy/fill_first.ts";
 *
 * const problems = checkRoutingPolicy(fillFirst);
 * if (problems.length > 0) throw new Error(problems.join("\n"));
 * ```
 */
export function checkRoutingPolicy<O, M>(
  policy: RoutingPolicy<O, M>,
  options: unknown = {},
): readonly string[] {
  const checked = policy as unknown as RoutingPolicy;
  const { start, route } = checked;
  const problems = new Set<string>(told(checked));
  if (typeof start !== "function" || typeof route !== "function") {
    return [...problems, "has no start or no route"];
  }
  let parsed: unknown;
  let patienceMs: number;
  try {
    parsed = frozen(optionsOf(checked, options));
    patienceMs = checked.patienceMs(parsed);
  } catch (error) {
    return [...problems, `can't be begun with these options: ${String(error).split("\n")[0]}`];
  }
  const isBounded = patienceMs >= 0 && patienceMs <= patienceMsMax;
  if (!isBounded) problems.add(`patienceMs is ${patienceMs}`);
  for (let seed = 1; seed <= series; seed++) {
    try {
      const count = seed === 1 ? manyJobs : jobs;
      for (const problem of walk(checked, parsed, seed, count)) problems.add(problem);
    } catch (error) {
      problems.add(`throws: ${String(error).split("\n")[0]}`);
    }
  }
  return [...problems];
}

/** Asks two of the same, one of them from a memory that was written as JSON each time. */
function* walk(
  policy: RoutingPolicy,
  options: unknown,
  seed: number,
  count: number,
): Iterable<string> {
  const route = policy.route!;
  const random = numbers(seed);
  const isPatient = policy.patienceMs(options) > 0;
  let memory = frozen(policy.start(options));
  let written: unknown = plain(memory);
  for (let job = 0; job < count; job++) {
    const workers = frozen(anyWorkers(random, isPatient));
    const chance = random();
    const [seat, next] = route(memory, workers, chance, options);
    const [other, restored] = route(frozen(written), workers, chance, options);
    if (!workers.some((worker) => worker.seat === seat)) {
      yield `chooses ${JSON.stringify(seat)}, which is none of the seats it was offered`;
    }
    if (other !== seat) yield "chooses another of the same workers";
    // Some jobs are sent elsewhere after all, and then it is asked again.
    if (random() < .1) continue;
    memory = frozen(next);
    written = plain(restored);
    if (!isPlain(next)) yield "remembers what JSON can't hold";
    const chars = text(next).length;
    if (chars > memoryCharsMax) {
      return yield `remembers ${chars} characters, at most ${memoryCharsMax}`;
    }
  }
}

/** Some of the workers of a pool that changes, by seat; the seats are new ones now and then. */
function anyWorkers(random: () => number, isPatient: boolean): readonly Taker[] {
  const first = random() < .5 ? 1 : Math.floor(random() * 10_000);
  const size = 1 + Math.floor(random() * (random() < .5 ? 3 : workersMost));
  const all = Array.from({ length: size }, (_, place): Taker => ({
    seat: first + 2 * place,
    place,
    room: isPatient && random() < .3 ? 0 : 1 + Math.floor(random() * 512),
    jobs: Math.floor(random() * (random() < .5 ? 3 : 1_024)),
    returned: random() < .05 ? Math.floor(random() * 512) : 0,
  }));
  const offered = all.filter(() => random() < .8);
  // Nobody is asked where none has room.
  return offered.some(({ room }) => room > 0) ? offered : [{ ...all[0]!, room: 1 }];
}
