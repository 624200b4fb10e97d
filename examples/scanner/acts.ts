/**
 * The three acts of the demo, played on one runtime so that the pool carries its size from one to
 * the next.
 *
 * @module
 */
import type { Runtime } from "../../actors/runtime.ts";
import { closedLoop } from "./lanes.ts";
import type { Frame, Live } from "./live.ts";
import { inFlight, type Work } from "./variant.ts";

/** One act. */
export interface Act {
  readonly title: string;
  /** null: nothing to do. */
  readonly work: Work | null;
}

/** Load that the thread feels, load that only waits, none. */
export const acts: readonly Act[] = [
  { title: "cached scan", work: "scan" },
  { title: "scan behind a 5 ms wait", work: "slowScan" },
  { title: "idle", work: null },
];

/** Time between two frames, ms. */
const frameMs = 100;
/** Frames that the shown rate is an average of. */
const rateFrames = 10;

/** Plays an act for `forMs`; returns how many files it read. */
export async function play(
  { title, work }: Act,
  runtime: Runtime,
  paths: readonly string[],
  live: Live,
  forMs: number,
  signal: AbortSignal,
): Promise<number> {
  const startMs = performance.now();
  const elapsedMs = () => performance.now() - startMs;
  const tally = { begun: 0, done: 0 };
  const counts = [0];
  const frame = (): Frame => ({
    act: title,
    elapsedMs: elapsedMs(),
    etaMs: forMs - elapsedMs(),
    done: work && tally.done,
    filesPerS: (tally.done - counts[0]!) / Math.max(1, counts.length - 1) / frameMs * 1000,
    status: runtime.status(),
  });
  const timer = setInterval(() => {
    counts.push(tally.done);
    if (counts.length > rateFrames + 1) counts.shift();
    live.show(frame());
  }, frameMs);
  try {
    const more = () => !signal.aborted && elapsedMs() < forMs;
    if (work) {
      await closedLoop(inFlight, more, (i) => runtime.run(work, paths[i % paths.length]), tally);
    } else await pause(forMs, signal);
  } finally {
    clearInterval(timer);
  }
  live.end({ ...frame(), filesPerS: tally.done / elapsedMs() * 1000 });
  return tally.done;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const stop = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
      resolve();
    };
    const timer = setTimeout(stop, ms);
    signal.addEventListener("abort", stop);
    if (signal.aborted) stop();
  });
}
