/** Every change of a pool's size is told, once, to whoever listens: the feed, both its doors, the log, a webhook. */
import { assert, assertEquals } from "@std/assert";
import { composeConfig } from "../actors/config.ts";
import { ServiceLog } from "../cli/log/service_log.ts";
import type { Fact } from "../messages/facts.ts";
import { serve } from "../service/serve.ts";
import { type FeedReader, readEvents, readLive } from "./feed.ts";
import { gather, live, tempFolder } from "./live.ts";
import { until } from "./until.ts";

type Resized = Extract<Fact, { type: "resized" }>;

/** A change of size in a few words. */
const words = ({ from, actual, decision }: Resized) => `${from} ${actual} ${decision}`;

const resizedOf = ({ items }: FeedReader) =>
  items.flatMap((item) => "fact" in item && item.fact.type === "resized" ? words(item.fact) : []);

Deno.test("notified: there are as many events as changes of size, over each way", async () => {
  await using folder = await tempFolder();
  const hooked: string[] = [];
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const { news, title, resize } = await request.json();
      assertEquals([news, request.headers.get("idempotency-key")?.slice(0, 1)], ["resized", "r"]);
      assertEquals(title, `[flyball] resized: default ${resize.from} -> ${resize.to} workers`);
      hooked.push(`${resize.from} ${resize.to} ${resize.decision}`);
      return new Response("thanks");
    },
  );
  const urlFile = `${folder.path}/url`;
  await Deno.writeTextFile(urlFile, `http://127.0.0.1:${server.addr.port}/`, { mode: 0o600 });
  await using runtime = await live({
    pools: { default: { workers: { min: 0, max: 6 } } },
    alerts: { sinks: { ops: { type: "webhook", urlFile, resizes: true, everyMs: 0 } } },
  });
  await using gathered = gather(runtime);
  await using service = await serve(runtime, { port: 0 });
  const lines: { type: string; from: number; to: number; decision: number }[] = [];
  const log = new ServiceLog(composeConfig([{ name: "test", values: {} }]).log, {
    ...{ runtime, address: "here", env: {}, secrets: [] },
    standard: (text) => {
      lines.push(...text.trimEnd().split("\n").map((line) => JSON.parse(line)));
      return Promise.resolve();
    },
  });
  const readers = [await readEvents(service.url), await readLive(service.url)];
  const pool = runtime.pool();
  let [grown, shrunk, size] = [0, 0, runtime.status().size];
  for (const workers of [3, 5, 1, 4, 0, 2]) {
    grown += Math.max(0, workers - size);
    shrunk += Math.max(0, size - workers);
    size = workers;
    pool.resize(workers);
    await until(() => runtime.status().size === workers && runtime.workerPids.length === workers);
  }
  const last = () => gathered.of("resized").at(-1)?.actual === 2;
  await until(last);
  const told = gathered.of("resized");
  const sums = told.map(({ from, actual }) => actual - from);
  assertEquals(sums.filter((by) => by > 0).reduce((sum, by) => sum + by, 0), grown);
  assertEquals(sums.filter((by) => by < 0).reduce((sum, by) => sum - by, 0), shrunk);
  const expected = told.map(words);
  const logged = () =>
    lines.filter(({ type }) => type === "resized")
      .map(({ from, to, decision }) => `${from} ${to} ${decision}`);
  await until(() =>
    [...readers.map(resizedOf), logged()].every((of) => of.length >= expected.length)
  );
  assertEquals(readers.map(resizedOf), [expected, expected]);
  assertEquals(logged(), expected);
  // What the pool came up with was told as well, before anybody else listened.
  await until(() => hooked.at(-1) === expected.at(-1));
  assertEquals(hooked.slice(-expected.length), expected);
  assertEquals(new Set(hooked).size, hooked.length, "each once");
  const decisions = new Set(runtime.decisions().map(({ id }) => id));
  assert(told.every(({ decision }) => decisions.has(decision)));
  for (const reader of readers) await reader.close();
  await log.close();
});
