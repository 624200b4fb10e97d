/** Workers that use more than they should, over processes in the test's hand. */
import { assertEquals, assertMatch } from "@std/assert";
import { gauges } from "../actors/host.ts";
import { WorkerLevels } from "../actors/limits/worker_levels.ts";
import type { ControlFact } from "../messages/facts.ts";
import { messages } from "../messages/wire.ts";
import { fixedAt, gather, live } from "./live.ts";
import { ManualClock } from "./manual_clock.ts";
import { jobOf } from "./orders.ts";
import { puppet } from "./puppet.ts";
import { stillTrees } from "./still_trees.ts";
import { until } from "./until.ts";

const mib = 2 ** 20;

/** One worker and what is done to it. */
function stage(limitBytes: number | null = null) {
  const clock = new ManualClock();
  const worker = puppet(clock);
  const used = { bytes: 50 * mib, cpuMs: 0 };
  const did: string[] = [];
  const facts: ControlFact[] = [];
  const trees = stillTrees({
    row: (pid) => ({
      pid,
      parent: 1,
      session: 1,
      startedTicks: 1,
      cpuMs: used.cpuMs,
      childMs: 0,
      residentBytes: used.bytes,
    }),
  });
  const levels = new WorkerLevels(clock, trees, limitBytes, {
    links: () => [worker.link],
    retire: () => void did.push("retire"),
    drain: () => void did.push("drain"),
    rested: () => void did.push("rested"),
    note: (fact) => facts.push(fact),
  });
  const told = () => facts.splice(0).map((fact) => fact.type === "alert" && fact.level);
  const sent = (kind: number) => worker.sent.filter(([one]) => one === kind).length;
  return { clock, worker, used, did, told, sent, levels };
}

Deno.test("worker levels: at its warning a worker gets no more, collects, and serves again if that helps", async () => {
  const { clock, worker, used, did, told, sent, levels } = stage(150 * mib);
  levels.adopt({ memory: null, cpu: null });
  const { link, say } = worker;
  for (const id of [1, 2]) link.send(jobOf(id), 0);
  say(messages.began.kind, 1, 0.1);
  await clock.advance(1_000);
  assertEquals([link.resting, told()], [false, []]);
  used.bytes = 120 * mib; // Four fifths of what it may have.
  await clock.advance(250);
  assertEquals([link.room, told()], [0, ["warning"]]);
  assertEquals([sent(messages.collect.kind), sent(messages.giveBack.kind)], [1, 1]);
  await clock.advance(1_000);
  used.bytes = 100 * mib;
  await clock.advance(250);
  assertEquals([link.resting, link.room > 0, told(), did], [false, true, ["info"], ["rested"]]);
  assertEquals(sent(messages.collect.kind), 2);
  levels.close();
});

Deno.test("worker levels: where collecting does not help another takes its place, at critical it goes", async () => {
  const { clock, used, did, told, levels } = stage();
  const memory = { warningBytes: 120 * mib, criticalBytes: 140 * mib, clearBytes: null };
  levels.adopt({ memory, cpu: null });
  used.bytes = 125 * mib;
  await clock.advance(2_000);
  assertEquals([did, told()], [[], ["warning"]]);
  await clock.advance(250);
  assertEquals([did.splice(0), told()], [["retire"], []]);
  assertEquals(levels.status.map(({ name, level }) => [name, level]), [["1.1", "warning"]]);
  used.bytes = 141 * mib;
  await clock.advance(250);
  assertEquals([did, told()], [["drain"], ["critical"]]);
  levels.close();
});

Deno.test("worker levels: one that burns too much of a core rests and is not replaced", async () => {
  const { clock, worker: { link }, used, did, told, levels } = stage();
  const cpu = { warningCores: 0.5, criticalCores: null, clearCores: null };
  levels.adopt({ memory: null, cpu });
  const burn = async (share: number, looks: number) => {
    for (let i = 0; i < looks; i++) {
      used.cpuMs += share * 250;
      await clock.advance(250);
    }
  };
  await burn(0.4, 20);
  assertEquals([link.resting, told()], [false, []]);
  await burn(1, 20);
  assertEquals([link.resting, told(), did], [true, ["warning"], []]);
  await burn(0, 20);
  assertEquals([link.resting, told(), did.splice(0)], [false, ["info"], ["rested"]]);
  await burn(1, 20);
  levels.adopt({ memory: null, cpu: null });
  assertEquals([link.resting, did], [false, ["rested"]], "who has no thresholds is not held");
  levels.close();
});

Deno.test({
  name: "worker levels: a worker that keeps what it took is replaced, and its successor serves",
  ignore: gauges().residentBytes(Deno.pid) === null,
  fn: async () => {
    const { pools } = fixedAt(1);
    const thresholds = { memory: { warningBytes: 130e6 } };
    await using runtime = await live({
      pools: { default: { ...pools!.default, thresholds } },
    });
    await using gathered = gather(runtime);
    const pid = await runtime.run("toy", { do: "pid" });
    await runtime.run("toy", { do: "keep", bytes: 150e6 });
    await until(() => runtime.workerPids.length === 1 && runtime.workerPids[0] !== pid);
    const next = await runtime.run("toy", { do: "pid" });
    assertEquals(next, runtime.workerPids[0]);
    const levels = gathered.of("alert").map(({ code, level }) => `${code} ${level}`);
    assertEquals(levels, ["worker_memory warning"]);
    const left = gathered.of("worker").find(({ state }) => state === "draining");
    assertMatch(
      left!.because,
      /^recycled: worker \S+ uses \d+ MiB of memory, its warning level is/,
    );
  },
});
