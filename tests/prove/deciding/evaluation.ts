/**
 * What a whole evaluation costs: rounding, the summing up for verdicts, everybody who is asked, and
 * one envelope out of it.
 *
 * @module
 */
import { cpuUsage } from "node:process";
import { Hearings } from "../../../actors/council.ts";
import { rounded } from "../../../actors/rounded.ts";
import { bindConstraint } from "../../../policies/constraints/mod.ts";
import { Judge } from "../../../policies/judge.ts";
import { heed, unknownWork } from "../../../policies/scaling/demand.ts";
import { closed, combine } from "../../../policies/scaling/combine.ts";
import { bind } from "../../../policies/scaling/mod.ts";
import { readingOf } from "../../readings.ts";
import { atMost, type Row } from "../row.ts";

/** The row. */
export function evaluationRows(quick: boolean): readonly Row[] {
  const count = quick ? 10_000 : 200_000;
  return [{
    line: "an evaluation by the governor under nine constraints that changes nothing",
    run: () => Promise.resolve(atMost(evaluationUs(count), 5, "µs", `mean of ${count}`)),
  }];
}

/** Mean time of the processor, µs. */
function evaluationUs(count: number): number {
  const hearings = new Hearings(() => {});
  const judge = new Judge();
  const guards = [
    bindConstraint("bounds", { min: 1, max: 24 }),
    ...["spares", "cost", "thermal", "emergency", "swap", "gain", "retries", "reversals"].map((
      name,
    ) => bindConstraint(name)),
  ];
  const council = { policies: [bind("governor")], guards };
  const readings = Array.from(
    { length: 1_000 },
    (_, i) => ({ ...readingOf({ queued: i % 5, finished: 20, workerDemandRatio: .1 }) }),
  );
  let [before, work] = [closed, unknownWork];
  const evaluate = (i: number) => {
    const seen = Object.assign(readings[i % readings.length]!, { nowMs: i * 250, wallMs: i * 250 });
    const reading = rounded(seen);
    judge.look(reading);
    work = heed(work, reading);
    const candidates = hearings.candidates(council, reading);
    before = combine(before, candidates, hearings.vetoes(council, reading)).envelope;
  };
  for (let i = 0; i < count / 5; i++) evaluate(i);
  const began = cpuUsage();
  for (let i = 0; i < count; i++) evaluate(count + i);
  const { user, system } = cpuUsage(began);
  return (user + system) / count;
}
