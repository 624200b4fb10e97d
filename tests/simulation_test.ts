/** The simulator: what it says is what queueing theory says, and the same each time. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { Cores } from "../simulation/cores.ts";
import { SimulatedClock } from "../simulation/clock.ts";
import { SeededRandom } from "../simulation/random.ts";
import { scenarios } from "../simulation/scenarios.ts";
import { constant, shaped, stepped } from "../simulation/shapes.ts";
import { simulate } from "../simulation/simulate.ts";
import { workloadOf, workMs } from "../simulation/workload.ts";
import { erlangC, waitsOf } from "./servers.ts";

/** Jobs of half a second at so many a second, for so long. */
const poisson = (perS: number, spanS: number, seed = 1) => {
  const shape = { name: "poisson", spanS, rate: constant(perS), rateMax: perS, serviceS: .5 };
  return shaped(shape, new SeededRandom(seed));
};

const fixed = (workers: number) => ({ policy: { name: "fixed", workers }, min: 0 });
const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

for (const [servers, load] of [[4, 3], [12, 10], [110, 100]] as const) {
  Deno.test(`simulation: ${servers} workers serve as ${servers} servers do in theory`, async () => {
    const workload = poisson(2 * load, Math.min(500, 6_000 / load));
    const waits = waitsOf(workload, servers).sort((a, b) => a - b);
    const out = await simulate(workload, fixed(servers));
    assertEquals(out.jobs, waits.length);
    for (const [q, wait] of [[.5, out.waitP50Ms], [.95, out.waitP95Ms], [.99, out.waitP99Ms]]) {
      assertAlmostEquals(wait!, waits[Math.floor(q! * waits.length)]!, 1e-3);
    }
    assertAlmostEquals(out.waitMeanMs, mean(waits), 1e-3);
    const waited = waits.filter((wait) => wait > 1e-6).length;
    assertAlmostEquals(out.waitedPercent, 100 * waited / waits.length, .2);
    assertEquals([out.starts, out.workersMost], [servers, servers]);
  });
}

Deno.test("simulation: what theory is asked for is Erlang's formula", () => {
  const known = [[4, 3, .5094], [12, 10, .4494], [25, 20, .2091], [110, 100, .237]] as const;
  for (const [servers, load, waits] of known) {
    assertAlmostEquals(erlangC(servers, load), waits, 5e-5);
  }
});

Deno.test("simulation: jobs wait as often as Erlang C says", async () => {
  const out = await simulate(poisson(6, 6_000), fixed(4));
  const expected = erlangC(4, 3);
  assertAlmostEquals(out.waitedPercent / 100, expected, .06 * expected);
});

Deno.test("simulation: the same seed gives the same run, another one another", async () => {
  const workload = scenarios.get("mmpp")!.workload();
  const [atMs, serviceMs] = [workload.atMs.slice(0, 500), workload.serviceMs.slice(0, 500)];
  const short = { ...workload, atMs, serviceMs, spanMs: atMs.at(-1)! };
  const options = { startMs: 2_000, startJitterRatio: .5, cpuRatio: .3 };
  const first = await simulate(short, { ...options, seed: 1 });
  assertEquals(await simulate(short, { ...options, seed: 1 }), first);
  const other = await simulate(short, { ...options, seed: 2 });
  assert(other.waitMeanMs !== first.waitMeanMs);
});

Deno.test("simulation: a pool without jobs costs its smallest size", async () => {
  const workload = workloadOf("one", [{ atMs: 0, serviceMs: 1 }], 3_600_000);
  const out = await simulate(workload, { min: 2 });
  assertAlmostEquals(out.workerSeconds, 7_200, 5);
});

Deno.test("simulation: no job is lost or late where a worker starts in 20 ms", async () => {
  const rate = stepped(4, 24, 200, 400);
  const shape = { name: "step", spanS: 600, rate, rateMax: 24, serviceS: .5 };
  const workload = shaped(shape, new SeededRandom(1));
  const policy = { name: "governor", waitTargetMs: 200, workersMax: 400 };
  const out = await simulate(workload, { policy, waitTargetMs: 200 });
  assertEquals([out.jobs, out.latePercent], [workload.atMs.length, 0]);
  assert(out.workersMost >= 12 && out.workersMost < 60, `${out.workersMost} workers at most`);
});

Deno.test("simulation: a hundred jobs that wait at once need few workers, as they share them", async () => {
  const shape = { name: "io", spanS: 15, rate: constant(200), rateMax: 200, serviceS: .5 };
  const workload = shaped(shape, new SeededRandom(1));
  const out = await simulate(workload, { slots: 1_024, max: 100 });
  assertEquals(out.jobs, workload.atMs.length);
  assert(out.workersMost <= 8, `${out.workersMost} workers for 100 jobs at once`);
  assert(out.waitP99Ms < 50, `${out.waitP99Ms} ms`);
});

Deno.test("simulation: classes are served in their order, each has its share", () => {
  const workload = scenarios.get("prio")!.workload();
  const counts = [0, 0, 0];
  for (const rank of workload.ranks!) counts[rank]!++;
  const shares = counts.map((count) => count / workload.atMs.length);
  shares.forEach((share, rank) => assertAlmostEquals(share, [.2, .6, .2][rank]!, .01));
});

Deno.test("cores: twice the demand takes more than twice as long", async () => {
  for (
    const [jobs, share, factor] of [[2, 1, 1], [4, 1, 2.1], [4, .5, 1], [8, .5, 1.55]] as const
  ) {
    const clock = new SimulatedClock();
    const cores = new Cores(clock, 2);
    let ended = 0;
    for (let i = 0; i < jobs; i++) cores.begin(share, 1_000, () => ended++);
    await clock.run(1_000 * factor - .01);
    assertEquals(ended, 0);
    await clock.run(1_000 * factor + .01);
    assertEquals(ended, jobs);
  }
});

Deno.test("cores: who leaves makes room, what was done stays done", async () => {
  const clock = new SimulatedClock();
  const cores = new Cores(clock, 1);
  let endedMs = 0;
  const long = cores.begin(1, 1_000, () => endedMs = clock.nowMs());
  const other = cores.begin(1, 1_000, () => {});
  await clock.run(1_050);
  assertAlmostEquals(long.doneMs(), 500, 1e-6);
  other.stop();
  await clock.run(5_000);
  assertAlmostEquals(endedMs, 1_550, 1e-3);
  assertAlmostEquals(cores.usedMs(), 1_550, 1e-3);
});

Deno.test("scenarios: each has jobs for about the work that its rate says", () => {
  for (const [name, workS] of [["steady", 36_000], ["step", 19_200], ["sparse", 1_440]] as const) {
    const work = workMs(scenarios.get(name)!.workload()) / 1_000;
    assertAlmostEquals(work, workS, .1 * workS, name);
  }
});
