/** Commands that wait for memory, seen from outside. */
import { assertEquals, assertMatch } from "@std/assert";
import { createRuntime } from "../actors/create_runtime.ts";
import { memoryStore } from "../actors/stores/memory.ts";
import { Stowage } from "../actors/stowage.ts";
import { ManualClock } from "./manual_clock.ts";
import { commandOf, end } from "./memory_stage.ts";
import { until } from "./until.ts";

const mib = 2 ** 20;

Deno.test("memory: commands beyond the budget wait, say why, and begin when others end", async () => {
  await using runtime = await createRuntime({
    config: { pools: { default: { memoryBytes: 64 * mib } } },
  });
  const ids: string[] = [];
  for (let i = 0; i < 3; i++) {
    ids.push((await runtime.submit({ command: ["sleep", "60"], operation: `op${i}` })).id);
  }
  const gates = async () =>
    (await Promise.all(ids.map((id) => runtime.why(id)))).map((why) => why!.gate).sort();
  await until(async () => (await gates()).join() === "memory,running,running");
  const whys = await Promise.all(ids.map((id) => runtime.why(id)));
  const waiting = whys.find((why) => why!.gate === "memory")!;
  assertMatch(
    waiting.because,
    /^It needs 32 MiB of memory \(op\d is not known\); 64 MiB of 64 MiB are reserved \(2 running\)$/,
  );
  const running = whys.find((why) => why!.gate === "running")!;
  await runtime.cancel(running.id);
  await until(async () => (await gates()).join() === "ended,running,running");
  for (const id of ids) await runtime.cancel(id);
});

/** Holds 40 MiB for half a second, or for a minute. */
const hog = (seconds: number) => ({
  command: [
    "sh",
    "-c",
    `dd if=/dev/zero bs=41943040 count=1 status=none | { head -c 1 >/dev/null; sleep ${seconds}; }`,
  ],
  operation: "hog",
});

Deno.test("memory: a command has reserved what those before it were seen to use", async () => {
  await using runtime = await createRuntime({
    config: { pools: { default: { memoryBytes: 72 * mib } } },
  });
  await until(async () => {
    const { id } = await runtime.submit(hog(0.5));
    const { outcome } = (await runtime.wait(id, 30_000))!;
    return (outcome?.resources.peakBytes ?? 0) > 40 * mib; // A busy machine is looked at less often.
  });
  const ids = [await runtime.submit(hog(60)), await runtime.submit(hog(60))].map(({ id }) => id);
  await until(async () => (await runtime.why(ids[1]!))!.gate === "memory");
  const { because } = (await runtime.why(ids[1]!))!;
  assertMatch(because, /^It needs (4|5|6)\d MiB of memory \(by what hog took before\)/);
  assertMatch(because, /; (4|5|6)\d MiB of 72 MiB are reserved \(1 running\)$/);
  for (const id of ids) await runtime.cancel(id);
});

Deno.test("memory: what was learned is there after a restart", async () => {
  const clock = new ManualClock();
  const store = memoryStore();
  const stowage = () => new Stowage({ clock, store }, null, () => null, () => {});
  const before = stowage();
  const job = commandOf(1, "hog");
  before.footprints.reserve(job);
  end(before.footprints, job, { bytes: 100 * mib, holdMs: 500 });
  before.close();
  const stored = new Map<string, unknown>();
  for await (const page of store.recover()) {
    if (page.type !== "snapshots") continue;
    for (const { actor, snapshot } of page.snapshots) stored.set(actor, snapshot);
  }
  const after = stowage();
  after.restore(stored);
  assertEquals(after.footprints.need(commandOf(2, "hog")), before.footprints.need(job));
});
