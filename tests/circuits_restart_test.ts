/** Breakers outlive a process: each is half open when it would have been without the restart. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { statusOf } from "../actors/status.ts";
import { statusText } from "../cli/status.ts";
import { CircuitsStage } from "./circuits_stage.ts";
import { ManualClock } from "./manual_clock.ts";
import { orderOf } from "./orders.ts";
import { SystemStage } from "./system_stage.ts";

const open = "open";
const ready = { halfOpen: "ready" };
const probing = { halfOpen: "probing" };

/** What the next process has, after so long. Its monotonic clock begins anew. */
function next(stage: CircuitsStage, downMs: number): CircuitsStage {
  const clock = new ManualClock(stage.clock.wallMs() + downMs);
  return new CircuitsStage({}, { clock, stored: stage.stored });
}

for (const downMs of [0, 10_000, 29_000, 30_000, 86_400_000, -3_600_000]) {
  Deno.test(`circuits: an open one is half open in time after ${downMs / 1_000} s`, async () => {
    const first = new CircuitsStage();
    await first.run(4, "failed");
    const leftMs = Math.max(0, Math.min(30_000, 29_970 - downMs));
    const second = next(first, downMs);
    second.put();
    await second.clock.advance(Math.max(0, leftMs - 1));
    if (leftMs > 0) assertEquals([second.value(), second.take()], [open, undefined]);
    await second.clock.advance(1);
    const probe = second.take();
    assert(probe);
    assertEquals([second.value(), second.take()], [probing, undefined]);
    second.end(probe, "failed");
    assertEquals(second.value(), open);
    await second.clock.advance(59_999);
    assertEquals(second.value(), open, "it remembers that it was open before");
    await second.clock.advance(1);
    assertEquals(second.value(), ready);
  });
}

for (const state of ["ready", "probing"]) {
  Deno.test(`circuits: a half open one (${state}) tries one at once in the next process`, async () => {
    const first = new CircuitsStage();
    await first.run(4, "failed");
    await first.clock.advance(30_000);
    if (state === "probing") assertEquals(first.put(), first.take());
    assertEquals(first.value(), { halfOpen: state });
    const second = next(first, 5_000);
    assertEquals(second.value(), ready, "whoever was tried is not any more");
    const jobs = second.many(2);
    assertEquals([second.take(), second.take(), second.value()], [jobs[0], undefined, probing]);
    second.end(jobs[0]!);
    assertEquals([second.take(), second.value()], [jobs[1], "closed"]);
  });
}

Deno.test("circuits: a closed one is closed in the next process, and opens as ever", async () => {
  const first = new CircuitsStage();
  await first.run(4, "failed");
  await first.clock.advance(30_000);
  first.end((first.put(), first.take()!));
  assertEquals([first.value(), first.stored], ["closed", {}]);
  const second = next(first, 1_000);
  await second.run(4, "failed");
  await second.clock.advance(29_969);
  assertEquals(second.value(), open);
  await second.clock.advance(1);
  assertEquals(second.value(), ready);
});

Deno.test("circuits: what is stored may be anything", () => {
  for (
    const stored of [undefined, null, 7, "x", [], { "operation:t": 1, "host:a": { value: 2 } }]
  ) {
    const stage = new CircuitsStage({}, { stored });
    assertEquals(stage.put().state, "waiting");
  }
});

Deno.test("circuits: in a whole system they are kept, told of, and go on after a restart", async () => {
  const first = new SystemStage({ part: { failsAt: () => true } });
  const spec = { retries: 1, backoff: { baseMs: 600_000, maxMs: 600_000 } };
  first.system.queue.submit(Array.from({ length: 40 }, () => orderOf(spec, { retries: 1 })));
  await first.clock.advance(2_000);
  const { circuits } = first.system.queue.gates;
  assertEquals(circuits.all.get("operation:t")?.snapshot?.value, open);
  assert(first.alerts.includes("circuit_open"));
  const untilMs = circuits.all.get("operation:t")!.snapshot!.context.deadlines.open!.untilMs;
  const stored = await first.stored();
  await first.system.stop();
  const clock = new ManualClock(first.clock.wallMs() + 5_000);
  const leftMs = untilMs - first.clock.nowMs() - 5_000;
  const second = new SystemStage({ clock, stored });
  const [job, other] = second.system.queue.submit([1, 2].map(() => orderOf(spec, { retries: 1 })));
  await second.clock.advance(leftMs - 1);
  assertEquals([job!.state, other!.state, job!.startedMs], ["blocked", "blocked", 0]);
  const status = statusOf(second.system, { version: "", startedAt: 0, tasks: [] });
  assertEquals([status.pending, status.breakers.length], [2, 1]);
  assertMatch(
    statusText(status),
    /\nbreaker operation:t: open, one is tried at 20\S+Z · 2 jobs held\n/,
  );
  await second.clock.advance(1_000);
  assertEquals(
    [job!.state, other!.state],
    ["done", "done"],
    "the one that was tried has closed it",
  );
  await second.system.stop();
});
