import { assertEquals, assertGreater, assertStringIncludes } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import type { Change, Store } from "../actors/ports.ts";
import { Refusal } from "../actors/runtime.ts";
import { migrations } from "../actors/stores/sqlite/migrations.ts";
import { sqliteStore, type SqliteStoreOptions } from "../actors/stores/sqlite/mod.ts";
import { until } from "./until.ts";

const now = Date.now();

function accepted(id: number): Change {
  return { type: "accepted", job: { id, acceptedAt: now, spec: { task: "noop", input: id } } };
}

function ended(id: number, endedAt = now, type: "done" | "failed" = "done"): Change {
  const resources = { cpuSeconds: 1, peakBytes: 2, ioBytes: null, source: "worker" as const };
  const outcome = { type, attempts: 1, waitMs: 1, durationMs: 1, resources, worker: null };
  return { type: "ended", ended: { id, endedAt, outcome } };
}

const jobIds = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, i) => first + i);

async function withDirectory(test: (directory: string) => Promise<void> | void): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await test(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** Opens, does and closes, whatever happens. */
async function using<T>(
  options: SqliteStoreOptions,
  work: (store: Store) => Promise<T> | T,
): Promise<T> {
  const store = await sqliteStore(options);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** Stores the changes and closes. */
const fill = (directory: string, changes: readonly Change[]) =>
  using({ directory }, (store) => void store.append(changes));

async function openIds(store: Store): Promise<number[]> {
  const ids: number[] = [];
  for await (const page of store.recover()) {
    if (page.type === "open") ids.push(...page.jobs.map(({ id }) => id));
  }
  return ids;
}

async function storedIds(store: Store): Promise<number[]> {
  return (await store.read({ type: "jobs", limit: 1_000_000 })).map(({ job }) => job.id);
}

async function refusal(options: SqliteStoreOptions): Promise<Refusal> {
  try {
    await (await sqliteStore(options)).close();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error("The store was opened.");
}

function alter(directory: string, sql: string): void {
  const db = new DatabaseSync(`${directory}/flyball.db`);
  db.exec(sql);
  db.close();
}

const unusable: Record<string, {
  readonly make: (directory: string) => void;
  readonly code: string;
  readonly says: readonly string[];
  readonly path?: string;
}> = {
  "a directory that is a file": {
    make: (directory) => Deno.writeTextFileSync(`${directory}/file`, ""),
    path: "/file",
    code: "cannot_create",
    says: ["/file"],
  },
  "a directory below a file": {
    make: (directory) => Deno.writeTextFileSync(`${directory}/file`, ""),
    path: "/file/data",
    code: "cannot_create",
    says: ["/file/data"],
  },
  "a database of garbage": {
    make: (directory) => Deno.writeTextFileSync(`${directory}/flyball.db`, "garbage ".repeat(999)),
    code: "bad_store",
    says: ["flyball.db", "not a database"],
  },
  "an empty database file": {
    make: (directory) => Deno.writeTextFileSync(`${directory}/flyball.db`, ""),
    code: "bad_store",
    says: ["flyball.db", "it is empty"],
  },
  "a directory in the place of the database": {
    make: (directory) => Deno.mkdirSync(`${directory}/flyball.db`),
    code: "bad_store",
    says: ["flyball.db", "it is not a file"],
  },
  "the database of another program": {
    make: (directory) => alter(directory, "create table songs (title text)"),
    code: "bad_store",
    says: ["flyball.db", "another program"],
  },
};

for (const [what, { make, code, says, path = "" }] of Object.entries(unusable)) {
  Deno.test(`sqlite store: refuses ${what}`, () =>
    withDirectory(async (directory) => {
      make(directory);
      const refused = await refusal({ directory: directory + path });
      assertEquals(refused.code, code);
      for (const words of says) assertStringIncludes(refused.message, words);
      assertEquals(refused.message.includes("\n"), false);
    }));
}

Deno.test("sqlite store: refuses a directory it may not write in", async () => {
  // The kernel's own files refuse every user, root too.
  assertEquals((await refusal({ directory: "/proc/flyball" })).code, "cannot_create");
});

Deno.test("sqlite store: refuses a schema of the future and leaves it as it is", () =>
  withDirectory(async (directory) => {
    await fill(directory, [accepted(1)]);
    alter(directory, "pragma user_version = 99");
    const refused = await refusal({ directory });
    assertEquals(refused.code, "schema_newer");
    assertStringIncludes(refused.message, `have 99, want at most ${migrations.length}`);
    alter(directory, `pragma user_version = ${migrations.length}`);
    assertEquals(await using({ directory }, openIds), [1]);
  }));

Deno.test("sqlite store: takes over a database of the first version", () =>
  withDirectory(async (directory) => {
    await fill(directory, [accepted(1)]);
    alter(
      directory,
      "drop table schedules; drop table steps; drop table slots; drop table tries;" +
        "pragma user_version = 1",
    );
    assertEquals(await using({ directory }, openIds), [1]);
    const steps = { type: "steps", executionId: "w", limit: 9 } as const;
    assertEquals(await using({ directory }, (store) => store.read(steps)), []);
  }));

Deno.test("sqlite store: creates its directory for its user alone", () =>
  withDirectory((directory) =>
    using({ directory: `${directory}/a/b` }, () => {
      assertEquals(Deno.statSync(`${directory}/a/b`).mode! & 0o777, 0o700);
      assertEquals(Deno.statSync(`${directory}/a/b/flyball.db`).mode! & 0o777, 0o600);
    })
  ));

Deno.test("sqlite store: refuses a second instance, naming the first, until that has closed", () =>
  withDirectory(async (directory) => {
    await using({ directory }, async () => {
      const refused = await refusal({ directory });
      assertEquals(refused.code, "already_running");
      assertStringIncludes(refused.message, `pid ${Deno.pid} `);
    });
    assertEquals(await using({ directory }, ({ epoch }) => epoch), 2);
  }));

Deno.test("sqlite store: reports what could not be stored and goes on", () =>
  withDirectory((directory) =>
    using({ directory }, async (store) => {
      const intruder = new DatabaseSync(`${directory}/flyball.db`);
      intruder.exec("begin immediate");
      const lost = Promise.withResolvers<readonly [number, string]>();
      store.onFailed((lsn, because) => lost.resolve([lsn, because]));
      const lsn = store.append([accepted(1)]);
      assertEquals(await lost.promise, [lsn, "database is locked"]);
      assertEquals(store.committedLsn, 0);
      intruder.exec("rollback");
      intruder.close();
      const later = store.append([accepted(2)]);
      await until(() => store.committedLsn === later);
      assertEquals(await storedIds(store), [2]);
    })
  ));

Deno.test("sqlite store: says that changes after its end are lost", () =>
  withDirectory(async (directory) => {
    const store = await sqliteStore({ directory });
    await store.close();
    const lost = Promise.withResolvers<number>();
    store.onFailed((lsn) => lost.resolve(lsn));
    assertEquals(await Promise.all([store.append([accepted(1)]), lost.promise]), [1, 1]);
    const error = await store.read({ type: "job", id: 1 }).catch((error: Error) => error.message);
    assertEquals(error, "the store is closed");
  }));

Deno.test("sqlite store: forgets ended jobs by age and by number, open ones never", () =>
  withDirectory(async (directory) => {
    const day = 86_400_000;
    await fill(directory, [
      ...jobIds(1, 30).map(accepted),
      ...jobIds(1, 5).map((id) => ended(id, now - 2 * day)),
      ...jobIds(6, 10).map((id) => ended(id, now - 2 * day, "failed")),
      ...jobIds(12, 30).map((id) => ended(id)),
    ]);
    await using({ directory, retention: { rowsMax: 8 } }, async (store) => {
      const kept = [6, 7, 8, 9, 10, 11, ...jobIds(23, 30)];
      await until(async () => (await storedIds(store)).length <= kept.length);
      assertEquals(await storedIds(store), kept);
      await new Promise((resolve) => setTimeout(resolve, 200)); // Its thread sleeps by then.
      store.append(jobIds(31, 45).map(accepted));
      store.append(jobIds(31, 45).map((id) => ended(id)));
      await until(async () => (await storedIds(store)).at(-1) === 45);
      const latest = [6, 7, 8, 9, 10, 11, ...jobIds(38, 45)];
      await until(async () => (await storedIds(store)).length <= latest.length);
      assertEquals(await storedIds(store), latest);
    });
    const nextMonth = { wallMs: () => now + 30 * day };
    await using({ directory, clock: nextMonth }, async (store) => {
      await until(async () => (await storedIds(store)).length === 1);
      assertEquals(await openIds(store), [11]);
    });
    assertEquals(await using({ directory }, ({ lastJobId }) => lastJobId), 45);
  }));

Deno.test("sqlite store: sets damaged rows aside and recovers the others", () =>
  withDirectory(async (directory) => {
    await fill(directory, [...jobIds(1, 20).map(accepted), ended(1), ended(2)]);
    alter(
      directory,
      `update jobs set spec = replace(spec, 'noop', 'nope') where id = 5;
       update jobs set acceptedAt = acceptedAt + 1 where id = 6;
       update jobs set acceptedAt = 9223372036854775807 where id = 7;
       update jobs set crc = crc + 1 where id = 20;
       update outcomes set outcome = '{' where id = 2;`,
    );
    await using({ directory }, async (store) => {
      // Job 2 is open again: to do it twice is better than to lose it.
      assertEquals(await openIds(store), [2, 3, 4, ...jobIds(8, 19)]);
      assertEquals(store.corruptRows, 5);
      assertEquals(store.lastJobId, 20);
      assertEquals(await store.read({ type: "job", id: 5 }), null);
    });
    const db = new DatabaseSync(`${directory}/flyball.db`);
    const kept = db.prepare("select source, count(*) as n from quarantine group by source").all();
    db.close();
    assertEquals(kept.map(({ source, n }) => [source, n]), [["jobs", 4], ["outcomes", 1]]);
    assertEquals(await using({ directory }, ({ corruptRows }) => corruptRows), 0);
  }));

Deno.test("sqlite store: repairs a database with unreadable pages", () =>
  withDirectory(async (directory) => {
    await fill(directory, jobIds(1, 3_000).map(accepted));
    const path = `${directory}/flyball.db`;
    const bytes = await Deno.readFile(path);
    const page = 4096;
    // Inside a page of jobs: its header and first cell pointers.
    const at = bytes.length - bytes.length % page - 10 * page;
    bytes.fill(0xaa, at, at + 64);
    await Deno.writeFile(path, bytes);
    await using({ directory }, async (store) => {
      const ids = await openIds(store);
      assertGreater(store.corruptRows, 0);
      assertGreater(ids.length, 2_800);
      assertEquals([ids[0], ids.at(-1)], [1, 3_000]);
      assertGreater(store.lastJobId, 3_000);
    });
    assertEquals((await Deno.readFile(`${path}.damaged`)).length > 0, true);
    assertEquals(await using({ directory }, ({ corruptRows }) => corruptRows), 0);
  }));
