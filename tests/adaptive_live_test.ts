/** AdaptiveWorkerPool over a real pool: what it decides are processes that come and go. */
import { assert, assertEquals } from "@std/assert";
import type { HostReading } from "../messages/mailboxes.ts";
import { AdaptiveWorkerPool } from "../mod.ts";
import { fixedAt, gather, type Live, live, lives } from "./live.ts";
import { until } from "./until.ts";

/** Counts living worker processes as the kernel has them. */
const alive = (runtime: Live) => runtime.workerPids.filter(lives).length;

/** A machine whose CPU is as busy as the test says. */
function machine() {
  const load = { cpuRatio: .2 };
  const unknown = { cpuPressureRatio: null, memoryPressureRatio: null, ioPressureRatio: null };
  const memory = { memoryRatio: .5, memoryAvailableBytes: 2 ** 32 };
  return { load, read: (): HostReading => ({ cores: 2, ...memory, ...unknown, ...load }) };
}

Deno.test("AdaptiveWorkerPool: real workers come and go, and those that are busy end their jobs", async () => {
  await using runtime = await live({
    pools: { default: { workers: { min: 0, max: 8 }, slots: { max: 1 } } },
  });
  await using gathered = gather(runtime);
  const host = machine();
  const pool = new AdaptiveWorkerPool({
    ...{ runtime, host, minWorkers: 2, maxWorkers: 6, enableMonitoring: false },
    ...{ smoothingFactor: 1, reversalHoldS: 0 },
  });
  await pool.start();
  await until(() => alive(runtime) === 2 && pool.getStatus().current_workers === 2);

  const naps = (count: number, ms: number) =>
    Array.from({ length: count }, () => runtime.run("toy", { do: "nap", ms }));
  const many = naps(40, 200);
  await until(() => pool.getStatus().queue_depth > 20);
  assertEquals(await pool.adjustWorkers(), 6);
  await until(() => alive(runtime) === 6);
  await Promise.all(many);

  const last = naps(6, 1_000);
  await until(() => runtime.status().running === 6);
  const busy = new Set(runtime.workerPids);
  host.load.cpuRatio = .95;
  assertEquals([await pool.adjustWorkers(), await pool.adjustWorkers()], [4, 2]);
  await until(() => alive(runtime) === 2);
  await Promise.all(last);
  await until(() => [...busy].filter(lives).length <= 2);
  assertEquals(runtime.status().ended, { done: 46 });
  assertEquals(pool.getStatus().current_workers, 2);
  assertEquals(pool.scalingEvents.map(({ from, to }) => [from, to]), [[2, 6], [6, 4], [4, 2]]);
  const sizes = gathered.of("resized").map(({ actual }) => actual);
  assert(sizes.includes(6) && sizes.at(-1) === 2 && Math.max(...sizes) === 6, `${sizes}`);
  await pool.stop();
});

Deno.test("AdaptiveWorkerPool: a pool that is not adaptive answers as one that is", async () => {
  for (const config of [{}, fixedAt(2)]) {
    await using runtime = await live(config);
    assertEquals(await runtime.run("toy", { do: "echo", value: 7 }), 7);
    const input = { do: "echo", value: 8 };
    const { id } = await runtime.submit({ task: "toy", input });
    const job = await runtime.wait(id, 30_000);
    assertEquals([job?.state, job?.outcome?.output], ["done", 8]);
    const { stdout } = await runtime.command(["echo", "out"]);
    assertEquals(stdout, "out\n");
    const outputs: unknown[] = [];
    const items = [1, 2, 3].map((value) => ({ do: "echo", value } as const));
    for await (const output of runtime.map("toy", items)) outputs.push(output);
    assertEquals(outputs.toSorted(), [1, 2, 3]);
    assertEquals(runtime.status().ended, { done: 6 });
    const { because } = runtime.decisions().at(-1)!;
    assert(because.length > 0, "also why it is not adaptive is said");
  }
});
