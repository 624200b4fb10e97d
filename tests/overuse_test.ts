/** Commands that use more together than they may, and those that say what they need. */
import { assertEquals, assertMatch } from "@std/assert";
import { Footprints } from "../actors/footprints.ts";
import type { Job } from "../actors/job.ts";
import { Overuse, type Seen } from "../actors/limits/overuse.ts";
import { ManualClock } from "./manual_clock.ts";
import { commandOf, commands } from "./memory_stage.ts";
import { jobOf } from "./orders.ts";
import { stillTrees } from "./still_trees.ts";

const mib = 2 ** 20;

/** Commands that are seen to have so much, in MiB, of which a part is shared. */
function stage(limitBytes: number | null, haveMib: readonly number[], ownRatio = 1) {
  const footprints = new Footprints(new ManualClock(), limitBytes, () => 1e12);
  const killed: number[] = [];
  const running = new Map<Job, Seen>(haveMib.map((have, i) => {
    const job = commandOf(i + 1, `o${i}`);
    footprints.reserve(job);
    const row = {
      pid: i + 1,
      parent: 1,
      session: 1,
      startedTicks: 0,
      cpuMs: 0,
      childMs: 0,
      residentBytes: have * mib,
    };
    return [job, { job, bytes: have * mib, rows: [row] }];
  }));
  const trees = stillTrees({
    shareBytes: (pid) => haveMib[pid - 1]! * mib * ownRatio,
    kill: (pids) => void killed.push(...pids),
  });
  const overuse = new Overuse(footprints, trees);
  return { overuse, running, killed, footprints, jobs: [...running.keys()] };
}

Deno.test("overuse: ends the one that took most beyond what was expected, one at a time", () => {
  const { overuse, running, killed, jobs } = stage(1_000 * mib, [700, 550]);
  overuse.look(running);
  overuse.look(running);
  assertEquals(killed, [1]);
  assertEquals(jobs.map(({ doomed }) => doomed), ["oom", null]);
  assertMatch(
    jobs[0]!.because,
    /^All commands used 1250 MiB of 1000 MiB, and it 200 MiB more than was expected of it$/,
  );
});

Deno.test("overuse: leaves alone who keeps within all there is, counted without what is shared", () => {
  for (
    const { overuse, running, killed } of [
      stage(1_300 * mib, [700, 550]),
      stage(1_000 * mib, [700, 550], 0.5),
      stage(1_000 * mib, [1_500]),
      stage(null, [700, 550]),
    ]
  ) {
    overuse.look(running);
    assertEquals(killed, []);
  }
});

Deno.test("overuse: what a job of an unknown operation is seen to have is expected of it", () => {
  const { overuse, running, footprints, jobs } = stage(1_000 * mib, [300]);
  overuse.look(running);
  assertEquals(footprints.weightOf(jobs[0]!).entry.footprint.seenBytes, 300 * mib);
});

Deno.test("footprints: a job with a limit of its own has that reserved, and no more after it", () => {
  const footprints = new Footprints(new ManualClock(), 1_000 * mib);
  const limits = { memoryBytes: 70 * mib };
  const job = jobOf(1, { command: ["hog"] }, { operation: commands, limits });
  assertEquals(footprints.need(job), { bytes: 70 * mib, marginBytes: 0 });
  footprints.reserve(job);
  assertEquals(footprints.reservedBytes, 70 * mib);
  footprints.release(job);
  const outcome = {
    type: "failed",
    category: "oom",
    code: "memory_limit",
    attempts: 1,
    waitMs: 0,
    durationMs: 5,
    resources: { cpuSeconds: null, peakBytes: 70 * mib, ioBytes: null, source: "cgroup" },
    worker: "1.1",
  } as const;
  assertEquals(footprints.again(job, outcome), false);
  assertEquals(footprints.reservedBytes, 0);
});
