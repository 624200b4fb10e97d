/**
 * Elastic pools of real workers that find their size from a cold start: beside sizes set by hand, and
 * beside the pools of others. All sides of a row take turns.
 *
 * @module
 */
import { matches } from "../../../bench/matches.ts";
import { play } from "../../../bench/versus.ts";
import { atLeast, atMost, type Row } from "../row.ts";
import { ratio, runsDefault } from "../sample.ts";

/** Pools of others that grow with their load. */
const dynamic = ["tinypool", "piscina", "poolifier"];
/** What the best setting by hand is looked for among. */
const byHand = ["fixed 1 x 512", "fixed 2 x 512", "fixed 4 x 512", "piscina 2 x 512"];
/** 2,000 tasks of 20 ms on 32 workers. */
const idealMs = 1_250;

/** The rows; `quick` takes each side once. */
export function liveRows(quick: boolean): readonly Row[] {
  const rounds = quick ? 1 : runsDefault;
  return [...waitsRows(rounds), ...burstRows(rounds)];
}

function waitsRows(rounds: number): readonly Row[] {
  const waits = found("waits", rounds);
  const threads = ["fixed 32 x 1"];
  return [
    {
      line: "waits of 20 ms from a cold start (W3a): rate to that of 32 workers of one slot",
      run: async () => ratio(atLeast, 20, await waits.to(threads, "per_s", Math.max)),
    },
    {
      line: "waits of 20 ms from a cold start (W3a): memory to that of 32 workers of one slot",
      run: async () => ratio(atMost, .25, await waits.to(threads, "pss_mib", Math.min)),
    },
    {
      line: "waits of 20 ms from a cold start (W3a): rate to that of the best size set by hand",
      run: async () => ratio(atLeast, .9, await waits.to(byHand, "per_s", Math.max)),
    },
  ];
}

function burstRows(rounds: number): readonly Row[] {
  const [block, wait, cpu] = ["block", "wait", "cpu"].map((kind) => found(`burst_${kind}`, rounds));
  return [
    {
      line: "a burst of 2,000 tasks that block (W5b): time to that of the best dynamic pool",
      run: async () => ratio(atMost, .85, await block!.to(dynamic, "drain_ms", Math.min)),
    },
    {
      line: "a burst of 2,000 tasks that block, announced (W5b): time to the least possible",
      async run() {
        const tookMs = await block!.of("announced", "drain_ms");
        return ratio(atMost, 1.06, tookMs.map((ms) => ms / idealMs));
      },
    },
    {
      line: "a burst of 2,000 tasks that wait (W5n): time to that of the best dynamic pool",
      run: async () => ratio(atMost, .15, await wait!.to(dynamic, "drain_ms", Math.min)),
    },
    {
      line: "a burst of 200 tasks that compute (W5c): time to that of two workers",
      run: async () => ratio(atMost, 1.05, await cpu!.to(["fixed 2"], "drain_ms", Math.min)),
    },
    {
      line: "a burst of 200 tasks that compute (W5c): workers at any time",
      async run() {
        const peaks = await cpu!.of("flyball", "peak_workers");
        return atMost(Math.max(...peaks), 3, "workers", `at most, in ${peaks.length} bursts`);
      },
    },
  ];
}

/** What a match comes to, played once for all rows that ask. */
function found(name: string, rounds: number) {
  let known: ReturnType<typeof play> | null = null;
  const of = async (side: string, field: string): Promise<readonly number[]> => {
    const runs = await (known ??= play(matches[name]!, rounds, () => {}));
    return runs.get(side)!.map((run) => run[field] as number);
  };
  return {
    /** The numbers of a side, one a round. */
    of,
    /** Ours to that of the `best` of `sides`, round by round. */
    async to(sides: readonly string[], field: string, best: typeof Math.max) {
      const theirs = await Promise.all(sides.map((side) => of(side, field)));
      const ours = await of("flyball", field);
      return ours.map((value, round) => value / best(...theirs.map((values) => values[round]!)));
    },
  };
}
