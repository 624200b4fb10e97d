/**
 * Why a job waits: the first gate that blocks it.
 *
 * @module
 */
import type { JobView } from "../messages/job.ts";
import type { OperatorStatus, WhyJob } from "../messages/status.ts";
import { quantile } from "../policies/estimators/histogram.ts";
import { span } from "../policies/span.ts";
import type { Estate } from "./estate.ts";
import { type Job, jobId, jobNumber, operationOf } from "./job.ts";
import type { Lane } from "./lane.ts";
import { memoryBound } from "./memory_bound.ts";
import { begunNone, lastsMs, operatorWords } from "./operator.ts";
import type { Chosen } from "./router.ts";
import { poolStatus } from "./status.ts";
import type { System } from "./system.ts";

/** How many jobs of its lane go before a job: each of them is looked at. */
type AheadOf = (lane: Lane, job: Job) => number;

/**
 * Looks at the gates in the order in which a job meets them. Who asks for many jobs, and only wants to
 * know what they wait for, does without the number of those before them.
 */
export function whyWaits(
  system: System,
  view: Pick<JobView, "id" | "state">,
  aheadOf: AheadOf = (lane, job) => lane.ahead(job),
): WhyJob {
  const job = system.queue.open.get(jobNumber(view.id) ?? -1);
  const estate = job ? system.estateOf(job.operation.grant) : system.home;
  const answer = (gate: string, because: string, ahead: number | null = null): WhyJob => ({
    id: view.id,
    state: view.state,
    ...(system.estates.size > 1 && { pool: estate.name }),
    gate,
    because,
    ahead,
    etaMs: ahead === null ? null : eta(estate, ahead),
  });
  if (!job) return answer("ended", `It has ended: ${view.state}`);
  if (job.outcome) return answer("storage", "It has ended, and that is not on disk yet");
  if (job.state === "running") {
    const limit = job.allowance?.words;
    return answer("running", limit ? `It runs, and may take ${limit}` : "It runs");
  }
  if (!job.admitted) return answer("storage", "It is not on disk yet");
  const hold = system.queue.gates.why(job);
  const held = hold?.gate === "key" && system.meters.operations.holds(job);
  if (held) return answer("threshold", held, hold.ahead);
  if (hold) {
    const told = answer(hold.gate, hold.because, hold.ahead);
    if (hold.untilMs === null) return told;
    return { ...told, etaMs: Math.max(0, hold.untilMs - system.ports.clock.nowMs()) };
  }
  if (job.state === "blocked") {
    const because = "Other staged runs, of its project or in all, go before it";
    return answer("project", because, system.runs.ahead(job));
  }
  if (job.slot >= 0) return answer("credit", "It lies in a worker that has not begun it yet");
  const { queue } = system;
  const { pool } = estate;
  const status = poolStatus(system, estate);
  const scaling = status.scaling as { breaker?: string } | null;
  if (begunNone(status.operator)) {
    const because = `The pool is ${operatorWords(status.operator)}`;
    const etaMs = lastsMs(status.operator, system.ports.clock.wallMs());
    return { ...answer("operator", because), etaMs };
  }
  const lane = queue.lane(job.operation.grant);
  const limit = limitOf(estate, lane);
  if (limit) return answer(limit.gate, limit.because, aheadOf(lane, job));
  const lack = lane.lack(job);
  if (lack) {
    const [gate, because] = lack.of === "cores"
      ? ["cpu", wantsCores(system, job, lack.first)]
      : ["memory", wantsMemory(system, job, lack.first)];
    return answer(gate, because, aheadOf(lane, job));
  }
  const own = lane.held(job, system.ports.clock.nowMs());
  if (own) return answer("share", ownShare(job, own), aheadOf(lane, job));
  const spent = system.budget?.why(estate.name);
  if (spent) return answer("budget", spent, aheadOf(lane, job));
  const workers = pool.links.filter((link) => link.grant.key === lane.grant.key);
  if (workers.length === 0) {
    return scaling?.breaker === "open"
      ? answer("start", "Workers can't be started: the breaker is open")
      : { ...answer("workers", "No worker for it is ready yet"), etaMs: startMs(estate) };
  }
  const ahead = aheadOf(lane, job);
  const chosen = pool.dispatcher.router.chosen(lane);
  if (ahead === 0 && chosen && !job.alone) return answer("position", turnOf(chosen), ahead);
  return answer("position", positionOf(job, ahead) + boundOf(status.operator), ahead);
}

