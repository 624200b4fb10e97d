/** Commands that are stopped again and again so that they keep to a share of CPU time. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { realClock } from "../actors/host.ts";
import { gauges } from "../actors/host.ts";
import { trees } from "../actors/host/trees.ts";
import { Duties } from "../actors/limits/duties.ts";
import { Meter } from "../actors/limits/meter.ts";
import { pinned } from "../actors/limits/pinned.ts";
import type { ProcessRow } from "../actors/ports.ts";
import { duty, look } from "../policies/limits/duty.ts";
import { commandOf } from "./memory_stage.ts";
import { ManualClock } from "./manual_clock.ts";
import { jobOf } from "./orders.ts";
import { puppet } from "./puppet.ts";
import { stillTrees } from "./still_trees.ts";
import { until } from "./until.ts";

Deno.test("duty: a burner has its share in the mean, however late each look comes", () => {
  const cores = fc.double({ min: 0.05, max: 3, noNaN: true });
  const late = fc.array(fc.integer({ min: 0, max: 150 }), { minLength: 20, maxLength: 20 });
  fc.assert(fc.property(cores, fc.integer({ min: 1, max: 8 }), late, (cores, threads, lateMs) => {
    let nowMs = 0;
    let cpuMs = 0;
    let state = duty(0, 0);
    for (let i = 0; nowMs < 60_000; i++) {
      const nextMs = Math.max(nowMs, state.wakeAtMs) + lateMs[i % lateMs.length]!;
      if (!state.rests) cpuMs += threads * (nextMs - nowMs);
      nowMs = nextMs;
      state = look(state, Math.floor(cpuMs / 10) * 10, nowMs, cores);
      assert(state.wakeAtMs > nowMs);
    }
    const share = cpuMs / nowMs;
    // One look may come when it has had all threads for as long as looks are apart.
    const slack = threads * 200 / 60_000;
    assert(share <= cores + slack, `${share} of ${cores}`);
    assert(share >= Math.min(threads, cores) * 0.9 - slack, `${share} of ${cores}`);
  }));
});

Deno.test("duty: one that keeps within its share never rests, and saves no more than a moment", () => {
  let state = duty(0, 0);
  for (let nowMs = 50, cpuMs = 10; nowMs < 10_000; nowMs += 50, cpuMs += 10) {
    state = look(state, cpuMs, nowMs, 0.25);
    assertEquals(state.rests, false);
  }
  assertEquals(look(state, state.cpuMs, 3_600_000, 0.25).debtMs, -25);
});

const row = (pid: number, cpuMs: number): ProcessRow => ({
  pid,
  parent: 1,
  session: 1,
  startedTicks: pid,
  cpuMs,
  childMs: 0,
  residentBytes: 1,
});

/** Two processes of one command, of which the first burns a core while it is not stopped. */
function stage() {
  const clock = new ManualClock();
  const stopped = new Set<number>();
  const told: string[] = [];
  const table = new Map([[7, row(7, 0)], [8, row(8, 0)]]);
  let seenMs = 0;
  const trees = stillTrees({
    row(pid) {
      if (!stopped.has(7)) table.set(7, row(7, table.get(7)!.cpuMs + clock.nowMs() - seenMs));
      seenMs = clock.nowMs();
      return table.get(pid) ?? null;
    },
    freeze(pids, frozen) {
      told.push(`${frozen ? "stop" : "go"} ${pids}`);
      for (const pid of pids) frozen ? stopped.add(pid) : stopped.delete(pid);
    },
  });
  const job = commandOf(1, "burner");
  const metered = { job, rows: [...table.values()] };
  return { clock, duties: new Duties(clock, trees), metered, job, told, table, stopped };
}

Deno.test("duties: the whole tree is stopped and goes on, again and again", async () => {
  const { clock, duties, metered, told, table } = stage();
  duties.hold(metered, 0.25);
  await clock.advance(20_000);
  assertEquals(new Set(told), new Set(["stop 7,8", "go 7,8"]));
  const share = table.get(7)!.cpuMs / 20_000;
  assert(share > 0.2 && share < 0.3, `${share}`);
  told.length = 0;
  duties.hold(metered, 0.5);
  const before = table.get(7)!.cpuMs;
  await clock.advance(20_000);
  const more = (table.get(7)!.cpuMs - before) / 20_000;
  assert(more > 0.45 && more < 0.55, `a new share holds at once: ${more}`);
});

Deno.test("duties: who is asked to end, and who is held no more, goes on and is left alone", async () => {
  for (const way of ["doomed", "released"]) {
    const { clock, duties, metered, job, told, stopped } = stage();
    duties.hold(metered, 0.05);
    await clock.advance(200);
    assertEquals([told, stopped.size], [["stop 7,8"], 2]);
    if (way === "doomed") job.doomed = "cancelled";
    else duties.release(job);
    await clock.advance(1_000);
    assertEquals([told.at(-1), stopped.size, duties.holds(job)], ["go 7,8", 0, false]);
    await clock.advance(60_000);
    assertEquals(told.length, 2);
  }
});

Deno.test("duties: a pid that is somebody else's by now is not stopped", async () => {
  const { clock, duties, metered, told, table } = stage();
  duties.hold(metered, 0.05);
  table.set(8, { ...row(8, 0), startedTicks: 99 });
  await clock.advance(300);
  assertEquals(told, ["stop 7"]);
});

Deno.test("pinned: as many cores as a share can fill, of those it may have, in turn", () => {
  const machine = { cores: [0, 1, 2, 3], unable: {} };
  assertEquals(pinned({ cpuCores: 0.5 }, machine, 6).affinity, [2]);
  assertEquals(pinned({ cpuCores: 1.5 }, machine, 3).affinity, [0, 3]);
  assertEquals(pinned({ cpuCores: 1, affinity: [1, 3] }, machine, 1).affinity, [3]);
  assertEquals(pinned({ cpuCores: 4 }, machine, 1), { cpuCores: 4 });
  assertEquals(pinned({ nice: 1 }, machine, 1), { nice: 1 });
  const bare = { ...machine, unable: { affinity: "there is no program taskset" } };
  assertEquals(pinned({ cpuCores: 1 }, bare, 1), { cpuCores: 1 });
});

Deno.test({
  name: "duties: a real burner with a child is stopped and goes on, and ends when it is asked to",
  ignore: Deno.build.os !== "linux" || gauges().residentBytes(Deno.pid) === null,
  fn: async () => {
    const real = trees(null);
    const meter = new Meter(realClock, real);
    const { link } = puppet(new ManualClock(), {}, { pid: Deno.pid });
    const limits = { cpuCores: 0.1 };
    const job = jobOf(1, {}, { operation: commandOf(1, "x").operation, limits });
    const child = new Deno.Command("sh", {
      args: ["-c", "(while :; do :; done) & wait"],
      detached: true,
    }).spawn();
    meter.spawned(link, job, child.pid);
    const states = () =>
      real.list().rows.filter(({ session }) => session === child.pid)
        .map(({ pid }) => gauges().processState(pid));
    const stopped = () => states().length === 2 && states().every((state) => state === "T");
    for (let times = 0; times < 2; times++) {
      await until(stopped);
      await until(() => states().length === 2 && !states().includes("T"));
    }
    meter.asked(job);
    await until(() => !states().includes("T"));
    Deno.kill(-child.pid, "SIGTERM");
    await child.status;
    meter.ended(link, job);
    meter.close();
  },
});
