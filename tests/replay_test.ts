/** What was recorded: decided again, and simulated again. */
import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import type { Decision } from "../messages/decision.ts";
import type { SeriesPage } from "../messages/series.ts";
import { bindConstraint } from "../policies/constraints/mod.ts";
import { bind } from "../policies/scaling/mod.ts";
import { paced } from "../policies/scaling/paced.ts";
import { SeededRandom } from "../simulation/random.ts";
import { drawOf, recordedWorkload, worldOf } from "../simulation/recorded.ts";
import { type Look, replay } from "../simulation/replay.ts";
import { shaped, stepped } from "../simulation/shapes.ts";
import { simulate } from "../simulation/simulate.ts";

const shape = { name: "step", spanS: 90, rateMax: 16, serviceS: .5 };
const workload = shaped({ ...shape, rate: stepped(2, 16, 30, 60) }, new SeededRandom(7));

for (const startMs of [20, 2_000]) {
  for (const policy of [{ name: "governor", waitTargetMs: 200 }, { name: "classic" }]) {
    Deno.test(`replay: ${policy.name} at ${startMs} ms a start decides the same again`, async () => {
      const [looks, decided]: [Look[], Decision[]] = [[], []];
      await simulate(workload, {
        ...{ policy, startMs, cpuRatio: .3, max: 40 },
        look: (look) => looks.push(look),
        note: (fact) => fact.type === "decided" && decided.push(fact.decision),
      });
      assert(decided.length > (policy.name === "classic" ? 2 : 10), `${decided.length} decisions`);
      const { name, ...options } = policy;
      const council = () => ({
        policies: [paced(bind(name, options))],
        guards: [bindConstraint("bounds", { min: 1, max: 40 })],
      });
      const again = await replay(looks, council());
      assertEquals(again, decided);
      const other = await replay(looks, { ...council(), policies: [bind("fixed")] });
      assert(other.length < decided.length);
    });
  }
}

const point = (minute: number) => new Date(Date.UTC(2025, 0, 1, 12, minute)).toISOString();
const durations = (at: string, avg: number, p95: number) => ({
  ...{ at, avg, p95, min: 0, count: 10 },
  max: 2 * p95,
});

const page: SeriesPage = {
  from: point(0),
  to: point(4),
  step: "1m",
  series: [
    {
      name: "enqueued",
      labels: { priority: "high" },
      points: [{ at: point(0), sum: 100 }, { at: point(2), sum: 300 }],
    },
    { name: "enqueued", labels: { priority: "low" }, points: [{ at: point(1), sum: 50 }] },
    {
      name: "durationMs",
      labels: { priority: "high" },
      points: [durations(point(0), 100, 100), durations(point(1), 200, 600)],
    },
  ],
};

Deno.test("recorded: as many jobs as came, in their slots, by class", () => {
  const { atMs, ranks, spanMs, serviceMs, remarks } = recordedWorkload("r", page);
  assertEquals([atMs.length, spanMs, remarks], [450, 240_000, []]);
  const inMinute = (minute: number) =>
    [...atMs].filter((ms) => Math.floor(ms / 60_000) === minute).length;
  assertEquals([0, 1, 2, 3].map(inMinute), [100, 50, 300, 0]);
  assertEquals([...new Set([...ranks!].slice(100, 150))], [2]);
  assert([...serviceMs].slice(0, 100).every((ms) => ms === 100));
  const later = [...serviceMs].slice(150);
  assertAlmostEquals(later.reduce((sum, ms) => sum + ms, 0) / 300, 200, 40);
});

Deno.test("recorded: times have the mean and the 95th percentile that were measured", () => {
  const random = new SeededRandom(1);
  for (const [avg, p95] of [[100, 150], [100, 300], [100, 380], [100, 900]] as const) {
    const draw = drawOf({ avg, p95, max: Infinity });
    const drawn = Array.from({ length: 20_000 }, () => draw(random)).sort((a, b) => a - b);
    const mean = drawn.reduce((sum, ms) => sum + ms, 0) / drawn.length;
    assertAlmostEquals(mean, avg, .1 * avg);
    // No log-normal variate has more than 3.87 means there.
    const most = Math.min(p95, 387);
    assertAlmostEquals(drawn[19_000]!, most, .1 * most, `p95 of ${avg}, ${p95}`);
  }
});

Deno.test("recorded: starts and cores are as they were seen", () => {
  const [labels, at] = [{}, point(0)];
  const series = [
    { name: "bootMs", labels, points: [durations(at, 30, 50), durations(at, 50, 50)] },
    { name: "cpuSeconds", labels, points: [{ at, sum: 1 }, { at, sum: .5 }] },
    { name: "durationMs", labels, points: [durations(at, 300, 500)] },
  ];
  assertEquals(worldOf(series), { startMs: 40, cpuRatio: .5 });
  assertEquals(worldOf([]), {});
});

Deno.test("recorded: where no job has come there is nothing to simulate", () => {
  assertThrows(() => recordedWorkload("r", { ...page, series: [] }), RangeError, "no job has come");
});
