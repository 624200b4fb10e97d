/**
 * One side of what a log costs the loop, in a process of its own: `on` writes a line of the log for
 * each of a hundred thousand jobs a second, to a file that is rotated, `off` only tells of the jobs.
 * The loop turns as often as it can meanwhile. Prints one JSON line.
 *
 * @module
 */
import { setImmediate } from "node:timers";
import type { Runtime } from "../../../actors/runtime.ts";
import { logSchema } from "../../../actors/log_config.ts";
import { ServiceLog } from "../../../cli/log/service_log.ts";
import { told } from "../../feed.ts";
import { jobOf } from "../../orders.ts";

/** What a side saw. */
export interface LogSide {
  /** Turns of the loop in which there was something to do. */
  readonly turns: number;
  /** The longest of them, the longest first, ms. */
  readonly longestMs: readonly number[];
  /** Jobs that were told of a second. */
  readonly perS: number;
  /** Lines that found no room. */
  readonly dropped: number;
}

/** Jobs that are told of in a second. */
const jobsPerS = 100_000;
/** Jobs in one fact at most: what a busy pool tells of at once. */
const batchMax = 128;
/** Facts that are told of in one turn: whoever was held up is not held up more by catching up. */
const batchesMax = 2;
/** Time that is not counted, while code is compiled, ms. */
const warmMs = 1_000;
/** Turns that are told. */
const longestMax = 100;
/** In turns that are shorter there was nothing to do, ms. */
const shortMs = .05;

/** Turns the loop until `untilMs`; `turn` does what is due in each. How long those with something to do were. */
async function spin(untilMs: number, turn: (nowMs: number) => void): Promise<readonly number[]> {
  const turnsMs: number[] = [];
  const countMs = performance.now() + warmMs;
  for (let beforeMs = performance.now(); beforeMs < untilMs;) {
    turn(beforeMs);
    await new Promise<void>((resolve) => setImmediate(resolve));
    const nowMs = performance.now();
    const tookMs = nowMs - beforeMs;
    beforeMs = nowMs;
    if (nowMs >= countMs && tookMs > shortMs) turnsMs.push(tookMs);
  }
  return turnsMs;
}

/** Lines that a log says were dropped, in its file and what it was before. */
function droppedIn(folder: string): number {
  let dropped = 0;
  for (const { name } of Deno.readDirSync(folder)) {
    const text = Deno.readTextFileSync(`${folder}/${name}`);
    for (const [, lines] of text.matchAll(/"type":"dropped".*"lines":(\d+)/g)) {
      dropped += Number(lines);
    }
  }
  return dropped;
}

/** Hears all facts and does nothing with them. */
async function read({ facts }: Pick<Runtime, "facts">, signal: AbortSignal) {
  for await (const _ of facts({ types: ["jobs"], signal }));
}

async function measure(isOn: boolean, forMs: number): Promise<LogSide> {
  const folder = Deno.makeTempDirSync({ prefix: "flyball-log-" });
  try {
    const { journal, runtime } = told();
    const config = logSchema.parse({ level: "debug", file: `${folder}/service.log`, files: 100 });
    const parts = {
      ...{ runtime, address: "127.0.0.1:4477", env: Deno.env.toObject(), secrets: [] },
      standard: () => Promise.resolve(),
    };
    const log = isOn ? new ServiceLog(config, parts) : null;
    const stop = new AbortController();
    if (!isOn) void read(runtime, stop.signal);
    const jobs = Array.from({ length: batchMax }, (_, i) => jobOf(i + 1_000_000));
    const sinceMs = performance.now();
    let made = 0;
    const turnsMs = await spin(sinceMs + warmMs + forMs, (nowMs) => {
      const due = Math.floor((nowMs - sinceMs) * jobsPerS / 1_000);
      for (let i = 0; i < batchesMax && made < due; i++, made += batchMax) {
        journal.moved("began", jobs);
      }
    });
    const perS = made / ((warmMs + forMs) / 1_000);
    stop.abort();
    await log?.close();
    const longestMs = turnsMs.toSorted((a, b) => b - a).slice(0, longestMax);
    return { turns: turnsMs.length, longestMs, perS, dropped: droppedIn(folder) };
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

if (import.meta.main) {
  const [side, forMs] = Deno.args;
  console.log(JSON.stringify(await measure(side === "on", Number(forMs))));
}
