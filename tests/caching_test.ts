/** What stays in a cache: four policies, and a memory cache over them. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Kept } from "../actors/cache/kept.ts";
import { cachingTable, hitRatio } from "../bench/caching/table.ts";
import { type CacheTrace, cacheTraces } from "../bench/caching/traces.ts";
import { docsRows } from "../policies/choice.ts";
import { cachingChoice, cachingPolicies, openShelf } from "../policies/caching/mod.ts";
import { ManualClock } from "./manual_clock.ts";

const names = cachingPolicies.map(({ name }) => name);

/** Asks for keys of 1 byte one after another; returns who has gone at each. */
function ask(policy: Parameters<typeof openShelf>[0], bytesMax: number, keys: string) {
  const shelf = openShelf(policy, bytesMax);
  const gone = [...keys].map((key) => {
    if (!shelf.has(key)) return shelf.add(key, 1).join("");
    shelf.touch(key);
    return "-";
  });
  return { gone: gone.join(" ").trim(), shelf };
}

Deno.test("caching lru: who was asked for longest ago goes", () => {
  assertEquals(ask({ name: "lru" }, 3, "abcadeb").gone, "- b c a");
});

Deno.test("caching lfu: who was asked for least often goes, the older of equals", () => {
  assertEquals(ask({ name: "lfu" }, 3, "abcabbde").gone, "- - - c d");
});

Deno.test("caching lfu: what was popular once goes when its count was halved often enough", () => {
  const keys = `${"a".repeat(9)}bcbcbcbcbcbcd`;
  const stays = ask({ name: "lfu", asks: 1_000 }, 3, keys).shelf;
  assertEquals([stays.has("a"), stays.has("b")], [true, false]);
  const halved = ask({ name: "lfu", asks: 2 }, 3, keys).shelf;
  assertEquals(halved.has("a"), false);
});

Deno.test("caching arc: who has gone too soon makes its side larger when it comes back", () => {
  // a is asked for twice; b leaves, comes back and stays beside it.
  assertEquals(ask({ name: "arc" }, 3, "abcadb").gone, "- b c");
  const { gone, shelf } = ask({ name: "arc" }, 3, "abcadbef");
  assertEquals(gone, "- b c a d");
  assertEquals([shelf.has("b"), shelf.has("e"), shelf.has("f")], [true, true, true]);
});

Deno.test("caching s3fifo: what is asked for once passes by those that are asked for again", () => {
  const { gone, shelf } = ask({ name: "s3fifo" }, 10, "abcdefghijakb");
  assertEquals(gone, "- b c");
  for (let n = 0; n < 100; n++) shelf.add(`once ${n}`, 1);
  assertEquals(["a", "b", "k"].map((key) => shelf.has(key)), [true, true, false]);
});

for (const name of names) {
  Deno.test(`caching ${name}: is never over its bound, and says who has gone`, () => {
    const op = fc.record({
      key: fc.nat(40),
      bytes: fc.integer({ min: 1, max: 60 }),
      out: fc.nat(9),
    });
    fc.assert(fc.property(fc.array(op, { maxLength: 200 }), fc.nat(200), (ops, bytesMax) => {
      const shelf = openShelf({ name }, bytesMax);
      const there = new Map<string, number>();
      for (const { key: n, bytes, out } of ops) {
        const key = `k${n}`;
        assertEquals(shelf.has(key), there.has(key));
        if (out === 0) {
          shelf.remove(key);
          there.delete(key);
        } else if (there.has(key)) shelf.touch(key);
        else {
          there.set(key, bytes);
          for (const gone of shelf.add(key, bytes)) {
            assert(there.delete(gone), `${gone} was not in`);
          }
        }
        const sum = there.values().reduce((all, one) => all + one, 0);
        assertEquals([shelf.bytes, shelf.size], [sum, there.size]);
        assert(sum <= bytesMax);
      }
    }));
  });

  Deno.test(`caching ${name}: a hit is what was put last, and not too old`, () => {
    const op = fc.record({
      key: fc.nat(12),
      put: fc.boolean(),
      length: fc.nat(400),
      ttlMs: fc.integer({ min: 1, max: 50 }),
      passMs: fc.nat(10),
      resize: fc.nat(30),
    });
    fc.assert(fc.property(fc.array(op, { maxLength: 100 }), (ops) => {
      const clock = { ms: 0, nowMs: () => clock.ms };
      const kept = new Kept(clock, { name }, 3_000);
      const last = new Map<string, { text: string; untilMs: number }>();
      for (const { key: n, put, length, ttlMs, passMs, resize } of ops) {
        const key = `k${n}`;
        clock.ms += passMs;
        if (resize === 0) kept.adopt({ name: names[n % names.length]! }, 1_000 + length * 5);
        if (put) {
          const text = `${length} `.padEnd(length, "ä");
          kept.put(key, text, ttlMs);
          last.set(key, { text, untilMs: clock.ms + ttlMs });
        } else {
          const text = kept.get(key);
          const { text: expected, untilMs } = last.get(key) ?? { text: null, untilMs: 0 };
          if (text !== null) assertEquals([text, clock.ms < untilMs], [expected, true]);
        }
        assert(kept.bytes <= kept.bytesMax);
      }
    }));
  });
}

