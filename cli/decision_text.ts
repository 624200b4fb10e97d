/**
 * Decisions for people.
 *
 * @module
 */
import type { Decision, DecisionCost } from "../messages/decision.ts";
import type { WhyPool } from "../messages/why_pool.ts";
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
    ...(decision.verdict ? [`${decision.verdict.verdict}: ${decision.verdict.because}`] : []),
  ];
  return [
    `decision ${id} at ${at}: ${head} \u00b7 ${winner}: ${oneLine(because)}`,
    ...rest.map((line) => `  - ${oneLine(line)}`),
  ];
}

function costText({ workerSeconds, workerSecondsMost, money }: DecisionCost): string[] {
  if (workerSeconds === 0 && workerSecondsMost === 0) return [];
  const sign = (value: number, unit: string) => `${value > 0 ? "+" : ""}${value}${unit}`;
  const now = `${sign(workerSeconds, "")} worker-seconds an hour now`;
  const most = `${sign(workerSecondsMost, "")} at most`;
  const price = money &&
    ` (${sign(Number(money.now.toFixed(4)), "")} and ${sign(Number(money.most.toFixed(4)), "")} ` +
      `${money.currency} an hour)`;
  return [`costs ${now}, ${most}${price ?? ""}`];
}
