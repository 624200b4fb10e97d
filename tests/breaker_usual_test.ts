/** A breaker that knows what is usual opens for what is not. */
import { assertEquals } from "@std/assert";
import { initialTransition, type SnapshotFrom, transition } from "xstate";
import { breaker, breakerOptions } from "../machines/breaker.ts";

/** Minutes of ten calls a second of which `ratio` fail. */
function minutes(
  snapshot: SnapshotFrom<typeof breaker>,
  count: number,
  ratio: number,
  fromMs: number,
) {
  let now = snapshot;
  for (let i = 0; i < 60 * count; i++) {
    const nowMs = fromMs + 1_000 * i;
    const failed = Math.floor(10 * ratio * (i + 1)) - Math.floor(10 * ratio * i);
    const tell = (type: "succeeded" | "failed", calls: number) => {
      if (calls > 0) [now] = transition(breaker, now, { type, calls, nowMs });
    };
    tell("succeeded", 10 - failed);
    tell("failed", failed);
  }
  return now;
}

Deno.test("breaker: where 8 of 100 fail as usual, 10 are no reason to open and 30 are", () => {
  const begun = (options: unknown) =>
    initialTransition(breaker, { nowMs: 0, options: breakerOptions.parse(options) })[0];
  const [hourMs, laterMs] = [3_600_000, 5_400_000];
  for (const [options, last] of [[{ usualTimes: 2.5 }, "open"], [{}, "closed"]] as const) {
    const usual = minutes(begun(options), 60, .08, 0);
    assertEquals(usual.value, "closed");
    const more = minutes(usual, 30, .1, hourMs);
    assertEquals(more.value, "closed");
    assertEquals(minutes(more, 5, .3, laterMs).value, last);
  }
  // Nothing is usual yet, or nearly nothing fails: both are no reason to open sooner than the floor.
  assertEquals(minutes(begun({ usualTimes: 2.5 }), 1, .3, 0).value, "closed");
  const good = minutes(begun({ usualTimes: 2.5 }), 60, .01, 0);
  assertEquals(minutes(good, 10, .15, hourMs).value, "closed");
  assertEquals(minutes(good, 10, .25, hourMs).value, "open");
});
