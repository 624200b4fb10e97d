/**
 * A service with so many workers, all of which have jobs: how late its loop comes to a timer. Prints
 * one JSON line.
 *
 * @module
 */
import { fixedAt, live } from "../../live.ts";

/** What was seen of the loop. */
export interface CrowdSide {
  /** How late a timer was called that was due, ms: 99th percentile, and the latest. */
  readonly lagMs: number;
  readonly latestMs: number;
  /** Workers at the end, and decisions about their number meanwhile. */
  readonly workers: number;
  readonly decisions: number;
  /** Jobs that ended meanwhile, and those that failed. */
  readonly jobs: number;
  readonly failed: number;
}

/** Time between two looks at the loop, ms. */
const everyMs = 10;
/** Jobs of each worker at once, and how long each is, ms. */
const jobsEach = 2;
const jobMs = 500;

async function measure(workers: number, forMs: number): Promise<CrowdSide> {
  await using runtime = await live(fixedAt(workers));
  let [jobs, failed] = [0, 0];
  let isOver = false;
  const again = async () => {
    while (!isOver) {
      await runtime.run("toy", { do: "nap", ms: jobMs }).catch(() => failed++);
      jobs++;
    }
  };
  const running = Array.from({ length: workers * jobsEach }, again);
  while (runtime.status().size < workers) await new Promise((done) => setTimeout(done, 50));
  const before = runtime.decisions().length;
  [jobs, failed] = [0, 0];
  const lateMs: number[] = [];
  const endMs = performance.now() + forMs;
  for (let dueMs = performance.now() + everyMs; dueMs < endMs;) {
    await new Promise((done) => setTimeout(done, Math.max(0, dueMs - performance.now())));
    const nowMs = performance.now();
    lateMs.push(Math.max(0, nowMs - dueMs));
    dueMs = Math.max(dueMs + everyMs, nowMs);
  }
  const seen = { workers: runtime.status().size, jobs, failed };
  isOver = true;
  await Promise.all(running);
  const sorted = lateMs.toSorted((a, b) => a - b);
  return {
    ...seen,
    lagMs: sorted[Math.ceil(.99 * sorted.length) - 1]!,
    latestMs: sorted.at(-1)!,
    decisions: runtime.decisions().length - before,
  };
}

if (import.meta.main) {
  const [workers, forMs] = Deno.args.map(Number);
  console.log(JSON.stringify(await measure(workers!, forMs!)));
}
