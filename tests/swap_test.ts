/** A host that swaps in and out at once: no further job is begun, and that is over by itself. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { composeConfig } from "../actors/config.ts";
import { memoryGauge } from "../actors/host/gauges/memory.ts";
import { viewJob } from "../actors/job.ts";
import { guardsOf } from "../actors/reload.ts";
import { whyPool } from "../actors/why_pool.ts";
import { whyWaits } from "../actors/why.ts";
import type { Vitals } from "../messages/vitals.ts";
import { bindConstraint } from "../policies/constraints/mod.ts";
import { bind } from "../policies/scaling/mod.ts";
import { orderOf } from "./orders.ts";
import { anyReadings, readingOf } from "./readings.ts";
import { SystemStage } from "./system_stage.ts";

/** What a host told that swapped: pages in, pages out, each second. */
const recorded = Deno.readTextFileSync(
  new URL("fixtures/vmstat/swapping.txt", import.meta.url),
).matchAll(/^(\d+) (\d+) \w+$/gm).map(([, swappedIn, swappedOut]) =>
  `nr_free_pages 5252608\npswpin ${swappedIn}\npswpout ${swappedOut}\n`
).toArray();

/** Bytes swapped in a second, in and out, as the gauge of memory makes them of such files. */
function memories(files: readonly (string | null)[]): readonly Vitals["memory"][] {
  let second = 0;
  const read = (path: string) =>
    path === "/proc/vmstat" ? files[second]! : "MemTotal: 65536 kB\nMemAvailable: 32768 kB\n";
  const gauge = memoryGauge({ read, list: () => null });
  return files.map((_, at) => gauge(() => null, 1_000 * (second = at)));
}

/** Seconds at which no job was begun beside another one. */
function held(bytesPerS: readonly (number | null)[], options: object = {}): readonly number[] {
  const guard = bindConstraint("swap", options);
  return bytesPerS.flatMap((swapBothBytesPerS, second) => {
    const reading = readingOf({ nowMs: 1_000 * second, swapBothBytesPerS });
    const said = guard.constrain(reading);
    if (said) assertEquals([said.floor, said.cap, said.runningMax], [0, undefined, 1]);
    return said ? [second] : [];
  });
}

const seconds = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);
const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

Deno.test("swap: holds jobs back where a recorded host swaps both ways for 3 s, until 10 s after", () => {
  const both = memories(recorded).map((memory) =>
    Math.min(memory!.swapInBytesPerS ?? 0, memory!.swapOutBytesPerS ?? 0)
  );
  assertEquals(both.flatMap((bytesPerS, second) => bytesPerS > 0 ? [second] : []), [
    7,
    9,
    ...seconds(15, 24),
  ]);
  assertEquals(held(both), seconds(18, 33));
  assertEquals(held(both, { fromBytesPerS: 1 }), seconds(18, 33));
  assertEquals(held(both, { fromBytesPerS: 50e6 }), []);
  assertEquals(held(both, { fromBytesPerS: null }), []);
});

Deno.test("swap: one way alone, a moment of both, and what is unknown stop nothing", () => {
  assertEquals(held(times(60, 0)), []);
  assertEquals(held(times(60, null)), []);
  assertEquals(held([...times(3, 5e6), 0, ...times(3, 5e6), 0]), []);
  assertEquals(held([...times(5, 5e6), ...times(60, null)]), seconds(3, 13), "it is not for ever");
  assertEquals(held([...times(5, 5e6), ...times(9, 0), 5e6, ...times(20, 0)]), seconds(3, 23));
  const guard = bindConstraint("swap");
  for (let second = 0; second < 20; second++) {
    const reading = readingOf({ nowMs: 1_000 * second, swapBothBytesPerS: 5e6, hostAgeMs: 9_000 });
    assertEquals(guard.constrain(reading), null, "what was seen long ago");
  }
});

Deno.test("swap: whatever is seen, one job may run, and it has nothing against any size", () => {
  fc.assert(fc.property(anyReadings, (readings) => {
    const guard = bindConstraint("swap");
    for (const reading of readings) {
      const said = guard.constrain(reading);
      if (said) assertEquals([said.floor, said.cap, said.runningMax], [0, undefined, 1]);
    }
  }));
});

