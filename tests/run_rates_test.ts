/** What staged runs take of the rates of their keys. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import type { JobSpec, Stage } from "../messages/job.ts";
import { live } from "./live.ts";

Deno.test("run rates: what its stages took counts for its keys, as if it were one job", async () => {
  await using runtime = await live({
    limits: { "api:*": { rates: { tokens: "100/h", requests: "50/h" } } },
  });
  const outcomeOf = async (spec: JobSpec) =>
    (await runtime.wait((await runtime.submit(spec)).id, 30_000))!.outcome!;
  const took = (name: string, tokens: number, more: object = {}): Stage => ({
    name,
    task: "toy",
    input: { do: "took", units: { tokens }, ...more },
  });
  const spec: JobSpec = { key: "api:x", units: { tokens: 80, requests: 3 }, stages: [] };
  await outcomeOf({
    ...spec,
    stages: [took("ask", 30), took("think", 0), took("check", 20.5)],
  });
  const limit = runtime.status().limits.find(({ pattern }) => pattern === "api:*");
  assertEquals(limit!.rates!.map(({ unit, taken }) => [unit, taken]), [
    ["tokens", 50.5],
    ["requests", 3],
  ]);
  assertEquals(limit!.hottest[0]!.used, { tokens: 50.5, requests: 3 });
  const units = { tokens: 10 };
  const { type, retryAfterMs, stages } = await outcomeOf({
    ...spec,
    units,
    stages: [took("ask", 9.5, { retryAfterMs: 3_600_000 }), { ...took("clean", 1), always: true }],
  });
  assertEquals([type, stages![0]!.retryAfterMs], ["failed", 3_600_000]);
  assert(retryAfterMs! > 3_590_000 && retryAfterMs! <= 3_600_000, `${retryAfterMs}`);
  const { id } = await runtime.submit({ ...spec, units, stages: [took("later", 1)] });
  const { because } = (await runtime.why(id))!;
  assertMatch(because, /Jobs with the key api:x were told to wait/);
  await runtime.cancel(id);
});