Deno.test("caching: a text is good for its time, to the millisecond of the clock", async () => {
  const clock = new ManualClock();
  const kept = new Kept(clock, { name: "lru" }, 10_000);
  kept.put("a", "1", 100);
  await clock.advance(99);
  assertEquals(kept.get("a"), "1");
  await clock.advance(1);
  assertEquals([kept.get("a"), kept.size, kept.expired], [null, 0, 1]);
  kept.put("a", "2", 100);
  kept.put("a", "3", 100);
  assertEquals([kept.get("a"), kept.size, kept.evictions], ["3", 1, 0]);
});

Deno.test("caching: another policy or size takes over what fits", () => {
  const kept = new Kept(new ManualClock(), { name: "lru" }, 10_000);
  for (let n = 0; n < 10; n++) kept.put(`k${n}`, "x".repeat(100), 1_000);
  assertEquals([kept.size, kept.bytes], [10, 5_000]);
  kept.adopt({ name: "s3fifo" }, 10_000);
  assertEquals([kept.size, kept.get("k0")], [10, "x".repeat(100)]);
  kept.adopt({ name: "lru" }, 1_000);
  assertEquals([kept.size, kept.bytes, kept.evictions], [2, 1_000, 8]);
  kept.put("large", "x".repeat(1_000), 1_000);
  assertEquals([kept.get("large"), kept.size], [null, 2], "nobody goes for what has no room");
});

Deno.test("caching: the list gives schema and docs; what is unknown is refused by name", () => {
  assertEquals(cachingChoice.parse({ name: "s3fifo" }), {
    name: "s3fifo",
    smallRatio: 0.1,
    uses: 1,
  });
  for (const { options } of docsRows(cachingPolicies)) {
    for (const { help } of options) assert(help.length > 0);
  }
  assertThrows(() => openShelf({ name: "mru" }, 1), RangeError, "s3fifo, arc, lfu, lru");
});

const traces = new Map(cacheTraces().map((trace) => [trace.name, trace]));
const on = (trace: string, policy: string) => hitRatio(policy, traces.get(trace) as CacheTrace);

Deno.test("caching: arc and s3fifo stand sweeps and rounds that empty an lru", () => {
  for (const trace of ["scan", "loop"]) {
    for (const policy of ["arc", "s3fifo"]) {
      const [own, plain] = [on(trace, policy), on(trace, "lru")];
      assert(own > plain + 0.02, `${policy} ${own}, lru ${plain} on ${trace}`);
    }
  }
});

Deno.test("caching: docs/cache.md has the table over the traces as it is", async () => {
  const path = new URL("../docs/cache.md", import.meta.url);
  const unpadded = (text: string) => text.replaceAll(/-{3,}/g, "---").replaceAll(/ +/g, " ");
  const page = await Deno.readTextFile(path);
  const table = /\| trace[^]*?\n(?=\n)/.exec(page)![0];
  if (Deno.env.has("UPDATE")) await Deno.writeTextFile(path, page.replace(table, cachingTable()));
  else assertEquals(unpadded(table), unpadded(cachingTable()));
});
