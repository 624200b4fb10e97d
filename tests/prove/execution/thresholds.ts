/**
 * Workers that pass their warning.
 *
 * @module
 */
import type { Toy } from "../../tasks/toy.ts";
import { fixedAt, live } from "../../live.ts";
import { atMost, type Row } from "../row.ts";

const bytes = 150e6;
const warningBytes = 130e6;

/** What a worker has used: for half a second, or for as long as it lives. */
const uses: readonly Toy[] = [{ do: "hold", bytes, ms: 500 }, { do: "keep", bytes }];

/** From a worker's warning until it is calm again or gone, ms. */
async function settled(toy: Toy): Promise<number> {
  const { default: pool } = fixedAt(1).pools as { default: object };
  const thresholds = { memory: { warningBytes } };
  await using runtime = await live({ pools: { default: { ...pool, thresholds } } });
  const facts = runtime.facts();
  let fromMs = NaN;
  const running = runtime.run("toy", toy);
  for await (const stamped of facts) {
    if (!("fact" in stamped)) continue;
    const { at, fact } = stamped;
    const isLevel = fact.type === "alert" && fact.code === "worker_memory";
    if (isLevel && fact.level === "warning") fromMs = at;
    const isOver = (isLevel && fact.level === "info") ||
      (fact.type === "worker" && fact.state === "gone");
    if (isOver && fromMs > 0) {
      await running;
      return at - fromMs;
    }
  }
  return NaN;
}

/** Rows over both uses. */
export function thresholdRows(quick: boolean): readonly Row[] {
  return [{
    line: "a worker above its warning of memory: slowest to be below it again or replaced",
    run: async () => {
      const times: number[] = [];
      for (let i = 0; i < (quick ? 1 : 5); i++) {
        for (const toy of uses) times.push(await settled(toy));
      }
      return atMost(Math.max(...times), 5_000, "ms", times.join(", "));
    },
  }];
}
