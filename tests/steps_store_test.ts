/** Workflows in the store: both fillings find the same. */
import { assertEquals } from "@std/assert";
import type { Change, Store } from "../actors/ports.ts";
import { memoryStore } from "../actors/stores/memory.ts";
import { sqliteStore } from "../actors/stores/sqlite/mod.ts";

const fillings: Record<string, (directory: string) => Promise<Store>> = {
  memory: () => Promise.resolve(memoryStore({ rowsMax: 100_000 })),
  sqlite: (directory) => sqliteStore({ directory }),
};

function accepted(id: number, executionId: string): Change {
  return { type: "accepted", job: { id, acceptedAt: id, spec: { task: "t", executionId } } };
}

function ended(id: number, type: "done" | "cancelled" | "failed", code?: string): Change {
  const resources = { cpuSeconds: null, peakBytes: null, ioBytes: null, source: "none" as const };
  const base = { type, attempts: 1, waitMs: 0, durationMs: 0, resources, worker: null };
  const outcome = code === undefined ? base : { ...base, code };
  return { type: "ended", ended: { id, endedAt: Date.now(), outcome } };
}

for (const [name, open] of Object.entries(fillings)) {
  Deno.test(`steps: ${name} finds workflows by their latest job, however many jobs they have`, async () => {
    const directory = await Deno.makeTempDir();
    const store = await open(directory);
    // More than one answer of the store's thread looks at: "long" has the first and the last.
    const changes = [accepted(1, "old"), accepted(2, "long"), ended(1, "cancelled", "skipped")];
    for (let id = 3; id <= 12_000; id++) changes.push(accepted(id, id % 2 ? 'many "1"' : "more"));
    changes.push(accepted(12_001, "long"), ended(3, "done"), ended(4, "failed"));
    store.append(changes);
    const list = async (limit: number, before?: number) => {
      const query = { type: "workflows", limit, ...(before !== undefined && { before }) } as const;
      return (await store.read(query)).map(({ executionId, jobs, open, done }) =>
        [executionId, jobs, open, done] as const
      );
    };
    await store.read({ type: "job", id: 1 });
    const all = await list(9);
    assertEquals(all, [
      ["long", 2, 2, 0],
      ["more", 5_999, 5_998, 0],
      ['many "1"', 5_999, 5_998, 1],
      ["old", 1, 0, 1],
    ]);
    assertEquals(await list(2), all.slice(0, 2));
    assertEquals(await list(9, 12_000), all.slice(2));
    assertEquals(await list(9, 12_001), all.slice(1));
    const steps = await store.read({ type: "steps", executionId: "long", limit: 9 });
    assertEquals(steps.map(({ job }) => job.id), [2, 12_001]);
    await store.close();
    await Deno.remove(directory, { recursive: true });
  });
}
