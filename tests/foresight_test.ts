/** Workers that are there when what comes again comes: the forecast's floors, played by the simulator. */
import { assert, assertEquals } from "@std/assert";
import { bind } from "../policies/scaling/mod.ts";
import { SeededRandom } from "../simulation/random.ts";
import { shaped } from "../simulation/shapes.ts";
import { simulate } from "../simulation/simulate.ts";
import { readingOf } from "./readings.ts";
import { orderOf } from "./orders.ts";
import { SystemStage } from "./system_stage.ts";
import { bindConstraint } from "../policies/constraints/mod.ts";

/** Each half hour begins with ten quiet minutes, five busy ones follow. */
const seasonS = 1_800;
const [fromS, untilS] = [600, 900];
const serviceS = .5;
const startMs = 10_000;
const rate = (atS: number) => atS % seasonS >= fromS && atS % seasonS < untilS ? 12 : .2;

/** Floors of the forecast for each minute of a season, after a day of learning. */
function foreseen(mode: "act" | "watch"): number[] {
  const stepper = bind("forecast", {
    ...{ mode, binMs: 60_000, seasonMs: 1_000 * seasonS, leadMs: 30_000 },
  });
  const days = 86_400 + 2 * seasonS;
  const floors: number[] = [];
  for (let s = 0; s < days + seasonS; s += 10) {
    const { floor } = stepper.step(readingOf({
      ...{ nowMs: 1_000 * s, wallMs: 1_000 * s, cores: 16 },
      arrivals: 10 * rate(Math.max(0, s - 10)),
      ...{ finished: 1, durationMs: 1_000 * serviceS, startP99Ms: startMs },
    }));
    if (s >= days && s % 60 === 0) floors.push(floor);
  }
  return floors;
}

const text = (minute: number) =>
  `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;

Deno.test("foresight: at a ramp that was foreseen workers are ready, and jobs wait half as long at most", async () => {
  const floors = foreseen("act");
  assert(floors[5]! <= 2 && floors[10]! >= 6, `${floors}`);
  const windows = floors.map((min, i) => ({ min, from: text(i), to: text(i + 1) }));
  const shape = { name: "ramps", spanS: seasonS, rate, rateMax: 12, serviceS };
  const workload = shaped(shape, new SeededRandom(1));
  const play = async (beside: readonly { name: string }[]) => {
    let readyAtRamp = 0;
    // The pool has five seconds and two starts before the first job may come.
    const rampMs = 5_000 + 2 * startMs + 1_000 * fromS;
    const { waitP95Ms } = await simulate(workload, {
      ...{ startMs, min: 1, max: 60, waitTargetMs: 200, beside },
      policy: { name: "governor" },
      look: ({ reading: { nowMs, workers } }) => {
        if (nowMs <= rampMs) readyAtRamp = workers;
      },
    });
    return { readyAtRamp, waitP95Ms };
  };
  const reactive = await play([]);
  const proactive = await play([{ name: "schedule", timeZone: "UTC", windows } as never]);
  assert(reactive.readyAtRamp < 3, "who only reacts has none of them");
  assert(proactive.readyAtRamp >= 6, `${proactive.readyAtRamp} of the load of 6`);
  assert(
    proactive.waitP95Ms <= .5 * reactive.waitP95Ms && reactive.waitP95Ms > 1_000,
    JSON.stringify({ proactive, reactive }),
  );
});

Deno.test("foresight: who only watches never changes the pool", async () => {
  assertEquals(new Set(foreseen("watch")), new Set([0]));
  const sizes = async (watches: boolean) => {
    const stage = new SystemStage({ min: 1, max: 6, part: { jobMs: 300, holds: true } });
    const { clock, system } = stage;
    const watching = bind("forecast", { mode: "watch", binMs: 1_000, seasonMs: 10_000 });
    system.seat({
      policies: [bind("governor"), ...watches ? [watching] : []],
      guards: [bindConstraint("bounds", { min: 1, max: 6 })],
    });
    for (let s = 0; s < 60; s++) {
      system.queue.submit(Array.from({ length: s % 10 === 5 ? 30 : 1 }, () => orderOf()));
      await clock.advance(1_000);
    }
    const resized = stage.facts.flatMap((fact) =>
      fact.type === "resized" ? [[fact.from, fact.actual, fact.trigger]] : []
    );
    const adopted = system.controller.decisions().filter((decision) => decision.adopted);
    await system.stop();
    return [resized, adopted.map(({ atMs, envelope }) => [atMs, envelope])];
  };
  const [alone, watched] = [await sizes(false), await sizes(true)];
  assert(alone[0]!.length > 5);
  assertEquals(watched, alone);
});
