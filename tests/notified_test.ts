/** Every change of a pool's size is told, once, to whoever listens: the feed, both doors of it, and the log. */
import { assert, assertEquals } from "@std/assert";
import { composeConfig } from "../actors/config.ts";
import { ServiceLog } from "../cli/log/service_log.ts";
import type { Fact } from "../messages/facts.ts";
import { serve } from "../service/serve.ts";
import { type FeedReader, readEvents, readLive } from "./feed.ts";
import { gather, live } from "./live.ts";
import { until } from "./until.ts";

type Resized = Extract<Fact, { type: "resized" }>;

/** A change of size in a few words. */
const words = ({ from, actual, decision }: Resized) => `${from} ${actual} ${decision}`;

const resizedOf = ({ items }: FeedReader) =>
  items.flatMap((item) => "fact" in item && item.fact.type === "resized" ? words(item.fact) : []);

Deno.test("notified: there are as many events as changes of size, over each way", async () => {
  await using runtime = await live({ pools: { default: { workers: { min: 0, max: 6 } } } });
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
  const decisions = new Set(runtime.decisions().map(({ id }) => id));
  assert(told.every(({ decision }) => decisions.has(decision)));
  for (const reader of readers) await reader.close();
  await log.close();
});
