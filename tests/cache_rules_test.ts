/** Whose results are kept. */
import { assertEquals, assertThrows } from "@std/assert";
import { readKeeping } from "../actors/cache/config.ts";
import { KeepRules } from "../actors/cache/rules.ts";
import { composeConfig } from "../actors/config.ts";
import { Refusal } from "../actors/refusal.ts";
import type { JobSpec } from "../messages/job.ts";
import type { Keeping } from "../task.ts";
import { jobOf, task } from "./orders.ts";

Deno.test("cache rules: configuration has the last word about an operation", () => {
  const { cache, operations } = composeConfig([{
    name: "test",
    values: {
      cache: { ttlMs: "10m" },
      operations: {
        sha256sum: { cache: { keep: true, files: ["command"], contents: true } },
        off: { cache: { keep: false } },
        "long-*": { cache: { ttlMs: "2h" } },
      },
    },
  }]);
  const rules = new KeepRules(cache.ttlMs, operations);
  const of = (name: string, keeping: Keeping | null, spec: JobSpec = {}) =>
    rules.of(jobOf(1, { ...spec, operation: name }, { operation: { ...task, keeping } }));
  const plain = { ttlMs: 600_000, files: [], contents: false };
  assertEquals(of("sha256sum", null), { ...plain, files: ["command"], contents: true });
  assertEquals(of("sha256sum", null, { cache: false }), null);
  assertEquals(of("t", null), null);
  assertEquals(of("t", null, { cache: true }), plain);
  assertEquals(of("t", { ttlMs: 5, files: ["a"] }), { ...plain, ttlMs: 5, files: ["a"] });
  assertEquals([of("off", {}), of("off", {}, { cache: true })], [null, null]);
  assertEquals(of("long-x", { ttlMs: 5 }), { ...plain, ttlMs: 7_200_000 });
  assertEquals(of("long-x", null), null);
  const run = { ...task, grant: { ...task.grant, kind: "run" as const } };
  assertEquals(rules.of(jobOf(1, { cache: true }, { operation: run })), null);
});

Deno.test("cache rules: what a task says of its cache is checked", () => {
  assertEquals(readKeeping("t", null), null);
  assertEquals(readKeeping("t", { ttlMs: 1, files: ["", "a"] }), { ttlMs: 1, files: ["", "a"] });
  const wrong = [{ ttlMs: 0 }, { ttl: 1 }, { files: "path" }, { contents: 1 }, true];
  for (const given of wrong) {
    const error = assertThrows(() => readKeeping("t", given), Refusal, "Cannot register t");
    assertEquals(error.code, "invalid_cache");
  }
});
