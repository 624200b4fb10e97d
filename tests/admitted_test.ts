/** Rates, deadlines and waits by class in a whole runtime. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { Refusal } from "../actors/runtime.ts";
import type { JobSpec } from "../messages/job.ts";
import { type Live, live } from "./live.ts";
import { until } from "./until.ts";

const took = (units: Record<string, number>, retryAfterMs?: number): JobSpec => ({
  task: "toy",
  input: { do: "took", units, ...(retryAfterMs !== undefined && { retryAfterMs }) },
  key: "api:x",
  units: { tokens: 90 },
});

const ended = async (runtime: Live, spec: JobSpec) => {
  const { id } = await runtime.submit(spec);
  return (await runtime.wait(id, 30_000))!;
};

const config = {
  limits: { "api:*": { rates: { tokens: "100/h" } }, "one:*": { each: 1 } },
  jobs: { queueTimeouts: { lowMs: 30 } },
};

Deno.test("rates: a task says what it took, and when to come again, all the way", async () => {
  await using runtime = await live(config);
  const used = () =>
    runtime.status().limits.find(({ pattern }) => pattern === "api:*")!.hottest[0]!.used;
  await ended(runtime, took({ tokens: 7.5 }));
  assertEquals(used(), { tokens: 7.5 });
  const bad = await ended(runtime, took({ tokens: -1 }));
  assertEquals(bad.outcome!.message, "TypeError: took: tokens must be a number >= 0, given -1");
  const { id } = await runtime.submit(took({}));
  assertEquals((await runtime.why(id))!.gate, "rate");
  await runtime.cancel(id);
  const free = { units: { tokens: 1 } };
  await ended(runtime, { ...took({ tokens: 0 }, 3_600_000), ...free });
  const { id: next } = await runtime.submit({ ...took({}), ...free });
  const why = (await runtime.why(next))!;
  assertEquals([why.gate, why.state], ["rate", "blocked"]);
  assert(why.etaMs! > 3_500_000 && why.etaMs! <= 3_600_000, `${why.etaMs}`);
  assertEquals(runtime.status().pools[0]!.queued, 0, "it is no part of the backlog");
  await runtime.cancel(next);
  const error = await assertRejects(() => runtime.submit({ ...took({}), units: { tokens: 101 } }));
  assert(error instanceof Refusal && error.code === "invalid_units");
  assertEquals(
    error.message,
    "/units/tokens must be at most 100: the key api:x has 100/h (limit api:*), given 101",
  );
});

Deno.test("admission: deadlines and waits by class end jobs, also before they are taken", async () => {
  await using runtime = await live(config);
  const one: JobSpec = { task: "toy", input: { do: "heed" }, key: "one:a" };
  const code = async (spec: JobSpec) =>
    (await assertRejects(() => runtime.submit({ ...one, ...spec })) as Refusal).code;
  assertEquals(await code({ deadlineAt: Date.now() - 1 }), "deadline_passed");
  assertEquals(await code({ deadlineAt: "2020-01-01T00:00:00Z" }), "deadline_passed");
  assertEquals(await code({ deadlineAt: "tomorrow" }), "invalid_deadline");
  const later = { delayMs: 60_000, deadlineAt: Date.now() + 30_000 };
  assertEquals(await code(later), "invalid_deadline");

  const { id } = await runtime.submit(one);
  await until(async () => (await runtime.job(id))!.state === "running");
  const [low, waiting] = await Promise.all([
    ended(runtime, { ...one, priority: "low" }),
    ended(runtime, { ...one, deadlineAt: Date.now() + 500 }),
  ]);
  assertEquals([low.state, low.outcome!.code], ["expired", "queue_timeout"]);
  assertEquals([waiting.state, waiting.outcome!.code], ["expired", "deadline_passed"]);
  await runtime.cancel(id);
  const running = await ended(runtime, { ...one, deadlineAt: Date.now() + 1_000 });
  assertEquals([running.state, running.outcome!.code], ["timedOut", "deadline_passed"]);
});
