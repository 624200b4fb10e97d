import { assertEquals } from "@std/assert";
import { beforeFacts } from "../actors/epoch.ts";
import type { Change, Store } from "../actors/ports.ts";
import { sqliteStore } from "../actors/stores/sqlite/mod.ts";
import { until } from "./until.ts";

const factsOf = (epoch: number): Change[] =>
  [1, 2, 3, 4, 5, 6].map((at) => ({
    type: "fact",
    stamped: {
      seq: beforeFacts(epoch) + at,
      at: Date.now(),
      fact: { type: "alert", level: "warning", code: "a", message: "b" },
    },
  }));

const numbers = async (store: Store) =>
  (await store.read({ type: "facts", from: 0, limit: 100 })).map(({ seq }) => seq);

Deno.test("facts: the last ones are kept, whatever start of the service they are of", async () => {
  const directory = await Deno.makeTempDir();
  const before = await sqliteStore({ directory });
  before.append([...factsOf(1), ...factsOf(2)]);
  await before.close();
  const store = await sqliteStore({ directory, retention: { rowsMax: 8 } });
  await until(async () => (await numbers(store)).length <= 8);
  const second = beforeFacts(2);
  assertEquals(await numbers(store), [5, 6, ...[1, 2, 3, 4, 5, 6].map((at) => second + at)]);
  await store.close();
  await Deno.remove(directory, { recursive: true });
});
