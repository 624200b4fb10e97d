/** How lists are read from SQLite. */
import { assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { jobs, selectJobs } from "../actors/stores/sqlite/jobs.ts";
import { outcomes } from "../actors/stores/sqlite/outcomes.ts";

Deno.test("sqlite store: a list is read by ids, whatever is asked for, from either end", () => {
  const db = new DatabaseSync(":memory:");
  db.exec(jobs.create + outcomes.create);
  for (const order of ["asc", "desc"] as const) {
    const plan = db.prepare(`explain query plan ${selectJobs(order)}`)
      .all(0, 10_000, null, "failed", 10, "sleep", null) as { detail: string }[];
    assertEquals(plan.map(({ detail }) => detail), [
      "SEARCH jobs USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)",
      "SEARCH outcomes USING INTEGER PRIMARY KEY (rowid=?) LEFT-JOIN",
    ]);
  }
  db.close();
});
