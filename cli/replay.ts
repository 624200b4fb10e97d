/**
 * `flyball simulate --replay`: what was recorded of a controller, decided again.
 *
 * @module
 */
import type { RecordedDecision } from "../messages/recording.ts";
import type { Choice } from "../policies/choice.ts";
import { bind } from "../policies/scaling/mod.ts";
import { paced } from "../policies/scaling/paced.ts";
import { readRecording, type Replayed, replayRecording } from "../simulation/recording.ts";
import { nameOf } from "../simulation/simulate.ts";
import { oneLine } from "./complain.ts";
import { exit } from "./exit.ts";
import { time } from "./simulate_text.ts";

/** Decisions of a policy that are shown. */
const shownMax = 20;

/** What is wished for. */
export interface ReplayWish {
  /** Others that are to decide; empty: those of the recording, to see that they come to the same. */
  readonly policies: readonly Choice[];
  readonly json: boolean;
}

/** Decides again and prints what came of it; the exit code. A RangeError where it is no recording. */
export function replayAll(
  name: string,
  text: string,
  { policies, json }: ReplayWish,
  print: (text: string) => void = console.log,
): number {
  const parts = readRecording(linesOf(text));
  if (policies.length > 0) {
    const runs = policies.map(({ name, ...options }) => ({
      policy: nameOf({ name, ...options }),
      ...replayRecording(parts, [paced(bind(name, options))]),
    }));
    if (json) print(JSON.stringify(runs.map(({ recorded: _, ...run }) => run)));
    else for (const run of runs) print(othersText(name, run.policy, run));
    return exit.ok;
  }
  const run = replayRecording(parts);
  const at = differsAt(run);
  if (json) print(JSON.stringify({ ...run, isSame: at === null }));
  else print(sameText(name, run, at));
  return at === null ? exit.ok : exit.failed;
}

/** A recording as it is, or as the service answers with it. */
function linesOf(text: string): string {
  if (!text.startsWith('{"pool"')) return text;
  try {
    const { lines } = JSON.parse(text) as { readonly lines?: unknown };
    if (Array.isArray(lines)) return lines.join("\n");
  } catch { /* said below */ }
  throw new RangeError("is no recording: expected what GET /api/v1/pools/NAME/recording answers");
}

/** What a decision is told from another one by. */
const essence = (
  { id, winner, envelope, because, adopted, blockedBy }: RecordedDecision,
): string =>
  JSON.stringify([id, winner, Object.entries(envelope).sort(), because, adopted, blockedBy]);

/** Where the two lists are not the same; null: they are. */
function differsAt({ recorded, decisions }: Replayed): number | null {
  const most = Math.max(recorded.length, decisions.length);
  for (let at = 0; at < most; at++) {
    const [one, other] = [recorded[at], decisions[at]];
    if (!one || !other || essence(one) !== essence(other)) return at;
  }
  return null;
}

function sameText(name: string, run: Replayed, at: number | null): string {
  const { recorded, decisions } = run;
  if (at === null) return `${head(name, run)}: ${recorded.length} decisions, the same again`;
  return [
    `${head(name, run)}: ${recorded.length} decisions, and ${decisions.length} now`,
    `recorded: ${decisionText(recorded[at])}`,
    `now:      ${decisionText(decisions[at])}`,
  ].join("\n");
}

function othersText(name: string, policy: string, run: Replayed): string {
  const { recorded, decisions } = run;
  const more = decisions.length - shownMax;
  return [
    `${head(name, run)}: ${recorded.length} decisions; ${policy} makes ${decisions.length}`,
    ...decisions.slice(0, shownMax).map((decision) => `  ${decisionText(decision)}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ].join("\n");
}

const head = (name: string, { looks, spanMs }: Replayed) =>
  `${oneLine(name)}: ${looks} looks in ${time(spanMs)}`;

function decisionText(decision: RecordedDecision | undefined): string {
  if (!decision) return "none";
  const { id, envelope: { floor, cap }, winner, because, blockedBy } = decision;
  const what = blockedBy === null ? `${floor} to ${cap} workers` : `blocked by ${blockedBy}`;
  return `${id}: ${what} \u00b7 ${winner}: ${oneLine(because)}`;
}
