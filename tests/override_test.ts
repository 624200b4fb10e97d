/** The operator's words over HTTP: each holds, says until when, and ends by itself; settings reach all workers. */
import { assert, assertEquals } from "@std/assert";
import type { PatchedPool } from "../messages/status.ts";
import { fixedAt, type Live, live } from "./live.ts";
import { until } from "./until.ts";

/** Sends a patch and returns what the pool is then. */
async function patch(runtime: Live, body: object): Promise<PatchedPool> {
  const response = await runtime.fetch(
    new Request("http://localhost/api/v1/pools/default", {
      method: "PATCH",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    }),
  );
  assertEquals(response.status, 200);
  return await response.json();
}

const words: readonly (readonly [body: object, state: string])[] = [
  [{ pinned: 2 }, "pinned"],
  [{ workers: 3 }, "pinned"],
  [{ paused: true }, "paused"],
  [{ paused: "in" }, "pausedIn"],
  [{ paused: "out" }, "pausedOut"],
  [{ paused: "both" }, "pinned"],
  [{ drained: true }, "drained"],
];

Deno.test("override: each word over HTTP holds until it is over, and policies decide again", async () => {
  await using runtime = await live({ pools: { default: { workers: { min: 1, max: 4 } } } });
  const operator = () => runtime.pool().status().operator;
  for (const [body, state] of words) {
    const sentAt = Date.now();
    const { operator: told } = await patch(runtime, { ...body, for: "200ms" });
    assertEquals(told.state, state, JSON.stringify(body));
    const endsAt = Date.parse(told.until!);
    assert(endsAt >= sentAt + 200 && endsAt <= Date.now() + 200, `${endsAt - sentAt} ms`);
    await until(() => operator().state === "auto");
    assert(Date.now() >= endsAt - 1, `${JSON.stringify(body)} was over too soon`);
  }
  const { operator: kept } = await patch(runtime, { pinned: 2 });
  assertEquals(
    [kept.state, kept.until],
    ["pinned", null],
    "without a time it holds until the next word",
  );
  assertEquals((await patch(runtime, { pinned: false })).operator.state, "auto");
  assertEquals(await runtime.run("toy", { do: "echo", value: 7 }), 7);
});

Deno.test("override: who asks for a size is told how far the pool is from it", async () => {
  await using runtime = await live({ pools: { default: { workers: { min: 1, max: 4 } } } });
  await until(() => runtime.status().size === 1);
  assertEquals(runtime.pool().resize(3), { desired: 3, actual: 1 });
  const { resized, operator, workers } = await patch(runtime, { workers: 4 });
  assertEquals([resized, operator.workers], [{ desired: 4, actual: workers.ready }, 4]);
  await until(() => runtime.status().size === 4);
  assertEquals((await patch(runtime, { workers: 2 })).resized, { desired: 2, actual: 2 });
  assertEquals((await patch(runtime, { pinned: 2 })).resized, undefined);
});

Deno.test("override: all workers go by a new version of the configuration once it is acknowledged", async () => {
  await using runtime = await live({
    ...fixedAt(4),
    pools: { default: { ...fixedAt(4).pools!.default, slots: { max: 1 } } },
  });
  await until(() => runtime.status().size === 4);
  const wake = new AbortController();
  const jobs = Array.from(
    { length: 12 },
    () => runtime.run("toy", { do: "heed" }, { signal: wake.signal }),
  );
  const running = () => runtime.status().running;
  await until(() => running() === 4);
  const { versions, version } = await runtime.config.patch({
    pools: { default: { slots: { max: 2 } } },
  });
  const made = versions.at(-1)!;
  assertEquals([version, made.acks.map(({ actor }) => actor)], [2, ["workers"]]);
  assert(made.acks.every(({ tookMs }) => tookMs <= 1_000), JSON.stringify(made.acks));
  await until(() => running() === 8);
  wake.abort("enough");
  await Promise.allSettled(jobs);
});
