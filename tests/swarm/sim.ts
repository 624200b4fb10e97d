/**
 * `deno task sim`: plays seed after seed, each a service of its own under faults in virtual time, and
 * says how to repeat the one that broke a promise.
 *
 * Exit codes: 0 all held, 10 something happened that must not (safety), 11 something did not that must
 * (liveness), 12 something threw (crash), 13 two runs of one seed were not the same, 64 wrong usage.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { parseDurationMs } from "../../actors/units.ts";
import { type Play, play, type Played } from "./play.ts";
import { shrink } from "./shrink.ts";
import { type Fault, faultNames } from "./weather.ts";
import type { Kind } from "./witness.ts";

const usage = `Usage: deno task sim [--for=60s] [--from=1] [--without=FAULT,…] [--deeds=N]
       deno task sim --seed=N [--without=FAULT,…] [--deeds=N] [--log]
Faults: ${faultNames.join(", ")}`;

type Print = (line: string) => void;

/** Exit codes by what was broken. */
const codes: Readonly<Record<Kind, number>> = { safety: 10, liveness: 11, crash: 12 };
const differs = 13;
const usageCode = 64;

/** Of so many seeds one is played twice, to see whether it is the same. */
const twiceEvery = 50;
/** Lines that are shown of a run that went wrong. */
const linesShown = 25;
/** Time between two words on how far it is, ms. */
const wordEveryMs = 10_000;

/** What is wished for. */
export interface SimOptions {
  /** The one seed to be played; null: many. */
  readonly seed: number | null;
  readonly from: number;
  readonly forMs: number;
  readonly without: ReadonlySet<Fault>;
  readonly deedsMax: number;
  /** Whether every line of the log is printed. */
  readonly log: boolean;
}

/** Reads the command line; a text says what is wrong with it. */
export function readOptions(args: readonly string[]): SimOptions | string {
  const text = { type: "string" } as const;
  let values;
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: {
        ...{ seed: text, from: text, for: text, without: text, deeds: text },
        log: { type: "boolean" },
      },
    }));
  } catch (error) {
    return (error as Error).message;
  }
  const { seed, from = "1", for: span = "60s", without = "", deeds, log = false } = values;
  const left = without.split(",").filter((name) => name !== "");
  const stray = left.find((name) => !(faultNames as readonly string[]).includes(name));
  if (stray !== undefined) return `--without: there is no fault ${stray}`;
  for (const [name, given] of Object.entries({ seed, from, deeds })) {
    if (given !== undefined && !/^\d{1,12}$/.test(given)) {
      return `--${name} must be a whole number, given ${given}`;
    }
  }
  let forMs;
  try {
    forMs = parseDurationMs(span);
  } catch (error) {
    return `--for: ${(error as Error).message}`;
  }
  return {
    seed: seed === undefined ? null : Number(seed),
    ...{ from: Number(from), forMs, log },
    without: new Set(left as Fault[]),
    deedsMax: deeds === undefined ? Infinity : Number(deeds),
  };
}

/** Plays what is wished for; returns the exit code. */
export async function simulate(
  options: SimOptions,
  print: Print,
  player: Play = play,
): Promise<number> {
  const { seed, from, forMs, without, deedsMax } = options;
  if (seed !== null) return await one(seed, options, print, player);
  const startMs = performance.now();
  let saidMs = startMs;
  let [events, jobs, virtualMs] = [0, 0, 0];
  for (let at = from;; at++) {
    const played = await player({ seed: at, without, deedsMax });
    events += played.events;
    jobs += played.jobs;
    virtualMs += played.lastedMs;
    if (played.breach) return await report(played, options, print, player);
    if ((at - from) % twiceEvery === 0 && !await isSame(played, options, print, player)) {
      return differs;
    }
    const nowMs = performance.now();
    const isOver = nowMs - startMs >= forMs;
    if (!isOver && nowMs - saidMs < wordEveryMs) continue;
    saidMs = nowMs;
    const [count, s] = [at - from + 1, Math.round((nowMs - startMs) / 1_000)];
    print(
      `${count} seeds from ${from}: ${jobs} jobs, ${events} events, ` +
        `${Math.round(virtualMs / 1_000)} virtual s in ${s} s; every promise held`,
    );
    if (isOver) return 0;
  }
}

/** Plays one seed and prints what it is asked for. */
async function one(
  seed: number,
  { without, deedsMax, log }: SimOptions,
  print: Print,
  player: Play,
): Promise<number> {
  const played = await player({ seed, without, deedsMax, keepsAll: log });
  if (log) { for (const line of played.lines) print(line); }
  const { breach, fingerprint, jobs, events, lastedMs } = played;
  print(
    `seed ${seed}: ${jobs} jobs, ${events} events, ${Math.round(lastedMs)} virtual ms, ` +
      `fingerprint ${fingerprint}`,
  );
  if (!breach) return 0;
  print(`${breach.kind}: ${breach.because}`);
  return codes[breach.kind];
}

/** Whether another run is the same, line by line. */
async function isSame(
  first: Played,
  { without, deedsMax }: SimOptions,
  print: Print,
  player: Play,
): Promise<boolean> {
  const { seed } = first;
  const again = await player({ seed, without, deedsMax });
  if (again.fingerprint === first.fingerprint) return true;
  print(`seed ${seed} gave ${first.fingerprint}, and ${again.fingerprint} the second time`);
  print(`Again: deno task sim --seed=${seed} --log, twice`);
  return false;
}

/** Says what went wrong, in the smallest run that still goes wrong, and how to repeat it. */
async function report(
  first: Played,
  asked: SimOptions,
  print: Print,
  player: Play,
): Promise<number> {
  const { seed, breach, on } = first;
  print(`seed ${seed} broke a promise: ${breach!.kind}: ${breach!.because}`);
  const { without, deedsMax, played } = await shrink(first, asked.without, player);
  const needed = [...on].filter((fault) => !without.has(fault));
  print(`It needs ${needed.join(", ") || "no faults"} and ${deedsMax} of ${first.deeds} requests.`);
  for (const line of played.lines.slice(-linesShown)) print(`  ${line.slice(0, 200)}`);
  const options = [
    ...(without.size > 0 ? [`--without=${[...without]}`] : []),
    `--deeds=${deedsMax}`,
  ];
  print(`Again: deno task sim --seed=${seed} ${options.join(" ")} --log`);
  return codes[breach!.kind];
}

if (import.meta.main) {
  const options = readOptions(Deno.args);
  if (typeof options === "string") {
    console.error(`${options}\n${usage}`);
    Deno.exit(usageCode);
  }
  Deno.exit(await simulate(options, (line) => console.log(line)));
}
