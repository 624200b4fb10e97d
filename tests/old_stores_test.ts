/** Databases as every earlier version of the schema has left them: they open, and their jobs run. */
import { assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { createRuntime } from "../actors/create_runtime.ts";
import { sqliteStore } from "../actors/stores/sqlite/mod.ts";
import { migrations } from "../actors/stores/sqlite/migrations.ts";

const fixtures = new URL("./fixtures/stores/", import.meta.url);
/** What they have ended is of a time long ago, which a runtime would forget. */
const retention = { doneMs: 1e13, othersMs: 1e13 };

/** Each was written by the code of that time; who adds a migration adds one that was before it. */
const versions = Array.from({ length: migrations.length - 1 }, (_, i) => i + 1);

/** What stands in the pragma `user_version` of the database in `data`. */
function versionIn(data: string): unknown {
  using db = new DatabaseSync(`${data}/flyball.db`);
  return db.prepare("pragma user_version").get()!.user_version;
}

Deno.test("old stores: there is one of every version before this one", () => {
  const names = [...Deno.readDirSync(fixtures)].map(({ name }) => name).sort();
  assertEquals(names, versions.map((version) => `version_${version}.sql`));
});

for (const version of versions) {
  Deno.test(`old stores: version ${version} opens, what it has is there, and open jobs run`, async () => {
    const data = await Deno.makeTempDir();
    try {
      const sql = await Deno.readTextFile(new URL(`version_${version}.sql`, fixtures));
      {
        using db = new DatabaseSync(`${data}/flyball.db`);
        db.exec(sql);
      }
      assertEquals(versionIn(data), version);
      const store = await sqliteStore({ directory: data, retention });
      const endings = await store.read({ type: "jobs", limit: 9, ending: "failed" });
      assertEquals(endings.map(({ job }) => job.id), [4]);
      assertEquals((await store.read({ type: "job", id: 1 }))?.ended?.outcome.output, "one");
      assertEquals((await store.read({ type: "facts", from: 0, limit: 9 })).length, 1);
      const slots = await store.read({ type: "slots", after: "m/", before: "m0", limit: 9 });
      assertEquals(slots.map(({ data }) => data), version > 2 ? [{ sum: 2 }] : []);
      await store.close();
      {
        await using runtime = await createRuntime({ data });
        const outputs = ["two\n", "é 漢 ' \" \n\n", ...(version > 1 ? ["five\n"] : [])];
        const open = ["j2", "j3", ...(version > 1 ? ["j5"] : [])];
        for (const [i, id] of open.entries()) {
          const job = await runtime.wait(id, 30_000);
          assertEquals([job?.state, job?.outcome?.stdout], ["done", outputs[i]]);
        }
        const { id } = await runtime.submit({ command: ["true"] });
        assertEquals(id, `j${(version > 1 ? 6 : 5).toString(36)}`);
        assertEquals(runtime.status().epoch, 3);
        const schedules = (await runtime.schedules.list()).map((
          { name, paused },
        ) => [name, paused]);
        assertEquals(schedules, version > 1 ? [["nightly", true]] : []);
      }
      assertEquals(versionIn(data), migrations.length);
      using db = new DatabaseSync(`${data}/flyball.db`);
      assertEquals(db.prepare("select count(*) as rows from quarantine").get()!.rows, 0);
    } finally {
      await Deno.remove(data, { recursive: true });
    }
  });
}
