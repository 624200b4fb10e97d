/** Commands and tasks that say how many cores they need wait until those are free. */
import { assertEquals, assertMatch } from "@std/assert";
import fc from "fast-check";
import { createRuntime } from "../actors/create_runtime.ts";
import { Footprints } from "../actors/footprints.ts";
import { commandGrant } from "../actors/grant.ts";
import { gauges } from "../actors/host.ts";
import type { Job } from "../actors/job.ts";
import { Shelves } from "../actors/shelves.ts";
import { passedMax } from "../policies/ordering/packing.ts";
import { ManualClock } from "./manual_clock.ts";
import { commands } from "./memory_stage.ts";
import { jobOf, orderOf } from "./orders.ts";
import { SystemStage } from "./system_stage.ts";
import { until } from "./until.ts";

const command = (id: number, operation: string, cpuCores: number | null) =>
  jobOf(id, { command: ["x"], operation }, {
    operation: commands,
    limits: cpuCores === null ? null : { cpuCores },
  });

const stage = (cores: number) => {
  const footprints = new Footprints(new ManualClock(), 1e12, () => null, () => cores);
  const lane = new Shelves(commandGrant, footprints);
  const take = (): Job | undefined => {
    const job = lane.take();
    if (job) footprints.reserve(job);
    return job;
  };
  return { footprints, lane, take };
};

Deno.test("cores: what runs never says it needs more than there are, unless it runs by itself", () => {
  const need = fc.option(fc.integer({ min: 1, max: 50 }).map((tenths) => tenths / 10));
  fc.assert(fc.property(fc.array(need, { maxLength: 60 }), fc.nat(3), (needs, operations) => {
    const { footprints, lane, take } = stage(3);
    needs.forEach((each, i) => lane.add(command(i + 1, `o${i % (operations + 1)}`, each)));
    const running: Job[] = [];
    let began = 0;
    while (began < needs.length) {
      for (let job = take(); job; job = take()) {
        running.push(job);
        began++;
      }
      const counted = running.flatMap(({ limits }) => limits?.cpuCores ?? []);
      const sum = counted.reduce((all, each) => all + Math.round(each * 10), 0);
      assertEquals(sum <= 30 || counted.length === 1, true, `${counted}`);
      footprints.release(running.shift()!);
    }
    for (const job of running) footprints.release(job);
    assertEquals(footprints.cores.reserved, 0);
  }));
});

Deno.test("cores: nobody waits behind one whose cores are taken, but it is not passed for ever", () => {
  const { footprints, lane, take } = stage(2);
  lane.add(command(1, "long", 1));
  const long = take()!;
  lane.add(command(2, "wide", 2));
  lane.add(command(3, "free", null));
  assertEquals(take()?.id, 3);
  let passed = 1;
  for (let id = 4; id < 200; id++) {
    lane.add(command(id, "narrow", 1));
    const job = take();
    if (!job) break;
    passed++;
    footprints.release(job);
  }
  assertEquals([passed, lane.starved], [passedMax, true]);
  lane.add(command(500, "free", null));
  assertEquals(take()?.id, 500, "who needs no cores is not kept from them");
  footprints.release(long);
  assertEquals(take()?.id, 2);
});

Deno.test("cores: tasks that need some take their turn, and say why they wait", async () => {
  const stage = new SystemStage({ min: 3, max: 3, part: { jobMs: 1_000 } });
  const { clock, system } = stage; // It has 8 cores.
  await clock.advance(100);
  const jobs = [4, 3, 2].map((cpuCores) =>
    system.queue.submitOne(orderOf({}, { limits: { cpuCores } }))
  );
  await clock.advance(100);
  const sent = () => jobs.map(({ slot, outcome }) => slot >= 0 || outcome !== null);
  assertEquals(sent(), [true, true, false]);
  assertEquals(system.stowage.footprints.cores, { reserved: 7, all: 8 });
  await clock.advance(2_000);
  assertEquals(sent(), [true, true, true]);
  await clock.advance(2_000);
  assertEquals(jobs.map(({ outcome }) => outcome?.type), ["done", "done", "done"]);
  assertEquals(system.stowage.footprints.cores.reserved, 0);
  await system.stop();
});

Deno.test({
  name: "cores: commands that need all there are run one after another, and why says so",
  ignore: gauges().residentBytes(Deno.pid) === null,
  fn: async () => {
    await using runtime = await createRuntime();
    const cpuCores = runtime.status().host.cores;
    const ids: string[] = [];
    for (let i = 0; i < 2; i++) {
      const spec = { command: ["sleep", "60"], operation: `op${i}`, limits: { cpuCores } };
      ids.push((await runtime.submit(spec)).id);
    }
    const whys = () => Promise.all(ids.map((id) => runtime.why(id)));
    await until(async () => (await whys()).map((why) => why!.gate).sort().join() === "cpu,running");
    const because = (await whys()).find((why) => why!.gate === "cpu")!.because;
    assertMatch(because, /^It needs (\S+) cores; \1 of \1 are reserved$/);
    for (const id of ids) await runtime.cancel(id);
    await until(async () => (await whys()).every((why) => why!.gate === "ended"));
  },
});
