/** How a routing that was chosen comes to pass: who is waited for, for how long, and what if it fails. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import type { ConfigInput } from "../actors/config.ts";
import { type Job, viewJob } from "../actors/job.ts";
import { Refusal } from "../actors/refusal.ts";
import { whyWaits } from "../actors/why.ts";
import { messages } from "../messages/wire.ts";
import { bindRouting, type Routing } from "../policies/routing/mod.ts";
import { mulberry } from "./chance.ts";
import { stage, submit } from "./dispatcher_stage.ts";
import { fixedAt, type Live, live } from "./live.ts";
import { orderOf } from "./orders.ts";
import { SystemStage } from "./system_stage.ts";

const { began, returned } = messages;

/** A stage whose jobs go as `name` says. */
function routed(count: number, name: string, options: unknown = {}) {
  const made = stage(count);
  made.dispatcher.router.adopt(bindRouting(name, options));
  const sent = () => made.held.map(({ length }) => length);
  return { ...made, sent };
}

Deno.test("router: a job waits for the worker whose turn it is, then goes to one with room", async () => {
  const { clock, queue, puppets: [one], sent, serve } = routed(2, "roundRobin");
  for (let i = 0; i < 2; i++) await submit(queue);
  serve(1);
  const third = await submit(queue);
  assertEquals(sent(), [1, 0], "it waits for the first, who has begun nothing yet");
  await clock.advance(99);
  assertEquals(sent(), [1, 0]);
  await clock.advance(1);
  assertEquals(sent(), [1, 1]);
  serve(1);
  await submit(queue);
  assertEquals(sent(), [1, 1], "the first is waited for no more");
  one!.say(began.kind, 1, 0.5);
  await submit(queue);
  assertEquals(sent(), [2, 1], "until it has room");
  assertEquals(third.state, "done");
});

Deno.test("router: a job goes as soon as the worker it waits for has room", async () => {
  const { clock, queue, puppets: [one], sent, serve } = routed(2, "roundRobin");
  for (let i = 0; i < 2; i++) await submit(queue);
  serve(1);
  await submit(queue);
  await clock.advance(50);
  one!.say(began.kind, 1, 0.5);
  assertEquals(sent(), [2, 0]);
  for (let i = 0; i < 3; i++) await submit(queue);
  assertEquals(sent(), [3, 2]);
  serve(1);
  await submit(queue);
  await clock.advance(99);
  assertEquals(sent(), [3, 1], "the next turn of the first has its own time");
  await clock.advance(1);
  assertEquals(sent(), [3, 2]);
});

Deno.test("router: without patience a job goes to who has room", async () => {
  const { queue, sent, serve } = routed(2, "weighted", { weights: [9], patienceMs: 0 });
  for (let i = 0; i < 2; i++) await submit(queue);
  serve(1);
  await submit(queue);
  assertEquals(sent(), [1, 1]);
});

Deno.test("router: a job that is given back has another turn, and so has who gave it", async () => {
  const { queue, puppets: [one], sent } = routed(2, "roundRobin");
  const job = await submit(queue);
  one!.say(returned.kind, [job.slot]);
  await submit(queue);
  assertEquals(sent(), [2, 1]);
});

Deno.test("router: who takes no jobs is not waited for", async () => {
  const { queue, sent, puppets: [one] } = routed(2, "roundRobin", { patienceMs: 60_000 });
  await submit(queue, orderOf({}, { limits: { cpuCores: 1 } }));
  assert(one!.link.exclusive);
  await submit(queue);
  assertEquals(sent(), [1, 1]);
});

const shares: readonly [string, unknown, readonly number[]][] = [
  ["roundRobin", {}, [300, 300, 300]],
  ["weighted", { weights: [1, 2, 3] }, [150, 300, 450]],
];
for (const [name, options, expected] of shares) {
  Deno.test(`router ${name}: 900 jobs at once on workers of uneven speed are ${expected}`, async () => {
    const unit = mulberry(900);
    const { queue, puppets, serve } = routed(3, name, options);
    for (let i = 0; i < 900; i++) queue.submitOne(orderOf());
    await Promise.resolve();
    // No time goes by, so nobody is passed over.
    while (queue.open.size > 0) serve(Math.floor(3 * unit() ** 2));
    assertEquals(puppets.map(({ link }) => link.served), expected);
  });
}

