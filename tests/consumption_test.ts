/** What the service and its workers take, each with all that it has started. */
import { assert, assertEquals } from "@std/assert";
import { Consumption } from "../actors/consumption.ts";
import { commandGrant } from "../actors/grant.ts";
import { trees } from "../actors/host/trees.ts";
import type { ProcessRow } from "../actors/ports.ts";
import type { WorkerLink } from "../actors/worker.ts";
import { ManualClock } from "./manual_clock.ts";
import { nothing } from "./orders.ts";
import { stillTrees } from "./still_trees.ts";

const row = (pid: number, cpuMs: number, childMs = 0): ProcessRow => ({
  pid,
  parent: 1,
  session: pid,
  startedTicks: 1,
  cpuMs,
  childMs,
  residentBytes: 1_000,
});

const link = (seat: number, part: Partial<WorkerLink> = {}) =>
  ({ seat, pid: 100 + seat, grant: nothing, running: 0, ...part }) as WorkerLink;

/** Workers on a machine that the test plays. */
function stage(links: WorkerLink[]) {
  const clock = new ManualClock();
  const families = new Map<number, ProcessRow[]>([[1, [row(1, 0)]]]);
  const weighed: number[] = [];
  for (const { pid } of links) families.set(pid!, [row(pid!, 0)]);
  const seen = new Consumption(
    clock,
    stillTrees({
      row: (pid) => families.get(pid)?.[0] ?? null,
      below: (pid) => families.get(pid) ?? [],
      shareBytes: (pid) => (weighed.push(pid), 500),
    }),
    () => links,
  );
  const look = (ms: number) => {
    clock.skip(ms);
    seen.look();
  };
  return { families, seen, look, weighed };
}

Deno.test("consumption: cores are those of a tree since the look before, its ended children too", () => {
  const [idle, busy] = [link(2), link(1, { grant: commandGrant, running: 1 })];
  const { families, seen, look } = stage([idle, busy]);
  look(0);
  assertEquals(seen.trees.map(({ cpuCores }) => cpuCores), [null, null, null]);
  families.set(1, [row(1, 100, 5_000)]);
  families.set(101, [row(101, 200, 300), row(7, 1_000), row(8, 0)]);
  look(1_000);
  assertEquals(
    seen.trees.map((
      { kind, seat, processes, cpuCores, residentBytes },
    ) => [kind, seat, processes, cpuCores, residentBytes]),
    [["service", null, 1, 0.1, 1_000], ["command", 1, 3, 1.5, 3_000], ["task", 2, 1, 0, 1_000]],
  );
  families.set(101, [row(101, 200, 300)]);
  look(1_000);
  assertEquals(seen.trees[1]!.cpuCores, null, "who left took with him what he had used");
  families.delete(101);
  look(1_000);
  assertEquals(seen.trees.map(({ seat }) => seat), [null, 2]);
});

Deno.test("consumption: who has no command under way is looked at alone", () => {
  const { families, seen, look } = stage([link(1, { grant: commandGrant })]);
  families.set(101, [row(101, 0), row(7, 0)]);
  look(0);
  assertEquals(seen.trees[1]!.processes, 1);
});

Deno.test("consumption: memory is measured at first and then every 30 s, a few at a time", () => {
  for (const count of [0, 1, 9, 60, 150]) {
    const links = Array.from({ length: count }, (_, i) => link(i + 1));
    const { look, weighed } = stage(links);
    const firstS = Math.ceil((count + 1) / 15) + 1;
    const look1s = () => {
      const before = weighed.length;
      look(1_000);
      return weighed.length - before;
    };
    let most = 0;
    for (let second = 0; second < firstS; second++) most = Math.max(most, look1s());
    assertEquals(new Set(weighed.filter((pid) => pid !== 1)).size, count);
    assert(most <= 16, `${most} at once of ${count} at first`);

    weighed.length = most = 0;
    for (let second = 0; second < 90; second++) most = Math.max(most, look1s());
    const times = new Map<number, number>();
    for (const pid of weighed) times.set(pid, (times.get(pid) ?? 0) + 1);
    assertEquals(times.size, count + 1);
    for (const each of times.values()) assert(each >= 2 && each <= 4, `${each} of ${count}`);
    assert(most <= Math.ceil((count + 1) / 30) + 1, `${most} at once of ${count}`);
  }
});

Deno.test("consumption: of many workers 64 are looked at for a sample, in turn", () => {
  const links = Array.from({ length: 100 }, (_, i) => link(i + 1));
  const { seen, look } = stage(links);
  look(0);
  assertEquals(seen.trees.length, 65);
  look(1_000);
  assertEquals(seen.trees.length, 101);
});

Deno.test("trees: a family has those that any thread has started, and ends where it is too large", () => {
  const stat = (pid: number) => `${pid} (a b) c) S 1 1 1 0 -1 0 0 0 0 0 5 6 7 8 20 0 1 0 9 0 3 0`;
  const files = new Map<string, string>([
    ["/proc/10/task/10/children", "11 12 "],
    ["/proc/10/task/15/children", "13"],
    ["/proc/13/task/13/children", "14 "],
  ]);
  const threads: Record<string, string[]> = { 10: ["10", "15"], 13: ["13"], 14: ["14"] };
  const read = (path: string) => {
    const [, pid] = path.match(/^\/proc\/(\d+)\/stat$/) ?? [];
    return pid && pid !== "12" ? stat(Number(pid)) : files.get(path) ?? null;
  };
  const list = (folder: string) => threads[folder.split("/")[2]!] ?? null;
  const family = () => trees(null, { read, list }).below(10).map(({ pid }) => pid);
  assertEquals(family(), [10, 11, 13, 14]);
  // One that is its own ancestor, as a table that is read while it changes may say.
  files.set("/proc/14/task/14/children", "10");
  assertEquals(family(), [10, 11, 13, 14]);
  files.set(
    "/proc/11/task/11/children",
    Array.from({ length: 2_000 }, (_, i) => 100 + i).join(" "),
  );
  threads[11] = ["11"];
  assertEquals(family().length, 1_024);
});
