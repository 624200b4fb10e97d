import { assertEquals, assertGreater } from "@std/assert";
import type { Change, Store } from "../actors/ports.ts";
import { accepted, commit, fillings, now } from "./store_suite.ts";

const slot = (key: string, data: unknown = key, keptUntil = now + 1e9): Change => ({
  type: "slot",
  slot: { key, keptUntil, data },
});
const keys = async (store: Store, after: string, before: string, limit = 10) =>
  (await store.read({ type: "slots", after, before, limit })).map(({ key }) => key);

Deno.test("sqlite store: forgets slots whose time is over", async () => {
  const directory = await Deno.makeTempDir();
  const store = await fillings["sqlite"]!(directory);
  try {
    const old = Array.from({ length: 700 }, (_, i) => slot(`a/${i}`, 1, now - 1_000));
    await commit(store, ...old, slot("a/last"));
    assertEquals((await keys(store, "a/", "b", 1_000)).length, 201);
    await commit(store, slot("a/last"));
    assertEquals(await keys(store, "a/", "b", 1_000), ["a/last"]);
  } finally {
    await store.close();
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("sqlite store: slots outlive the repair of a damaged database", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const before = await fillings["sqlite"]!(directory);
    await commit(before, ...Array.from({ length: 50 }, (_, i) => slot(`a/${100 + i}`)));
    await commit(before, ...Array.from({ length: 3_000 }, (_, i) => accepted(i + 1)));
    await before.close();
    const path = `${directory}/flyball.db`;
    const bytes = await Deno.readFile(path);
    // Inside a page of jobs: its header and first cell pointers.
    const at = bytes.length - bytes.length % 4096 - 10 * 4096;
    bytes.fill(0xaa, at, at + 64);
    await Deno.writeFile(path, bytes);
    const store = await fillings["sqlite"]!(directory);
    try {
      assertGreater(store.corruptRows, 0);
      assertEquals((await keys(store, "a/", "b", 99)).length, 50);
    } finally {
      await store.close();
    }
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