Deno.test("router: one that fails is told of and asked no more until another is chosen", async () => {
  const failing = (route: Routing["route"]): Routing => ({
    name: "failing",
    patienceMs: 0,
    start: () => null,
    route,
  });
  const { dispatcher: { router }, queue, facts, sent } = stageOf(failing(() => {
    throw new Error("out of turns");
  }));
  await submit(queue);
  assertEquals(sent(), 1, "the job goes by the pool's own rule");
  router.adopt(failing(() => [7, null]));
  await submit(queue);
  router.adopt(bindRouting("leastConnections"));
  await submit(queue);
  assertEquals([sent(), facts.length], [3, 2]);
  const told = facts.map((fact) => fact.type === "alert" && [fact.code, fact.message]);
  const message = "Jobs go to who has fewest until another routing is chosen: failing failed: ";
  assertEquals(told, [
    ["routing_failed", `${message}Error: out of turns`],
    ["routing_failed", `${message}RangeError: chose 7, which was not offered`],
  ]);
});

/** Three workers whose jobs go as `routing` says. */
function stageOf(routing: Routing) {
  const made = stage(3);
  made.dispatcher.router.adopt(routing);
  const sent = () => made.held.reduce((sum, { length }) => sum + length, 0);
  return { ...made, sent };
}

Deno.test("router: why says whom the next job waits for, and for how long", async () => {
  const { clock, system } = new SystemStage({
    min: 2,
    max: 2,
    part: { holds: true, jobMs: (payload) => Number(payload) },
  });
  await clock.advance(100);
  system.pool.dispatcher.router.adopt(bindRouting("roundRobin", { patienceMs: 500 }));
  const why = (job: Job) => {
    const { gate, because } = whyWaits(system, viewJob(job, 0));
    return [gate, because];
  };
  const jobs = [];
  // The first worker may have two beside its long one, as such jobs were short so far.
  for (const ms of [2_000, 2, 2, 2, 2, 2, 2, 2]) {
    jobs.push(await submit(system.queue, orderOf({}, { payload: String(ms) })));
    await clock.advance(10);
  }
  const because =
    "It is next, and roundRobin has chosen the worker in seat 1, which has no room; " +
    "after 500 ms it goes to another";
  assertEquals(why(jobs[6]!), ["position", because]);
  assertEquals(why(jobs[7]!), ["position", "1 job will be begun before it"]);
  await clock.advance(500);
  const ended = jobs.map(({ outcome }) => outcome !== null);
  assertEquals(ended, [false, true, false, true, false, true, true, true]);
});

const backwards = `
  import { z } from "${import.meta.resolve("zod/mini")}";
  export default {
    name: "backwards",
    help: "From the last to the first.",
    options: z.strictObject({ by: z._default(z.int(), 1) }),
    patienceMs: () => 60_000,
    start: () => 0,
    route: (turn, workers, _chance, { by }) => {
      const at = (turn + by) % workers.length;
      return [workers[workers.length - 1 - turn % workers.length].seat, at];
    },
  };
`;

/** Jobs done by each worker, in the order of seats. */
async function served(runtime: Live, jobs: number, inFlight: number): Promise<number[]> {
  const counts = [0, 0, 0];
  const items = Array.from({ length: jobs }, () => ({ do: "nap", ms: 1 }) as const);
  for await (const { worker } of runtime.map("toy", items, { settle: true, inFlight })) {
    counts[parseInt(worker!) - 1]!++;
  }
  return counts;
}

Deno.test("router: three real workers have jobs as a file outside of the project says, then by weight", async () => {
  const module = await Deno.makeTempFile({ suffix: ".ts" });
  await Deno.writeTextFile(module, backwards);
  const chosen = (routing: unknown) =>
    ({ pools: { default: { ...fixedAt(3).pools!.default, routing } } }) as ConfigInput;
  await assertRejects(() => live(chosen({ module, by: "1" })), Refusal, "pools.default.routing.by");
  await assertRejects(
    () => live(chosen({ module, name: "forwards" })),
    Refusal,
    "pools.default.routing.name",
  );
  await using runtime = await live(chosen({ module, name: "backwards", by: 2 }));
  assertEquals(await served(runtime, 30, 1), [10, 10, 10]);
  const outcomes = [];
  for (let job = 0; job < 3; job++) {
    const run = await runtime.map("toy", [{ do: "nothing" } as const], { settle: true }).next();
    outcomes.push(run.value!.worker);
  }
  assertEquals(outcomes, ["3.1", "1.1", "2.1"], "two steps back each");
  // A worker may be held up for long here, and is waited for.
  const by = (routing: object) => runtime.config.patch({ pools: { default: { routing } } });
  await by({ name: "weighted", weights: [1, 2, 3], patienceMs: "60s" });
  const counts = await served(runtime, 900, 900);
  for (const [i, share] of [150, 300, 450].entries()) {
    assert(Math.abs(counts[i]! - share) <= 0.02 * share, `${counts}`);
  }
  await assertRejects(() => by({ name: "fastest" }), Refusal, "pools.default.routing.name");
});
