/** What a pool will want is said, and set by nobody. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { capacityOf } from "../actors/capacity/capacity.ts";
import { reportOf } from "../actors/report/report.ts";
import { capacityText } from "../cli/capacity.ts";
import type { Bursts, Saturation } from "../messages/capacity.ts";
import { recommended } from "../policies/report/recommend.ts";
import { orderOf } from "./orders.ts";
import { poisson } from "./series.ts";
import { SystemStage } from "./system_stage.ts";

const growth = { days: 28, perWeekRatio: .05, lowPerWeekRatio: .03, highPerWeekRatio: .07 };
const workers: Saturation = {
  ...{ resource: "workers", limit: 12, level: 11, growth, days: 12, because: "" },
  ...{ earliestDays: 9, latestDays: 20 },
};
const calm = { pool: "default", spares: 0, workers: null, bursts: [] };

Deno.test("recommend: a largest size that growth passes within a month, by its upper end", () => {
  const [said, ...others] = recommended({ ...calm, workers });
  assertEquals(others, []);
  // 11 workers, and 7 % more for 30 / 7 weeks.
  assertEquals([said!.key, said!.configured, said!.value], [
    ...["pools.default.workers.max", 12, Math.ceil(11 * 1.07 ** (30 / 7))],
  ]);
  assertMatch(said!.because, /^a usual day takes 11 of 12 workers and 5 % more each week/);
  const none = (part: Partial<Saturation>) =>
    recommended({ ...calm, workers: { ...workers, ...part } });
  assertEquals([none({ days: 31 }), none({ days: null }), none({ growth: null })], [[], [], []]);
});

Deno.test("recommend: as many spares as all peaks need beyond the mean, where there are fewer", () => {
  const burst = (spareWorkers: number): Bursts => (
    { meanPerS: 1, peakPerS: 9, peakRatio: 9, dispersion: 4, spareWorkers }
  );
  const said = (spares: number) =>
    recommended({ ...calm, spares, bursts: [burst(3), null, burst(2)] });
  assertEquals(said(4).map(({ key, value }) => [key, value]), [["pools.default.spares", 5]]);
  assertEquals(said(5), []);
});

Deno.test("recommend: bursts of a service are told with the spares they need, and nothing is set", async () => {
  const stage = new SystemStage({ min: 1, max: 8, part: { jobMs: 500, holds: true } });
  const { clock, system } = stage;
  const few = poisson(5, 3);
  const slots: number[] = [];
  for (let slot = 0; slot < 90; slot++) {
    // A lump of forty now and then, else a few.
    const count = slot % 15 === 7 ? 40 : few();
    slots.push(count);
    for (let i = 0; i < count; i++) system.queue.submitOne(orderOf());
    await clock.advance(10_000);
  }
  const before = system.controller.constraints;
  const told = await capacityOf(system, null, null);
  const [said] = told.recommended;
  assertEquals([said!.key, said!.configured], ["pools.default.spares", 0]);
  // The busiest ten seconds of a hundred, a job of half a second each, beyond nothing at all.
  const p99 = slots.toSorted((one, other) => other - one)[0]!;
  const meanPerS = slots.reduce((sum, count) => sum + count) / slots.length / 10;
  assert(said!.value >= (p99 / 10 - meanPerS) * .5, `${said!.value} for ${p99}`);
  assertMatch(capacityText(told), /^recommended: pools\.default\.spares = \d+ instead of 0/m);
  const { badly, advice } = await reportOf(system, () => ({ items: [], muted: [] } as never));
  assert(badly.some((says) => says.startsWith("pools.default.spares will be too small")));
  assert(advice.some((says) => says.endsWith("which nobody sets but you")));
  await clock.advance(5_000);
  assertEquals(system.pool.envelope.spares, undefined);
  const caps = (all: typeof before) => all.map(({ policy, proposal: { cap } }) => [policy, cap]);
  assertEquals(caps(system.controller.constraints), caps(before));
  await system.stop();
});
