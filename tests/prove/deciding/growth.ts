/**
 * Growth that gains nothing: a downstream that serves only so many, retries, and what it is called.
 *
 * @module
 */
import { SeededRandom } from "../../../simulation/random.ts";
import { constant, shaped, stepped } from "../../../simulation/shapes.ts";
import { simulate } from "../../../simulation/simulate.ts";
import { obstacles, stuckPool } from "../../stuck_pool.ts";
import { atLeast, atMost, type Row } from "../row.ts";

/** When too much begins to come, and time that the pool has to settle, s. */
const overS = 60;
const settleS = 120;
/** Jobs a second that ten places serve, and that come then. */
const placesMost = 10;
const overPerS = 24;
const serviceS = .5;

/** The rows; `quick` simulates fewer seeds. */
export function growthRows(quick: boolean): readonly Row[] {
  const seeds = quick ? 2 : 12;
  return [
    {
      line: "a downstream that serves 10 at once: most workers, two minutes after too much comes",
      run: async () => {
        const seen = await Promise.all(Array.from({ length: seeds }, (_, i) => overrun(i + 1)));
        const most = seen.map(({ most }) => most).sort((one, other) => other - one);
        const [median, worst] = [most[seeds >> 1]!, most[0]!];
        const right = seen.filter(({ cause }) => cause === "downstream").length;
        const detail = `median of ${seeds} runs, worst ${worst}; called downstream in ${right}`;
        if (right < .9 * seeds) throw new Error(detail);
        return atMost(median, 12, "workers", detail);
      },
    },
    {
      line: "a minute in which everything fails and is tried again: workers above those before it",
      run: async () => {
        const [storm, calm] = await storms();
        return atMost(Math.max(0, storm - calm), 0, "workers", `${storm} in it, ${calm} before`);
      },
    },
    {
      line: "what growth ran into, by name, of 50 injected cases",
      run: () => {
        const right = obstacles.filter((obstacle) =>
          stuckPool(obstacle, 240_000).find(({ said }) => said?.plateau)?.said?.plateau?.cause ===
            obstacle.cause
        );
        const percent = 100 * right.length / obstacles.length;
        return Promise.resolve(atLeast(percent, 90, "%", `${right.length} of ${obstacles.length}`));
      },
    },
  ];
}

/** Most workers once the pool had its time, and what it said was in the way. */
async function overrun(seed: number) {
  const spanS = 420;
  const rate = stepped(placesMost, overPerS, overS, spanS);
  const shape = { name: "calls", spanS, rate, rateMax: overPerS, serviceS };
  let [most, cause] = [0, "nothing" as string | null];
  await simulate(shaped(shape, new SeededRandom(seed)), {
    downstream: { places: placesMost },
    note(fact, nowMs) {
      const isSettled = nowMs > (overS + settleS) * 1_000 && nowMs < spanS * 1_000;
      if (fact.type === "resized" && isSettled) most = Math.max(most, fact.actual);
      if (fact.type !== "decided") return;
      for (const { proposal } of fact.decision.vetoes) cause = proposal.plateau?.cause ?? cause;
    },
  });
  return { most, cause };
}

/** Most workers in a storm, once it was seen, and before it. */
async function storms(): Promise<readonly [storm: number, calm: number]> {
  const down = { fromMs: 120_000, untilMs: 240_000, failsAfterMs: 500 };
  const shape = { name: "storm", spanS: 300, rate: constant(20), rateMax: 20, serviceS };
  let [storm, calm] = [0, 0];
  await simulate(shaped(shape, new SeededRandom(3)), {
    ...{ retries: 5, downstream: { down } },
    note(fact, nowMs) {
      if (fact.type !== "resized") return;
      if (nowMs < down.fromMs) calm = Math.max(calm, fact.actual);
      // What was begun before ends first, and what fails is seen when it has failed.
      else if (nowMs > down.fromMs + 10_000 && nowMs < down.untilMs) {
        storm = Math.max(storm, fact.actual);
      }
    },
  });
  return [storm, calm];
}
