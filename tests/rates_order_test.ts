/** Who goes first of those that wait for rates: nobody is starved, and nobody waits for others' keys. */
import { assert, assertEquals } from "@std/assert";
import { rated } from "./rated.ts";
import { TurnsStage } from "./turns_stage.ts";

Deno.test("rates: small jobs do not starve a large one, of their own set of keys or another", async () => {
  const stage = new TurnsStage({ "api:*": rated({ tokens: "100/min" }) });
  stage.put({ key: "api:x", units: { tokens: 50 } });
  stage.takeAll();
  const large = stage.put({ key: "api:x", units: { tokens: 100 } });
  const small = () => {
    stage.put({ key: "api:x", units: { tokens: 1 } });
    stage.put({ keys: ["api:x", "host:h"], units: { tokens: 1 } });
  };
  let waitedMs = 0;
  for (small(); large.state === "blocked" && waitedMs < 300_000; waitedMs += 1_000) {
    small();
    stage.takeAll();
    await stage.clock.advance(1_000);
  }
  assert(waitedMs <= 62_000, `it waited ${waitedMs} ms`);
  const high = stage.put({ key: "api:x", priority: "high", units: { tokens: 1 } });
  assertEquals(stage.take(), high, "a better class goes first all the same");
});

Deno.test("rates: nor of two keys that others want all of, each with one of them", async () => {
  const stage = new TurnsStage({
    "agent:*": rated({ tokens: "100/min" }),
    "api:*": rated({ tokens: "100/min" }),
  });
  const small = () => {
    for (const keys of [["api:y", "agent:1"], ["api:x", "agent:2"]]) {
      for (let i = 0; i < 3; i++) stage.put({ keys, units: { tokens: 7 } });
    }
  };
  small();
  stage.takeAll();
  const large = stage.put({ keys: ["api:x", "agent:1"], units: { tokens: 90 } });
  let waitedMs = 0;
  for (; large.state === "blocked" && waitedMs < 300_000; waitedMs += 500) {
    small();
    for (const job of stage.takeAll()) stage.end(stage.out(job));
    await stage.clock.advance(500);
  }
  assert(waitedMs <= 130_000, `it waited ${waitedMs} ms`);
});

Deno.test("rates: who waits long for one key keeps nothing of another meanwhile", () => {
  const stage = new TurnsStage({
    "agent:*": rated({ tokens: "100/d" }),
    "api:*": rated({ tokens: "100/min" }),
  });
  stage.put({ key: "agent:1", units: { tokens: 100 } });
  stage.takeAll();
  const late = stage.put({ keys: ["api:x", "agent:1"], units: { tokens: 90 } });
  for (let i = 0; i < 10; i++) stage.put({ key: "api:x", units: { tokens: 10 } });
  assertEquals([stage.takeAll().length, late.state], [10, "blocked"]);
});
