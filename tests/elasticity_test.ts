/** The pool grows under load and shrinks after it, each step with its reason: real processes. */
import { assert, assertEquals } from "@std/assert";
import type { ConfigInput } from "../actors/config.ts";
import type { Fact } from "../messages/facts.ts";
import { gather, type Live, live, lives } from "./live.ts";
import { until } from "./until.ts";

const elastic = (
  min: number,
  max: number,
  keepAliveMs: number,
  cpuHighRatio = 1,
): ConfigInput => ({
  pools: {
    default: { workers: { min, max }, policy: { name: "governor", keepAliveMs, cpuHighRatio } },
  },
});

/** Counts living worker processes as the kernel has them. */
const alive = (runtime: Live) => runtime.workerPids.filter(lives).length;

Deno.test("elasticity: 2 -> 8 -> 2 under load, nothing stopped, each step with its decision", async () => {
  await using runtime = await live(elastic(2, 8, 300));
  await using gathered = gather(runtime);
  await until(() => runtime.status().size === 2 && alive(runtime) === 2);

  // Work that holds the thread without burning CPU: one more worker is one more job at a time.
  let loaded = true;
  let done = 0;
  const lines = Array.from({ length: 24 }, async () => {
    while (loaded) {
      await runtime.run("toy", { do: "block", ms: 25 });
      done++;
    }
  });
  const sizes = new Set<number>();
  await until(() => {
    sizes.add(alive(runtime));
    return runtime.status().size === 8 && alive(runtime) === 8;
  });
  const pids = new Set(runtime.workerPids);
  assertEquals(pids.size, 8);
  const before = done;
  await until(() => done > before + 100);
  assert([...sizes].every((size) => size >= 2 && size <= 8), `${[...sizes]}`);
  loaded = false;
  await Promise.all(lines);
  await until(() => alive(runtime) === 2 && runtime.status().size === 2);
  await until(() => [...pids].filter(lives).length <= 2);
  assertEquals(runtime.status().ended, { done });

  const resized = gathered.of("resized");
  const decisions = new Map(runtime.decisions().map((decision) => [decision.id, decision]));
  let size = 2;
  for (const { from, actual, decision, trigger } of resized) {
    assertEquals(from, size);
    size = actual;
    assert(actual >= 2 && actual <= 8, `${actual}`);
    assert(trigger.length > 0);
    const made = decisions.get(decision);
    assert(made?.adopted, `decision ${decision} of ${from} -> ${actual}`);
    assert(made.because.length > 0);
    assert(actual <= made.envelope.cap && made.envelope.floor <= 8);
  }
  assertEquals(size, 2);
  assert(resized.some(({ actual }) => actual === 8));
  assert(resized.some(({ trigger }) => /head waited \d+ ms/.test(trigger)));
  assert(resized.some(({ trigger }) => /idle for \d+ ms/.test(trigger)));
  assertEquals(stoppedWithForce(gathered.of("worker")), []);
});

Deno.test("elasticity: each resize tells of a decision that was told before", async () => {
  await using runtime = await live(elastic(1, 4, 100));
  await using gathered = gather(runtime);
  const known = new Set(runtime.decisions().map(({ id }) => id));
  const jobs = Array.from({ length: 40 }, () => runtime.run("toy", { do: "block", ms: 20 }));
  await Promise.all(jobs);
  await until(() => runtime.status().size === 1);
  for (const fact of gathered.facts) {
    if (fact.type === "decided" && fact.decision.adopted) known.add(fact.decision.id);
    if (fact.type === "resized") assert(known.has(fact.decision), `${fact.decision}`);
  }
  assert(gathered.of("resized").length >= 2);
});

Deno.test("elasticity: a burst of 200 jobs starts the first worker while most of them wait", async () => {
  await using runtime = await live(elastic(1, 8, 5_000));
  await until(() => runtime.status().size === 1);
  await runtime.run("toy", { do: "echo" });
  await using gathered = gather(runtime);
  const jobs = Array.from({ length: 200 }, () => runtime.run("toy", { do: "block", ms: 5 }));
  await Promise.all(jobs);
  let ended = 0;
  for (const fact of gathered.facts) {
    if (fact.type === "jobs" && fact.move === "ended") ended += fact.ids.length;
    if (fact.type === "worker" && fact.state === "ready") break;
  }
  assert(ended < 150, `${ended} of 200 jobs had ended before a second worker was ready`);
});

Deno.test("elasticity: work that waits needs no more workers", async () => {
  // Where others keep the machine busy work waits for cores, and more workers don't help with that.
  await using runtime = await live(elastic(1, 64, 100, .9));
  await until(() => runtime.status().size === 1);
  await runtime.run("toy", { do: "echo" });
  await using gathered = gather(runtime);
  // They wait until all of them do, however long a busy machine takes for that.
  const wake = new AbortController();
  const jobs = Array.from(
    { length: 300 },
    () => runtime.run("toy", { do: "heed" }, { signal: wake.signal }),
  );
  await until(() => runtime.status().running === 300);
  wake.abort("all of them wait");
  await Promise.allSettled(jobs);
  const most = Math.max(1, ...gathered.of("resized").map(({ actual }) => actual));
  assert(most <= 16, `${most} workers for 300 jobs that wait`);
});

Deno.test("elasticity: a limit of 1 worker is kept, whatever waits", async () => {
  await using runtime = await live(elastic(1, 1, 100));
  await until(() => runtime.status().size === 1);
  const pids = runtime.workerPids;
  await using gathered = gather(runtime);
  await Promise.all(Array.from({ length: 50 }, () => runtime.run("toy", { do: "block", ms: 4 })));
  assertEquals(gathered.of("resized"), []);
  assertEquals(runtime.workerPids, pids);
  assertEquals(runtime.status().ended, { done: 50 });
});

Deno.test("elasticity: a pool may shrink to nothing and come back", async () => {
  await using runtime = await live(elastic(0, 4, 100));
  assertEquals(await runtime.run("toy", { do: "echo", value: 1 }), 1);
  await until(() => runtime.status().size === 0 && alive(runtime) === 0);
  assertEquals(await runtime.run("toy", { do: "echo", value: 2 }), 2);
});

/** Workers that had been ready and did not end by themselves when asked. */
function stoppedWithForce(facts: readonly Extract<Fact, { type: "worker" }>[]): string[] {
  const ready = new Set<string>();
  const stopped: string[] = [];
  for (const { seat, generation, state, because } of facts) {
    if (state === "ready") ready.add(`${seat}.${generation}`);
    if (state !== "gone" || because === "exited with 0") continue;
    if (ready.has(`${seat}.${generation}`)) stopped.push(`${seat}.${generation} ${because}`);
  }
  return stopped;
}
