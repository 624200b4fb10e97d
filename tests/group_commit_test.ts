import { assertEquals } from "@std/assert";
import { setImmediate } from "node:timers";
import type { Change } from "../actors/ports.ts";
import { GroupCommit } from "../actors/stores/sqlite/group_commit.ts";

const snapshot = (value: number): Change => ({ type: "snapshot", actor: "a", snapshot: value });

/** A group commit, what it sent (lsn and values) and what became of it. */
function watched(nowMs = () => 0) {
  const sent: [lsn: number, ...values: unknown[]][] = [];
  const heard: string[] = [];
  const commits = new GroupCommit((lsn, { snapshots }) => {
    sent.push([lsn, ...snapshots.filter((_, i) => i % 2 === 1).map(Number)]);
  }, nowMs);
  commits.onCommitted((lsn) => heard.push(`committed ${lsn}`));
  commits.onFailed((lsn, because) => heard.push(`lost ${lsn}: ${because}`));
  return { commits, sent, heard };
}

/** Lets the tick end. Not by a timer: on a busy machine one may be due before the tick has ended. */
const tick = () => new Promise<void>((resolve) => setImmediate(resolve));

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

/** `count` changes, one append for each `size`. */
function appendMany({ commits }: ReturnType<typeof watched>, count: number, size: number): void {
  for (let i = 0; i < count; i += size) {
    commits.append(Array.from({ length: size }, (_, at) => snapshot(i + at)));
  }
}

Deno.test("group commit: sends half of what is under way while the other half is written", async () => {
  const group = watched();
  const { commits, sent } = group;
  const lsns = () => sent.map(([lsn]) => lsn);
  appendMany(group, 64, 64);
  commits.committed(64);
  appendMany(group, 64, 8);
  assertEquals(lsns(), [64, 96, 128], "no tick has ended");
  appendMany(group, 40, 8);
  await tick();
  assertEquals(lsns(), [64, 96, 128], "not more than two are under way");
  commits.committed(96);
  await tick();
  assertEquals(lsns(), [64, 96, 128]);
  commits.append([snapshot(0)]);
  assertEquals(lsns(), [64, 96, 128, 169]);
  commits.committed(128);
  commits.committed(169);
  await commits.drained();
  assertEquals(commits.committedLsn, 169);
});

Deno.test("group commit: a few that come while one is written wait for its end", async () => {
  const group = watched();
  appendMany(group, 64, 64);
  appendMany(group, 16, 4);
  await tick();
  assertEquals(group.sent.map(([lsn]) => lsn), [64]);
  group.commits.lost(64, "full");
  await tick();
  assertEquals(group.sent.map(([lsn]) => lsn), [64, 80]);
  group.commits.committed(80);
  await group.commits.drained();
});

Deno.test("group commit: many that gather fast wait for each other where a commit takes long", async () => {
  let nowMs = 0;
  const group = watched(() => nowMs);
  appendMany(group, 64, 64);
  nowMs += 10;
  group.commits.committed(64);
  appendMany(group, 64, 8);
  assertEquals(group.sent.map(([lsn]) => lsn), [64]);
  await tick();
  assertEquals(group.sent.map(([lsn]) => lsn), [64, 128]);
  nowMs += 10;
  group.commits.committed(128);
  nowMs += 2;
  appendMany(group, 64, 8);
  assertEquals(group.sent.map(([lsn]) => lsn), [64, 128, 160], "they took long themselves");
  group.commits.committed(160);
  await tick();
  group.commits.committed(192);
  await group.commits.drained();
});

Deno.test("group commit: of two under way each is lost for itself", async () => {
  const group = watched();
  const { commits, heard } = group;
  appendMany(group, 20, 20);
  appendMany(group, 20, 20);
  commits.lost(20, "full");
  commits.committed(40);
  appendMany(group, 20, 20);
  appendMany(group, 20, 20);
  commits.end("the thread died");
  await commits.drained();
  assertEquals(heard, [
    "lost 20: full",
    "committed 40",
    "lost 60: the thread died",
    "lost 80: the thread died",
  ]);
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
