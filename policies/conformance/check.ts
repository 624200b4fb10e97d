/**
 * What every scaling policy promises, tried out: for ours, and for those of others.
 *
 * @module
 */
import type { Proposal } from "../../messages/decision.ts";
import type { Reading } from "../../messages/signals.ts";
import { optionsOf } from "../choice.ts";
import type { ScalingPolicy } from "../policy.ts";
import { anyReadings, calm } from "./any_readings.ts";
import { frozen, isPlain, plain, text, told } from "./plain.ts";

/** Series of readings, and readings of each; of one that is long, for what a policy remembers. */
const series = 10;
const steps = 60;
const longSteps = 1_000;
/** Most that a policy may remember, characters of JSON: a season of counts fits. */
const memoryCharsMax = 131_072;

/** What the host may look like when it can't be seen. */
const unseen: readonly Partial<Reading>[] = [
  { hostAgeMs: 3_001 },
  { hostAgeMs: NaN },
  { cpuRatio: null },
  { cpuRatio: NaN },
  { cpuRatio: -1 },
  { memoryRatio: null },
  { memoryRatio: Infinity },
];

/**
 * Tries a policy on readings of all kinds and returns what it does not keep of what policies promise;
 * empty when it keeps all. It must
 *
 * - have a name, a sentence and defaults for all its options,
 * - propose finite numbers, whole where they count, and say why, whatever it reads,
 * - answer the same to the same readings, and leave them, its options and its memory as they are,
 * - remember plain data of a bounded size, from which it goes on as if it had never stopped,
 * - hold its size while the host can't be seen.
 *
 * `options` are those to try it with. Default: its own.
 *
 * @example
 * ```ts
 * import { checkScalingPolicy, scalingPolicies } from "@flyball/flyball";
 *
 * const problems = checkScalingPolicy(scalingPolicies[0]!);
 * if (problems.length > 0) throw new Error(problems.join("\n"));
 * ```
 */
export function checkScalingPolicy<O, M>(
  policy: ScalingPolicy<O, M>,
  options: unknown = {},
): readonly string[] {
  const checked = policy as ScalingPolicy;
  const problems = new Set<string>(shape(checked));
  const attempt = (what: string, check: () => Iterable<string>) => {
    try {
      for (const problem of check()) problems.add(problem);
    } catch (error) {
      problems.add(`${what}: ${String(error).split("\n")[0]}`);
    }
  };
  let parsed: unknown;
  attempt("can't be begun with these options", () => {
    parsed = frozen(optionsOf(checked, options));
    const everyMs = checked.everyMs(parsed);
    return everyMs > 0 && everyMs < Infinity ? [] : [`everyMs is ${everyMs}`];
  });
  if (parsed === undefined) return [...problems];
  for (let seed = 1; seed <= series; seed++) {
    const readings = anyReadings(seed, steps);
    attempt("throws", () => walk(checked, parsed, readings));
  }
  attempt("throws", () => remembers(checked, parsed));
  attempt("throws where the host can't be seen", () => holds(checked, parsed));
  attempt("throws at what an earlier process kept", () => resumes(checked, parsed));
  return [...problems];
}

function* shape({ start, step, ...policy }: ScalingPolicy): Iterable<string> {
  yield* told(policy);
  if (typeof start !== "function" || typeof step !== "function") yield "has no start or no step";
}

/** Steps two of the same, one of them from a memory that was written as JSON each time. */
function* walk(policy: ScalingPolicy, options: unknown, readings: readonly Reading[]) {
  let memory = frozen(policy.start(options));
  let written: unknown = plain(memory);
  for (const reading of readings) {
    const [proposal, next] = policy.step(memory, reading, options);
    const [other, restored] = policy.step(frozen(written), reading, options);
    yield* unsound(proposal);
    if (text(other) !== text(proposal)) yield "answers differently to the same readings";
    memory = frozen(next);
    written = plain(restored);
    if (!isPlain(next)) yield "remembers what JSON can't hold";
  }
}

/** What is wrong with a proposal. */
function* unsound(proposal: Proposal): Iterable<string> {
  const { floor, cap, runningMax, commandsMax, spares, because } = proposal;
  if (typeof because !== "string" || because === "") yield "says not why";
  const fields = Object.entries({ ...proposal, ...proposal.spawn });
  for (const [field, value] of fields) {
    const isNumber = typeof value === "number";
    if (isNumber && !(value >= 0 && value < Infinity)) yield `proposes ${field} ${value}`;
  }
  const counts = { floor, cap, runningMax, commandsMax, spares };
  for (const [field, count] of Object.entries(counts)) {
    if (count !== undefined && !Number.isInteger(count)) yield `proposes ${field} ${count}`;
  }
  if (cap !== undefined && floor > cap) yield "proposes a floor above its cap";
  if (proposal.spawn && !(proposal.spawn.queuePer > 0)) yield "proposes queuePer 0";
}

/** A long life must not fill the memory. */
function* remembers(policy: ScalingPolicy, options: unknown): Iterable<string> {
  let memory = policy.start(options);
  for (const reading of anyReadings(1, longSteps)) {
    memory = policy.step(memory, reading, options)[1];
  }
  const chars = text(memory).length;
  if (chars > memoryCharsMax) yield `remembers ${chars} characters, at most ${memoryCharsMax}`;
  let later = memory;
  for (const reading of anyReadings(2, longSteps)) {
    const moved = { ...reading, nowMs: reading.nowMs + 1e9, wallMs: reading.wallMs! + 1e9 };
    later = policy.step(later, moved, options)[1];
  }
  const grown = text(later).length;
  if (grown > 1.5 * chars + 4_096) yield `remembers more and more: ${chars}, then ${grown}`;
}

/** Neither more nor fewer while the host can't be seen, however long the queue. */
function* holds(policy: ScalingPolicy, options: unknown): Iterable<string> {
  for (const part of unseen) {
    const [before, memory] = policy.step(policy.start(options), calm(), options);
    const reading = calm({ nowMs: 5_000, queued: 40, ...part });
    const [after] = policy.step(memory, reading, options);
    if (after.floor === before.floor && after.cap === before.cap) continue;
    const [name, value] = Object.entries(part)[0]!;
    yield `moves from ${before.floor}..${before.cap} to ${after.floor}..${after.cap} ` +
      `while ${name} is ${value}`;
  }
}

/** What it keeps is plain data, and what is none of it is of no use. */
function* resumes(policy: ScalingPolicy, options: unknown): Iterable<string> {
  if (!policy.keep || !policy.resume) return;
  let memory = policy.start(options);
  const moment = { nowMs: 0, shiftMs: 0 };
  for (const reading of anyReadings(3, steps)) {
    memory = policy.step(memory, reading, options)[1];
    const kept = policy.keep(memory);
    if (!isPlain(kept)) yield "keeps what JSON can't hold";
  }
  const kept = [policy.keep(memory), null, 7, "x", [], {}];
  for (const one of kept) {
    const resumed = policy.resume(plain(one), moment, options);
    if (resumed !== null) yield* unsound(policy.step(resumed, calm(), options)[0]);
  }
}