/** Whom the next job waits for by a routing that was chosen. */
const turnOf = ({ seat, routing, patienceMs }: Chosen) =>
  `It is next, and ${routing} has chosen the worker in seat ${seat}, which has no room; ` +
  `after ${span(patienceMs)} it goes to another`;

/** The limit on running jobs, or on running commands, that is reached; null: none is. */
function limitOf(estate: Estate, { grant }: Lane) {
  const { envelope: { runningMax, commandsMax }, dispatcher } = estate.pool;
  if (runningMax !== null && dispatcher.sent >= runningMax) {
    const short = memoryBound(estate);
    const run = dispatcher.sent === 1 ? "1 runs" : `${dispatcher.sent} run`;
    if (short) return { gate: "memory", because: `${run}, ${short}` };
    const because = `At most ${runningMax} jobs may run, ${dispatcher.sent} do`;
    return { gate: "running limit", because };
  }
  const isFull = commandsMax !== null && dispatcher.commandsSent >= commandsMax;
  if (grant.kind !== "command" || !isFull) return null;
  return { gate: "commands limit", because: `At most ${commandsMax} commands may run at once` };
}

/** What is before it; nothing but the work that is being done where it is the next one. */
function positionOf(job: Job, ahead: number): string {
  const room = job.alone ? "a worker of its own" : "room in a worker";
  const others = ahead === 1 ? "1 job" : `${ahead} jobs`;
  return ahead === 0 ? `It is next, and waits for ${room}` : `${others} will be begun before it`;
}

/** That the pool can't grow for it, where the operator has said so. */
const boundOf = (operator: OperatorStatus): string =>
  operator.state === "pinned" || operator.state === "pausedOut"
    ? `; the pool is ${operatorWords(operator)}`
    : "";

/** How long a worker usually takes to start; null while none has. */
const startMs = ({ metrics }: Estate): number | null => quantile(metrics.startMs, 0.5);

/** How much its operation has while others need some. */
const ownShare = ({ spec }: Job, { workers, most }: { workers: number; most: number }) =>
  `${operationOf(spec)} is in ${workers} workers, at most ${most} while others need some`;

/** Who needs something first: the job itself, or the one of its kind before it. */
const whoNeeds = (job: Job, first: Job) =>
  first === job ? "It needs" : `${jobId(first.id)}, which goes before it, needs`;

/** How many cores are needed, and who has them. */
function wantsCores({ stowage: { footprints } }: System, job: Job, first: Job): string {
  const { reserved, all } = footprints.cores;
  const needs = footprints.hasCores(first)
    ? "Others that need more cores have waited longer"
    : `${whoNeeds(job, first)} ${first.limits?.cpuCores} cores`;
  return `${needs}; ${reserved} of ${all} are reserved`;
}

/** How much memory is needed, where that number is from, and who has the memory. */
function wantsMemory({ stowage: { footprints } }: System, job: Job, first: Job): string {
  const { bytes, marginBytes } = footprints.need(first);
  const { entry } = footprints.weightOf(first);
  const { measured } = entry.footprint;
  const from = first.limits?.memoryBytes !== undefined
    ? "its limit"
    : measured > 0
    ? `by what ${entry.name} took before`
    : `${entry.name} is not known`;
  const held = `${mib(footprints.reservedBytes)} of ${mib(footprints.budgetBytes)}`;
  const needs = `${whoNeeds(job, first)} ${mib(bytes + marginBytes)} of memory (${from})`;
  return `${needs}; ${held} are reserved (${footprints.holders} running)`;
}

const mib = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`;

/** Time until `ahead` jobs have ended at the pace so far; null while there is none. */
function eta({ metrics, pool }: Estate, ahead: number): number | null {
  if (metrics.finished === 0) return null;
  const meanMs = metrics.runSumMs / metrics.finished;
  const lanes = Math.max(1, pool.links.reduce((sum, link) => sum + Math.max(1, link.running), 0));
  return ahead * meanMs / lanes;
}
