import { assert, assertEquals } from "@std/assert";
import type { Operation } from "../actors/operation.ts";
import type { Grant } from "../actors/ports.ts";
import { type Violation, Violations, type Whose } from "../actors/violations.ts";
import { denialOf } from "../worker/denials.ts";
import { ManualClock } from "./manual_clock.ts";
import { nothing, task } from "./orders.ts";

const read = (asked: string, task: string | null = "t"): Violation => ({
  pool: "default",
  task,
  worker: "1.1",
  permission: "read",
  asked,
  times: 1,
});

function collected() {
  const clock = new ManualClock();
  const told: Violation[] = [];
  const note: Whose["note"] = (fact) => {
    assert(fact.type === "violation");
    const { type: _type, ...violation } = fact;
    told.push(violation);
  };
  return {
    clock,
    told,
    violations: new Violations(clock, { operations: [task], note }),
  };
}

Deno.test("violations: one is told at once, its repeats once a minute with their number", async () => {
  const { clock, told, violations } = collected();
  for (let i = 0; i < 1_000; i++) violations.add(read("/a"));
  assertEquals(told, [read("/a")]);
  await clock.advance(60_000);
  assertEquals(told, [read("/a"), { ...read("/a"), times: 999 }]);
  await clock.advance(120_000);
  assertEquals([told.length, clock.pending], [2, 0], "nothing more, and no timer");
  violations.add(read("/a"));
  assertEquals(told.length, 3, "told at once again");
});

Deno.test("violations: others are told beside it: of another task, of something else", () => {
  const { told, violations } = collected();
  const all = [read("/a"), read("/b"), read("/a", "u"), { ...read("/a"), permission: "write" }];
  for (const one of [...all, ...all]) violations.add(one);
  assertEquals(told, all);
});

Deno.test("violations: more than a hundred kinds a minute are one number", async () => {
  const { clock, told, violations } = collected();
  for (let i = 0; i < 5_000; i++) violations.add(read(`/${i}`));
  assertEquals(told.length, 100);
  await clock.advance(60_000);
  const rest = {
    ...read(""),
    task: null,
    worker: "1.1",
    permission: "other",
    asked: "",
    times: 4_900,
  };
  assertEquals(told.slice(100), [rest]);
});

Deno.test("violations: what was counted is told at the end", () => {
  const { clock, told, violations } = collected();
  for (let i = 0; i < 3; i++) violations.add(read("/a"));
  violations.close();
  assertEquals(told.map(({ times }) => times), [1, 2]);
  assertEquals(clock.pending, 0);
});

Deno.test("violations: a worker is believed of the tasks that it may have, and of no other", () => {
  const { told, violations } = collected();
  const worker = (grant: Grant, operation: Operation | null) => ({
    name: "1.1",
    grant,
    slots: { operation },
  });
  const other = { ...task, number: 2, name: "u" };
  violations.hear(worker(nothing, null), [1, "read", "/a"]);
  violations.hear(worker(nothing, null), [7, "read", "/b"]);
  violations.hear(worker(nothing, other), [0, "read", "/c"]);
  violations.hear(worker({ ...nothing, key: "else" }, null), [1, "read", "/d"]);
  assertEquals(told.map(({ task }) => task), ["t", null, "u", null]);
});

Deno.test("denials: Deno's words are taken apart", () => {
  const words: Record<string, ReturnType<typeof denialOf>> = {
    'Requires read access to "/etc/passwd", run again with the --allow-read flag': {
      permission: "read",
      asked: "/etc/passwd",
    },
    "Requires write access to <TMP>, run again with the --allow-write flag": {
      permission: "write",
      asked: "<TMP>",
    },
    "Requires env access, run again with the --allow-env flag": { permission: "env", asked: "" },
    'Requires net access to "[::1]:9", run again with the --allow-net flag\n    at file:///t.ts:1':
      {
        permission: "net",
        asked: "[::1]:9",
      },
    'Requires storage access to "caches.open", which no sandbox has': {
      permission: "storage",
      asked: "caches.open",
    },
    'Module not found "file:///t.ts".': null,
    "Requires a number": null,
    "": null,
  };
  for (const [message, denial] of Object.entries(words)) assertEquals(denialOf(message), denial);
});
