/** A floor for what is foreseen and workers for what is not: together they are better than either. */
import { assert, assertEquals } from "@std/assert";
import { SeededRandom } from "../simulation/random.ts";
import { shaped } from "../simulation/shapes.ts";
import { whatIf } from "../simulation/what_if.ts";
import { readWish } from "../simulation/wish.ts";

/** Rushes of a minute. Those at 3 and 11 min are known of, that at 7 min is not. */
const rushes = [3, 7, 11];
const rate = (atS: number) =>
  rushes.some((min) => atS >= 60 * min && atS < 60 * (min + 1)) ? 12 : 1;
const shape = { name: "rushes", spanS: 840, rate, rateMax: 12, serviceS: .5 };
const workload = shaped(shape, new SeededRandom(1));

const known = [["00:03", "00:04"], ["00:11", "00:12"]].map(([from, to]) => ({ from, to, min: 9 }));
const proactive = { name: "schedule", timeZone: "UTC", windows: [{ min: 1 }, ...known] };
const reactive = { name: "governor", keepAliveMs: null };

for (const startMs of [20, 10_000]) {
  Deno.test(`hybrid: waits times costs are less than of each part alone, at ${startMs} ms a start`, async () => {
    const world = { startMs, min: 0, max: 60, waitTargetMs: 200 };
    const parts = await whatIf(workload, { ...world, policies: [proactive, reactive] });
    const both = await whatIf(workload, { ...world, policies: [reactive], beside: [proactive] });
    const [foreseen, seen, hybrid] = [...parts.rows, ...both.rows]
      .map(({ waitMeanMs, workerSeconds }) => waitMeanMs * workerSeconds);
    assert(hybrid! <= seen!, `${hybrid} of both, ${seen} of the governor`);
    assert(hybrid! <= foreseen!, `${hybrid} of both, ${foreseen} of the schedule`);
    assert(both.rows[0]!.policy.startsWith("governor(keepAliveMs=null) + schedule("));
    assertEquals(both.bestFixed, parts.bestFixed, "a fixed size has nobody beside it");
  });
}

Deno.test("hybrid: who is beside is checked as the others are", () => {
  const flaws = (beside: unknown) => {
    const wish = readWish({ counts: [9], beside });
    return "flaws" in wish
      ? wish.flaws.map(({ path, message }) => `${path.join(".")} ${message}`)
      : [];
  };
  assertEquals(flaws([proactive]), []);
  assert(flaws([{ name: "nope" }])[0]!.startsWith("beside.0.name must be one of governor,"));
  assert(flaws([{ ...proactive, timeZone: "Mars" }])[0]!.startsWith("beside.0.timeZone is wrong"));
});
