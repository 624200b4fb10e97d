/** How a supervisor ends: in reverse, in order where there is time, by force where there is none. */
import { assertEquals } from "@std/assert";
import { type Child, usual } from "../actors/supervisor.ts";
import { Stage } from "./supervisor_stage.ts";

/** A child that leaves in order, when it is allowed to. */
function leaving(stage: Stage, id: string, part: Partial<Child> = {}) {
  const left = Promise.withResolvers<void>();
  const child = stage.child(id, {
    leave: () => {
      stage.said.push(`asked ${id}`);
      return left.promise;
    },
    ...part,
  });
  return { child, left };
}

Deno.test("supervisor: sup_stop_infinity: children leave one after another, last started first", async () => {
  const stage = new Stage();
  const [a, b] = ["a", "b"].map((id) => leaving(stage, id, { leaveMs: Infinity }));
  for (const { child } of [a!, b!]) stage.top.keep(child);
  stage.heard();
  const stopped = stage.top.stop();
  await stage.clock.advance(3_600_000);
  assertEquals(stage.heard(), ["asked b"]);
  b!.left.resolve();
  await stage.clock.advance(0);
  assertEquals(stage.heard(), ["-b", "asked a"]);
  a!.left.resolve();
  await stopped;
  assertEquals([stage.heard(), stage.clock.pending], [["-a"], 0]);
});

Deno.test("supervisor: sup_stop_timeout: who does not leave in time is stopped", async () => {
  const stage = new Stage();
  stage.top.keep(stage.child("first"));
  stage.top.keep(leaving(stage, "slow").child);
  stage.top.keep(leaving(stage, "slower", { leaveMs: 50 }).child);
  stage.heard();
  const stopped = stage.top.stop();
  await stage.clock.advance(49);
  assertEquals(stage.heard(), ["asked slower"]);
  await stage.clock.advance(1);
  assertEquals(stage.heard(), ["-slower", "asked slow"]);
  await stage.clock.advance(4_999);
  assertEquals(stage.heard(), []);
  await stage.clock.advance(1);
  await stopped;
  assertEquals(stage.heard(), ["-slow", "-first"]);
});

Deno.test("supervisor: sup_stop_brutal_kill: who is not asked, or refuses, is stopped at once", async () => {
  const stage = new Stage();
  stage.top.keep(stage.child("mute"));
  stage.top.keep(stage.child("cross", { leave: () => Promise.reject(new Error("no")) }));
  stage.heard();
  await stage.top.stop();
  assertEquals(stage.heard(), ["-cross", "-mute"]);
});

Deno.test("supervisor: simple_one_for_one_shutdown: children of one kind leave together", async () => {
  const stage = new Stage();
  const below = stage.top.under("below", { ...usual, strategy: "simpleOneForOne" });
  for (const id of "abc") below.keep(leaving(stage, id, { leaveMs: 100 }).child);
  stage.heard();
  const stopped = stage.top.stop();
  await stage.clock.advance(0);
  assertEquals(stage.heard(), ["asked c", "asked b", "asked a"]);
  await stage.clock.advance(100);
  await stopped;
  assertEquals(stage.clock.nowMs(), 100);
  assertEquals(stage.heard().toSorted(), ["-a", "-b", "-c"]);
});

Deno.test("supervisor: what ends while it stops is not started again", async () => {
  const stage = new Stage();
  stage.top.keep(stage.child("a"));
  const slow = leaving(stage, "b");
  stage.top.keep(slow.child);
  const stopped = stage.top.stop();
  stage.heard();
  await stage.end("a", "abnormal");
  stage.top.keep(stage.child("late"));
  slow.left.resolve();
  await stopped;
  assertEquals(stage.heard().filter((word) => word.startsWith("+")), []);
});
