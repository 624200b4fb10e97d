/** What stores do: ours, one of others, and how the suite tells what one does not. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { createRuntime } from "../actors/create_runtime.ts";
import type { Store } from "../actors/ports.ts";
import { Refusal } from "../actors/refusal.ts";
import { taskFile } from "../actors/task_file.ts";
import { bodyHash } from "../actors/stores/body_hash.ts";
import { memoryStore } from "../actors/stores/memory.ts";
import { journalStore } from "../examples/store/journal.ts";
import { checkStore, runStoreCase, storeCases } from "../simulation/mod.ts";
import { accepted, ended, fillings, openJobs } from "./store_suite.ts";

const all = { ...fillings, journal: (directory: string) => journalStore(directory) };

const openIds = async (store: Store) => (await openJobs(store)).map(({ id }) => id);

/** Calls `use` with a folder that is gone afterwards. */
async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

for (const [kind, open] of Object.entries(all)) {
  for (const one of storeCases) {
    Deno.test(`${kind} store: ${one.does}`, () =>
      inFolder((folder) => runStoreCase(one, (place) => open(join(folder, place)))));
  }
}

/** A store in memory that does one thing otherwise. */
function spoiled(part: (store: Store) => Partial<Store>): Store {
  const store = memoryStore();
  return Object.create(store, Object.getOwnPropertyDescriptors(part(store)));
}

const faults: Record<string, readonly [part: (store: Store) => Partial<Store>, found: string]> = {
  "forgets open jobs": [
    () => ({ async *recover() {} }),
    "keeps a job open until it has ended",
  ],
  "tells nobody what is safe": [
    () => ({ onCommitted: () => {} }),
    "moves committedLsn to what append returned, and tells so in order",
  ],
  "finds jobs of all tasks, whatever is asked for": [
    (store) => ({
      read: (query) => store.read({ ...query, task: undefined } as typeof query),
    }),
    "finds jobs by ending, task, id and limit",
  ],
  "has lost its facts": [
    (store) => ({
      append: (changes) => store.append(changes.filter(({ type }) => type !== "fact")),
    }),
    "gives back facts from a place in the stream",
  ],
};
for (const [fault, [part, does]] of Object.entries(faults)) {
  Deno.test(`checkStore: finds a store that ${fault}`, async () => {
    const problems = await checkStore(() => spoiled(part));
    assert(problems.some((problem) => problem.startsWith(`${does}: `)), problems.join("\n"));
  });
}

Deno.test("checkStore: has nothing to say of ours, and of one that can't be opened what it says", async () => {
  assertEquals(await checkStore(() => memoryStore()), []);
  const problems = await checkStore(() => Promise.reject(new Error("no such host")));
  assertEquals(problems, storeCases.map(({ does }) => `${does}: no such host`));
});

Deno.test("createRuntime: jobs outlive it in a store of others, each with one end", () =>
  inFolder(async (folder) => {
    const tasks = { toy: taskFile(new URL("./tasks/toy.ts", import.meta.url)) };
    const first = await createRuntime({ tasks, store: await journalStore(folder) });
    const done = await first.submit({ task: "toy", input: { do: "echo", value: 1 } });
    assertEquals((await first.wait(done.id, 30_000))?.state, "done");
    assertEquals(first.status().store, "journal");
    const later = await first.submit({
      task: "toy",
      input: { do: "echo", value: 2 },
      delayMs: 500,
    });
    await first.close({ drainMs: 0 });
    await using second = await createRuntime({ tasks, store: await journalStore(folder) });
    assertEquals((await second.wait(later.id, 30_000))?.outcome?.output, 2);
    assertEquals((await second.job(done.id))?.outcome?.output, 1);
    assertEquals(second.status().epoch, 2);
  }));

Deno.test("createRuntime: a data directory and a store of others exclude each other", () =>
  inFolder(async (data) => {
    const refused = await assertRejects(
      () => createRuntime({ data, store: memoryStore() }),
      Refusal,
    );
    assertEquals([refused.code, refused.issues[0]?.pointer], ["invalid_options", "/store"]);
  }));

Deno.test("memory store: drops the oldest ended jobs and no open ones", async () => {
  const store = memoryStore({ rowsMax: 3 });
  for (let id = 1; id <= 10; id++) store.append([accepted(id)]);
  for (let id = 1; id <= 8; id++) store.append([ended(id)]);
  const records = await store.read({ type: "jobs", limit: 100 });
  assertEquals(records.map(({ job }) => job.id), [6, 7, 8, 9, 10]);
  assertEquals(await store.read({ type: "job", id: 5 }), null);
  assertEquals((await store.read({ type: "job", id: 6 }))?.ended?.id, 6);
  assertEquals(await openIds(store), [9, 10]);
});

Deno.test("bodyHash: sees what was asked for, not how it was written", () => {
  const hash = bodyHash({ task: "a", input: { x: 1, y: [1, 2] } });
  assertEquals(hash, bodyHash({ input: { y: [1, 2], x: 1 }, task: "a" }));
  assertEquals(hash, bodyHash({ task: "a", input: { x: 1, y: [1, 2] }, idempotencyKey: "k" }));
  assertEquals(hash, bodyHash({ task: "a", input: { x: 1, y: [1, 2] }, traceparent: "00-1" }));
  assert(hash !== bodyHash({ task: "a", input: { x: 1, y: [2, 1] } }));
  assert(hash !== bodyHash({ task: "b", input: { x: 1, y: [1, 2] } }));
  assert(bodyHash({ input: { a: 1 } }) !== bodyHash({ input: { b: 1 } }));
});
