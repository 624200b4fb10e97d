/** A job that meets several gates: its retries and its keys. */
import { assertEquals } from "@std/assert";
import { TurnsStage } from "./turns_stage.ts";

Deno.test("gates: a job that will be tried again keeps nobody from its key meanwhile", async () => {
  const stage = new TurnsStage({ "k:*": { each: 1, keys: null } });
  const first = stage.put({ retries: 1, backoff: { baseMs: 100 }, key: "k:a" });
  const second = stage.put({ key: "k:a" });
  assertEquals([stage.take(), second.state], [first, "blocked"]);
  stage.end(stage.out(first), "failed");
  assertEquals([first.state, stage.queue.gates.why(first)?.gate], ["retrying", "retry"]);
  assertEquals([stage.take(), stage.take()], [second, undefined]);
  await stage.clock.advance(100);
  assertEquals([first.state, stage.queue.gates.why(first)?.gate], ["blocked", "key"]);
  stage.end(stage.out(second), "done");
  assertEquals([stage.take(), stage.queue.gates.why(first)], [first, null]);
});

Deno.test("gates: a job that is cancelled while it is held is forgotten by its gate", async () => {
  const stage = new TurnsStage({ "k:*": { each: 1, keys: null } });
  const job = stage.put({ retries: 1, backoff: { baseMs: 100 }, key: "k:a" });
  stage.end(stage.out(stage.take()!), "failed");
  assertEquals(stage.queue.gates.timetable.retrying, 1);
  stage.queue.cancel(job, "enough");
  assertEquals([job.state, stage.queue.gates.timetable.retrying], ["cancelled", 0]);
  const other = stage.put({ key: "k:a" });
  await stage.clock.advance(100);
  assertEquals([stage.take(), stage.queue.open.size], [other, 1]);
});

Deno.test("gates: most jobs meet none", () => {
  const stage = new TurnsStage({});
  const [plain, keyed, both] = [{}, { key: "k:a" }, { key: "k:a", retries: 1 }]
    .map((spec) => stage.put(spec));
  assertEquals([plain!.gates, keyed!.gates?.length, both!.gates?.length], [null, 1, 3]);
});
