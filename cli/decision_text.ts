/**
 * Decisions for people.
 *
 * @module
 */
import type { Decision, DecisionCost, Prospect } from "../messages/decision.ts";
import type { WhyPool } from "../messages/why_pool.ts";
import { timeText } from "./amounts.ts";
import { oneLine } from "./complain.ts";

/** Why a pool has its size: in words, then who says what, then what was decided lately. */
export function whyPoolText({ because, voices, recent }: WhyPool): string {
  const width = Math.max(0, ...voices.map(({ name }) => name.length));
  return [
    oneLine(because),
    ...voices.map(({ name, does, because }) =>
      `  ${name.padEnd(width)}  ${does.padEnd(12)}  ${oneLine(because)}`
    ),
    ...recent.toReversed().flatMap(decisionLines),
  ].join("\n");
}

/** A decision in a line or more: what, why, who kept it from being otherwise, its cost, its verdict. */
function decisionLines(decision: Decision): string[] {
  const { id, decidedAt, envelope: { floor, cap }, winner, because, blockedBy } = decision;
  const at = new Date(decidedAt).toISOString().slice(11, 19);
  const head = blockedBy === null ? `${floor} to ${cap} workers` : `blocked by ${blockedBy}`;
  const rest = [
    ...decision.alternatives.map(({ kind, policy, envelope }) =>
      `${kind} ${policy}: ${envelope.floor} to ${envelope.cap}`
    ),
    ...costText(decision.cost),
    ...prospectsText(decision.prospects),
    ...(decision.verdict ? [`${decision.verdict.verdict}: ${decision.verdict.because}`] : []),
  ];
  return [
    `decision ${id} at ${at}: ${head} \u00b7 ${winner}: ${oneLine(because)}`,
    ...rest.map((line) => `  - ${oneLine(line)}`),
  ];
}

/** What sizes would cost and bring, in a line; a record of an earlier version has none. */
function prospectsText(prospects: readonly Prospect[] = []): string[] {
  const sizes = prospects.flatMap(({ workers, workerSeconds, waitMs }) => {
    if (waitMs === null) return [];
    const cost = workerSeconds === 0 ? "as now" : `${signed(workerSeconds)} worker-seconds`;
    return `${workers}: ${timeText(waitMs)}, ${cost}`;
  });
  return sizes.length === 0 ? [] : [`expected wait by workers: ${sizes.join(" \u00b7 ")}`];
}

const signed = (value: number) => `${value > 0 ? "+" : ""}${value}`;

function costText({ workerSeconds, workerSecondsMost, money }: DecisionCost): string[] {
  if (workerSeconds === 0 && workerSecondsMost === 0) return [];
  const now = `${signed(workerSeconds)} worker-seconds an hour now`;
  const most = `${signed(workerSecondsMost)} at most`;
  const price = money &&
    ` (${signed(Number(money.now.toFixed(4)))} and ${signed(Number(money.most.toFixed(4)))} ` +
      `${money.currency} an hour)`;
  return [`costs ${now}, ${most}${price ?? ""}`];
}