Deno.test("swap: each pool has it by default, may switch it off, and knows why it is silent", () => {
  const guard = (swap: object) => {
    const values = { pools: { default: { swap } } };
    const { pools, costs } = composeConfig([{ name: "t", values }]);
    const guards = guardsOf(pools.default!, { cores: 2, memoryAvailableBytes: 4e9 }, costs);
    return guards.find(({ name }) => name === "swap")!;
  };
  assertEquals(guard({}).options, { fromBytesPerS: 1e6 });
  assertEquals(guard({}).idle!(readingOf()), null);
  const blind = readingOf({ swapBothBytesPerS: null });
  assertEquals(guard({}).idle!(blind), "what is swapped is unknown");
  assertEquals(guard({ fromBytesPerS: null }).idle!(readingOf()), "it is switched off");
});

/** A pool of four with more jobs than it has room for, whose host tells these files in turn. */
async function swapping(files: readonly (string | null)[]) {
  const stage = new SystemStage({ part: { jobMs: 2_500 } });
  const { clock, system } = stage;
  const guards = [bindConstraint("bounds", { min: 1, max: 4 }), bindConstraint("swap")];
  system.seat({ policies: [bind("governor")], guards });
  const jobs = Array.from({ length: 400 }, () => system.queue.submitOne(orderOf()));
  const begun: number[] = [];
  const whys: string[] = [];
  for (const memory of memories(files)) {
    stage.machine = { memory };
    await clock.advance(1_000);
    begun.push(jobs.filter(({ state }) => state === "running").length);
    const waits = jobs.find(({ state, slot }) => state === "waiting" && slot < 0);
    const why = waits && whyWaits(system, viewJob(waits, 0));
    whys.push(why ? `${why.gate}: ${why.because}` : "");
  }
  return { stage, guards, jobs, begun, whys };
}

Deno.test("swap: over a recorded host one job runs at a time, says why, and then all go on", async () => {
  const { stage, jobs, begun, whys } = await swapping(recorded);
  const { clock, system } = stage;
  // The sampler looks up to a second later, and what ran then ends.
  assertEquals(begun.slice(10, 18), times(8, 32), "they fill the pool until then");
  assertEquals(begun.slice(22, 33), times(11, 1));
  assertEquals(begun.at(-1), 32);
  assertEquals(
    whys[24],
    "memory: 1 runs, at most 1 job may run: the host swaps in and out at once: 16.1 MB/s each way",
  );
  assertEquals(stage.alerts, ["swapping", "swapping_over"]);
  const decisions = system.controller.decisions();
  const vetoed = decisions.filter(({ vetoes }) => vetoes.some(({ policy }) => policy === "swap"));
  assertEquals(new Set(vetoed.map(({ envelope }) => envelope.runningMax)), new Set([1]));
  await clock.advance(60_000);
  assert(jobs.every(({ state }) => state === "done"));
  await system.stop();
});

Deno.test("swap: a host that tells nothing of it, or garbage, holds nobody", async () => {
  for (const file of [null, "", "pswpin x\npswpout -1\n"]) {
    const { stage, begun, whys } = await swapping(times(12, file));
    assertEquals(begun.slice(4, 12), times(8, 32));
    assert(whys.every((why) => !why.startsWith("memory")), whys.join());
    await stage.system.stop();
  }
});

Deno.test("swap: what holds the size neither keeps it from beginning nor from being over", async () => {
  for (const word of ["pin", "blind"] as const) {
    const { stage, guards } = await swapping(recorded.slice(0, 24));
    const { clock, system } = stage;
    const { memory = null } = stage.machine;
    assertEquals(system.pool.envelope.runningMax, 1);
    assert(
      whyPool(system, "default").because.includes("Of its jobs at most 1 job may run: the host"),
    );
    if (word === "pin") system.control({ type: "pin", workers: 2 });
    stage.machine = word === "pin" ? {} : { memory, cpuRatio: null, memoryRatio: null };
    await clock.advance(5_000);
    // Another size is wanted, and refused.
    system.seat({ policies: [bind("fixed", { workers: 3 })], guards });
    await clock.advance(30_000);
    assertEquals(system.pool.envelope.cap, word === "pin" ? 2 : 4);
    assertEquals(system.pool.envelope.runningMax, null, word);
    if (word === "pin") {
      stage.machine = { memory };
      await clock.advance(6_000);
      assertEquals([system.pool.envelope.runningMax, stage.ready], [1, 2]);
    }
    await system.stop();
  }
});
