/** Limits by key in a whole runtime. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { composeConfig } from "../actors/config.ts";
import { statusText } from "../cli/status.ts";
import type { JobSpec } from "../messages/job.ts";
import { fixedAt, type Live, live } from "./live.ts";
import { until } from "./until.ts";

const sleep = (spec: Partial<JobSpec>): JobSpec => ({ command: ["sleep", "60"], ...spec });

const running = async (runtime: Live, ids: readonly string[]) =>
  (await Promise.all(ids.map((id) => runtime.job(id)))).filter((job) => job!.state === "running")
    .length;

Deno.test("keyed: jobs wait for their keys, say so, and begin when limits are raised", async () => {
  await using runtime = await live(fixedAt(2));
  const accepted = await runtime.submitAll([
    ...[1, 2, 3].map(() => sleep({ projectId: "p" })),
    ...[1, 2].map(() => sleep({ keys: ["host:a", "agent:b"] })),
  ]);
  const ids = accepted.map(({ id }) => id);
  assertEquals(accepted.map(({ state }) => state), [
    "waiting",
    "blocked",
    "blocked",
    "waiting",
    "waiting",
  ]);
  await until(async () => await running(runtime, ids) === 3);
  const why = (await runtime.why(ids[2]!))!;
  assertEquals([why.gate, why.ahead], ["key", 1]);
  assertEquals(
    why.because,
    "1 of at most 1 jobs with the key project:p run (limit project:*)",
  );
  assertEquals((await runtime.job(ids[3]!))!.keys, ["agent:b", "host:a"]);
  const status = runtime.status();
  assertEquals(status.pending, 2);
  assertEquals(status.limits.find(({ pattern }) => pattern === "project:*"), {
    pattern: "project:*",
    each: 1,
    keys: 5,
    running: 1,
    active: 1,
    hottest: [{ key: "project:p", running: 1, waiting: 2 }],
  });
  assertMatch(
    statusText(status),
    /\nlimit project:\* \(1 each, 1 of 5 keys\): project:p 2 waiting, 1 running\n/,
  );
  const wider = { ...fixedAt(2), limits: { "project:*": { each: 2 } } };
  const { changes } = await runtime.reload(() =>
    composeConfig([{ name: "test", values: { store: { engine: "memory" }, ...wider } }])
  );
  assert(changes.some(({ key, live }) => key === "limits.project:*.each" && live));
  await until(async () => await running(runtime, ids) === 4);
  await runtime.cancel(ids[0]!);
  await until(() => runtime.status().pending === 0);
  for (const id of ids) await runtime.cancel(id);
});

Deno.test("keyed: the waiting do not make a pool grow", async () => {
  await using runtime = await live({ pools: { default: { workers: { min: 1, max: 4 } } } });
  const block = (): JobSpec => ({ task: "toy", input: { do: "block", ms: 2 }, key: "project:p" });
  const ids = (await runtime.submitAll(Array.from({ length: 200 }, block))).map(({ id }) => id);
  let most = 0;
  for (const id of ids) {
    await runtime.wait(id, 30_000);
    most = Math.max(most, runtime.status().size);
  }
  assertEquals(most, 1);
});
