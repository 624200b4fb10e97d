/**
 * Workers that leak, and workers that only breathe.
 *
 * @module
 */
import { fresh, type Leak, leaking, watchLeak } from "../../../policies/estimators/leak.ts";
import { mulberry } from "../../chance.ts";
import { atMost, exactly, type Row } from "../row.ts";
import { p95 } from "../sample.ts";

const secondMs = 1_000;
const minuteMs = 60 * secondMs;

/** Minutes until it is told, null if it is not within `minutes`: a sawtooth that rises by so much. */
function told(seed: number, risePerMinuteBytes: number, minutes: number): number | null {
  const unit = mulberry(seed);
  let leak: Leak = fresh(0);
  let above = 0;
  for (let nowMs = 0; nowMs <= minutes * minuteMs; nowMs += secondMs) {
    // Garbage grows and is collected now and then; each collection leaves a little more or less.
    above = unit() < .05 ? 4e6 * unit() : above + 1e6 * unit();
    const steady = 60e6 + above + 1e6 * unit();
    leak = watchLeak(leak, steady + risePerMinuteBytes * nowMs / minuteMs, nowMs);
    if (nowMs % minuteMs === 0 && leaking(leak) !== null) return nowMs / minuteMs;
  }
  return null;
}

/** Rows over sawtooth noise. */
export function leakRows(quick: boolean): readonly Row[] {
  const seeds = Array.from({ length: quick ? 20 : 1_000 }, (_, i) => i + 1);
  return [
    {
      line: "steady workers that are taken for leaking within two hours",
      run: () => {
        const wrong = seeds.filter((seed) => told(seed, 0, 120) !== null).length;
        return Promise.resolve(exactly(wrong, 0, "workers", `of ${seeds.length}`));
      },
    },
    {
      line: "a worker that leaks 0.5 MB a minute: minutes until it is told, 95 of 100",
      run: () => {
        const minutes = seeds.slice(0, 200).map((seed) => told(seed, .5e6, 60) ?? Infinity);
        return Promise.resolve(atMost(p95(minutes), 30, "min", `worst ${Math.max(...minutes)}`));
      },
    },
    {
      line: "a worker that leaks 1 MB a minute: minutes until it is told, all of them",
      run: () => {
        const minutes = seeds.slice(0, 200).map((seed) => told(seed, 1e6, 60) ?? Infinity);
        return Promise.resolve(
          atMost(Math.max(...minutes), 30, "min", `worst of ${minutes.length}`),
        );
      },
    },
  ];
}
