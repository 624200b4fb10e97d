import { assertEquals } from "@std/assert";
import { delay } from "@std/async";
import type { Change } from "../actors/ports.ts";
import { groupCommit } from "../actors/stores/sqlite/group_commit.ts";

const snapshot = (value: number): Change => ({ type: "snapshot", actor: "a", snapshot: value });

/** A group commit, what it sent (lsn and values) and what became of it. */
function watched() {
  const sent: [lsn: number, ...values: unknown[]][] = [];
  const heard: string[] = [];
  const commits = groupCommit((lsn, { snapshots }) => {
    sent.push([lsn, ...snapshots.filter((_, i) => i % 2 === 1).map(Number)]);
  });
  commits.onCommitted((lsn) => heard.push(`committed ${lsn}`));
  commits.onFailed((lsn, because) => heard.push(`lost ${lsn}: ${because}`));
  return { commits, sent, heard };
}

/** Lets the tick end. */
const tick = () => delay(0);

Deno.test("group commit: sends what one tick appended as one batch", async () => {
  const { commits, sent } = watched();
  assertEquals(commits.append([snapshot(1)]), 1);
  assertEquals(commits.append([snapshot(2), snapshot(3)]), 3);
  await Promise.resolve();
  assertEquals(commits.append([snapshot(4)]), 4);
  assertEquals(sent, []);
  await tick();
  assertEquals(sent, [[4, 1, 2, 3, 4]]);
});

Deno.test("group commit: gathers while a batch is under way", async () => {
  const { commits, sent, heard } = watched();
  commits.append([snapshot(1)]);
  await tick();
  commits.append([snapshot(2)]);
  await tick();
  commits.append([snapshot(3)]);
  await tick();
  assertEquals(sent, [[1, 1]]);
  commits.committed(1);
  assertEquals([commits.committedLsn, heard], [1, ["committed 1"]]);
  await tick();
  assertEquals(sent, [[1, 1], [3, 2, 3]]);
});

Deno.test("group commit: goes on after a loss", async () => {
  const { commits, sent, heard } = watched();
  commits.append([snapshot(1)]);
  await tick();
  commits.append([snapshot(2)]);
  commits.lost(1, "full");
  await tick();
  commits.committed(2);
  await commits.drained();
  assertEquals(sent, [[1, 1], [2, 2]]);
  assertEquals(heard, ["lost 1: full", "committed 2"]);
});

Deno.test("group commit: loses what is under way and what comes later at its end", async () => {
  const { commits, sent, heard } = watched();
  commits.append([snapshot(1)]);
  await tick();
  commits.append([snapshot(2)]);
  commits.end("the thread died");
  await commits.drained();
  commits.append([snapshot(3)]);
  await commits.drained();
  assertEquals(sent, [[1, 1]]);
  assertEquals(heard, [
    "lost 1: the thread died",
    "lost 2: the thread died",
    "lost 3: the thread died",
  ]);
  assertEquals(commits.committedLsn, 0);
});
