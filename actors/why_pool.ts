/**
 * Why a pool has its size: who says what, and what came of it.
 *
 * @module
 */
import { may, says, type ScalingValue } from "../machines/may.ts";
import type { Candidate, Decision } from "../messages/decision.ts";
import type { OperatorStatus } from "../messages/status.ts";
import type { Voice, WhyPool } from "../messages/why_pool.ts";
import { brownoutText } from "./brownout.ts";
import type { Estate } from "./estate.ts";
import { memoryBound } from "./memory_bound.ts";
import { operatorWords } from "./operator.ts";
import { Refusal } from "./refusal.ts";
import type { System } from "./system.ts";

/** Decisions that are shown. */
const recentMax = 5;

/** Looks at the pool called `name`; throws Refusal `unknown_pool`. */
export function whyPool(system: System, name: string): WhyPool {
  const estate = system.estates.get(name);
  if (!estate) {
    const known = [...system.estates.keys()].join(", ");
    throw new Refusal(
      "unknown_pool",
      `There is no pool ${JSON.stringify(name)}: there is ${known}`,
    );
  }
  const { pool, controller, lastResize } = estate;
  const ready = pool.links.filter(({ open }) => open).length;
  const starting = pool.links.length - ready;
  const decisions = system.decisions.latest(undefined, name);
  const decision = decisions.findLast(({ id }) => id === pool.decision) ??
    decisions.findLast(({ adopted }) => adopted) ?? null;
  const { floor, cap } = pool.envelope;
  const spared = pool.dispatcher.router.spared.size;
  const nowAt = system.ports.clock.wallMs();
  const resized = lastResize && `It went from ${lastResize.from} to ${lastResize.to}, ` +
      `${ago(nowAt - lastResize.at)}: ${lastResize.because}`;
  const bound = memoryBound(estate);
  const { status: brownout } = system.brownout;
  const regret = system.regrets.meter.of(name);
  const judged = decisions.findLast(({ verdict }) => verdict !== null);
  const sentences = [
    `${workers(ready)} ${ready === 1 ? "is" : "are"} ready` +
    (starting > 0 ? `, ${starting} ${starting === 1 ? "is" : "are"} starting` : "") +
    `; there may be ${floor === cap ? cap : `${floor} to ${cap}`}` +
    whose(controller.operator, decision),
    ...(spared > 0 ? [sparedText(spared)] : []),
    ...forbidden(controller.value as ScalingValue | null),
    ...(bound ? [`Of its jobs ${bound}`] : []),
    ...(resized ? [resized] : []),
    ...(judged ? [verdictText(judged)] : []),
    ...(regret ? [`${regret.because} (${ago(nowAt - Date.parse(regret.at))})`] : []),
    ...(brownout ? [`Meanwhile: ${brownoutText(brownout)}`] : []),
  ];
  return {
    pool: name,
    ready,
    starting,
    floor,
    cap,
    because: sentences.map((sentence) => `${sentence}.`).join(" "),
    voices: voicesOf(estate),
    decision,
    recent: decisions.slice(-recentMax),
    lastResize: lastResize && { ...lastResize, at: new Date(lastResize.at).toISOString() },
  };
}

/** Whose word the size is. */
function whose(operator: OperatorStatus, decision: Decision | null): string {
  const isTheirs = operator.state === "pinned" || operator.state === "drained";
  if (isTheirs) return `, ${operatorWords(operator)}`;
  return decision ? `, says ${decision.winner}: ${decision.because}` : "";
}

/** Who is without jobs soon. */
const sparedText = (count: number): string =>
  `The others do with what there is to do: ${count} ${count === 1 ? "gets" : "get"} jobs only ` +
  "where these have no room, and can go when idle";

/** What a change of the size would run into. */
function forbidden(value: ScalingValue | null): string[] {
  if (value === null) return ["Nobody decides yet"];
  const { grow, shrink, because } = may(value);
  if (grow && shrink) return [];
  return [`It may not ${!grow && !shrink ? "change" : grow ? "shrink" : "grow"} now: ${because}`];
}

function verdictText({ id, verdict }: Decision): string {
  const { verdict: word, because, before } = verdict!;
  if (before === null) return `What decision ${id} did is unknown: ${because}`;
  const came = { helped: "helped", neutral: "changed nothing", hurt: "hurt" }[word];
  return `Decision ${id} ${came}: ${because}`;
}

/** Policies, constraints, the regions of the scaling machine that object, and the rate of starts. */
function voicesOf({ controller, pool }: Estate): readonly Voice[] {
  const said = (does: Voice["does"]) => ({ policy, proposal, failed }: Candidate): Voice => ({
    name: policy,
    does: failed === undefined ? does : "forbids",
    because: failed ?? `${roomOf(proposal)}${proposal.because}`,
  });
  const value = controller.value as ScalingValue | null;
  const objections = Object.entries(value ?? {}).flatMap(([region, state]): Voice[] => {
    const { grow, shrink } = (says as Record<string, Record<string, Rights>>)[region]![state]!;
    if (grow && shrink) return [];
    return [{ name: region, does: "forbids", because: `${region} ${state}` }];
  });
  return [
    ...controller.latest.map(said("proposes")),
    ...controller.constraints.map(said("allows")),
    ...controller.silent.map(({ name, because }): Voice => (
      { name, does: "says nothing", because }
    )),
    ...objections,
    {
      name: "starts",
      does: "allows",
      because: `at most ${
        Math.floor(pool.startsPerS)
      } starts a second: they take half of the cores`,
    },
  ];
}

interface Rights {
  readonly grow: boolean;
  readonly shrink: boolean;
}

function roomOf({ floor, cap }: Candidate["proposal"]): string {
  if (cap === undefined) return floor > 0 ? `at least ${floor}: ` : "";
  return `${floor === cap ? cap : `${floor} to ${cap}`}: `;
}

const workers = (count: number) => count === 1 ? "1 worker" : `${count} workers`;

function ago(ms: number): string {
  if (ms < 1_000) return "just now";
  const s = Math.round(ms / 1_000);
  return s < 120
    ? `${s} s ago`
    : s < 7_200
    ? `${Math.round(s / 60)} min ago`
    : `${Math.round(s / 3_600)} h ago`;
}
