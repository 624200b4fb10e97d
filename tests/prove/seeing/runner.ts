/**
 * The runner of the examples at full count, with all that goes wrong: what it completes by itself,
 * within which times, and whether the metrics tell the truth of it.
 *
 * @module
 */
import { autonomousRatioMin, compareNumbers, targetsMs } from "../../../examples/runner/checks.ts";
import { stages } from "../../../examples/runner/jobs.ts";
import { type Finished, runProjects } from "../../../examples/runner/runner.ts";
import { quantile } from "../../../examples/runner/tally.ts";
import { atLeast, atMost, exactly, type Row } from "../row.ts";

/** Rows of one run of it, which is played when the first of them is measured. */
export function runnerRows(quick: boolean): readonly Row[] {
  const options = { projects: quick ? 3 : 12, rounds: quick ? 2 : 3, faults: true, seed: 1 };
  let played: Promise<Finished> | undefined;
  const play = () => played ??= runProjects({ ...options, ...quick && { slowMs: 1_000 } });
  const words = "runner, 36 runs with faults";
  return [
    {
      line: `${words}: >= 80 % are done without help, by the metrics`,
      async run() {
        const { figures } = await play();
        const { autonomousRatio, ended } = figures.stages.verify.worth;
        const { resolved, errors } = figures.business.all;
        const detail = `${ended} runs, ${resolved} of ${errors} jobs with errors got over them`;
        return atLeast(round(autonomousRatio ?? NaN), autonomousRatioMin, "share", detail);
      },
    },
    {
      line: `${words}: every number of the metrics is the one that was counted outside`,
      async run() {
        const { tally, figures } = await play();
        const checks = compareNumbers(tally, figures);
        const wrong = checks.filter(({ holds }) => !holds).map(({ what }) => what);
        return exactly(wrong.length, 0, "numbers", wrong.join("; ") || `${checks.length} compared`);
      },
    },
    ...stages.map((stage): Row => ({
      line: `${words}: ${stage} takes <= ${targetsMs[stage] / 1_000} s (p95)`,
      async run() {
        const { figures } = await play();
        const { p50, p95, max } = figures.stages[stage].numbers.durationMs;
        const detail = `p50 ${Math.round(p50 ?? NaN)} ms, worst ${Math.round(max ?? NaN)} ms`;
        return atMost(Math.round(p95 ?? NaN), targetsMs[stage], "ms", detail);
      },
    })),
    {
      line: `${words}: the provider sees no request beyond its rates`,
      async run() {
        const { ledger: { exceeded, mostTokens, requests } } = (await play()).tally;
        const detail = `${requests} requests, at most ${mostTokens} tokens in a minute`;
        return exactly(exceeded, 0, "requests", detail);
      },
    },
    {
      line: `${words}: a second checkout takes <= 30 % of the first (medians)`,
      async run() {
        const { clonedMs, fetchedMs } = (await play()).tally;
        const [cloned, fetched] = [quantile(clonedMs, 0.5), quantile(fetchedMs, 0.5)];
        const detail = `${Math.round(fetched)} ms after ${Math.round(cloned)} ms`;
        return atMost(round(fetched / cloned), 0.3, "x", detail);
      },
    },
  ];
}

const round = (ratio: number) => Math.round(ratio * 1_000) / 1_000;
