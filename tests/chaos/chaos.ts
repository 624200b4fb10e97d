/**
 * `deno task chaos --for=60s --seed=7`: the real service, real workers and faults chosen by the
 * seed; then what was promised is held against what was seen from outside. Exit code 1 when a
 * promise was broken; the seed tells the same faults again.
 *
 * @module
 */
import { Refusal } from "../../actors/runtime.ts";
import { faults } from "./faults.ts";
import { interrupted } from "./interrupted.ts";
import { type Options, optionsOf } from "./options.ts";
import { type Bounds, brokenPromises, repeats } from "./promises.ts";
import { type Account, lineOf, run } from "./run.ts";
import { slots, workersMax } from "./world.ts";

/** What every run must keep to. */
const bounds: Bounds = {
  workersMax,
  slots,
  leftoverMs: 5_000,
  rssBytes: 400e6,
  files: 600,
};

/** Jobs asked for each second. */
const ratePerS = 20;

/** Silences named in a sentence. */
const namedMax = 5;

/** Runs it and tells how it was; returns the sentences on what was broken. */
export async function chaos(
  { forMs, seed, only }: Options,
  print: (line: string) => void,
  stop?: AbortSignal,
): Promise<readonly string[]> {
  print(`chaos for ${forMs / 1_000} s, seed ${seed}`);
  const account = await run({
    forMs,
    seed,
    faults: only.length === 0 ? faults : faults.filter(({ name }) => only.includes(name)),
    pauseMs: [200, 1_500],
    ratePerS,
    diskBytes: 64 * 2 ** 20,
    // A busy machine makes it slow; deaf is something else.
    pace: { sampleMs: 250, knockMs: 250, answerMs: 3_000 },
    print,
    ...(stop && { stop }),
  });
  const broken = complaintsOf(account);
  print(summaryOf(account));
  if (broken.length === 0) return broken;
  print(`BROKEN, with seed ${seed}:`);
  for (const sentence of broken) print(`  ${sentence}`);
  print("What was done:");
  for (const happening of account.happenings) print(lineOf(happening));
  return broken;
}

/** All that was wrong; of a service that has fallen, only that. */
export function complaintsOf(account: Account): string[] {
  const { seen, happenings, wrong, fallen } = account;
  if (fallen !== null) return [fallen];
  return [
    ...new Set(wrong),
    ...happenings.flatMap(({ names, complaints }) =>
      complaints.map((text) => `${names.join(" + ")}: ${text}`)
    ),
    ...silencesOf(account),
    ...brokenPromises(seen, bounds),
  ];
}

/** A sentence on the knocks that nobody answered though nothing shut the door; none where all is well. */
function silencesOf({ knocks, happenings, startMs }: Account): string[] {
  const times = knocks.filter(({ atMs, tookMs, because }) =>
    because !== null &&
    !happenings.some(({ shuts, span: [from, to] }) => shuts && atMs + tookMs >= from && atMs <= to)
  ).map(({ atMs, tookMs, because }) => {
    const at = ((atMs - startMs) / 1_000).toFixed(1);
    return `at ${at} s for ${Math.round(tookMs)} ms (${because})`;
  });
  if (times.length === 0) return [];
  const first = times.slice(0, namedMax).join("; ");
  return [`the door was silent ${times.length} times without a reason, ${first}`];
}

/** One line on a run. */
export function summaryOf({ seen, happenings, refused, lives }: Account): string {
  const { accepted, effects, samples, kills, leftovers } = seen;
  const most = (values: readonly number[]) => values.reduce((a, b) => Math.max(a, b), 0);
  const mb = Math.round(most(samples.map(({ rssBytes }) => rssBytes)) / 1e6);
  const workerKills = kills.filter(({ what }) => what === "worker").length;
  const refusals = [...refused].map(([code, count]) => `${code} ${count}`).join(", ") || "none";
  return [
    `${accepted.size} jobs accepted, ${repeats(effects)} effects doubled by ${kills.length} deaths`,
    `${happenings.length} rounds, ${lives} lives, ${workerKills} workers killed`,
    `gone after ${Math.round(most(leftovers.map(({ ms }) => ms)))} ms at most`,
    `${mb} MB and ${most(samples.map(({ files }) => files))} files at most`,
    `refused: ${refusals}`,
  ].join(" · ");
}

if (import.meta.main) {
  try {
    const names = faults.map(({ name }) => name);
    const options = optionsOf(Deno.args, { names, forText: "60s" });
    Deno.exit((await chaos(options, console.log, interrupted())).length === 0 ? 0 : 1);
  } catch (error) {
    if (!(error instanceof Refusal || error instanceof TypeError)) throw error;
    console.error(`chaos: ${error.message}`);
    Deno.exit(64);
  }
}
