/**
 * Looks at what running commands use and ends those that take more than their limits.
 *
 * One look sees the trees of all commands. A look pays for itself in patience: the next one comes
 * after seventy times as long as it took, so that looking costs 2 % of a core at most.
 *
 * @module
 */
import type { Limits } from "../../messages/limits.ts";
import type { Resources } from "../../messages/outcome.ts";
import { type Job, unmeasured } from "../job.ts";
import type { Clock, JobGroup, Trees } from "../ports.ts";
import type { WorkerLink } from "../worker.ts";
import { Duties, unseenMs } from "./duties.ts";
import { Metered } from "./metered.ts";
import { pinned } from "./pinned.ts";
import { Forest } from "./tree.ts";

/** Time between looks while a job has a memory limit that nobody else holds it to, ms. */
const limitedMs = 125;
/** While a job is young, and later, ms. */
const youngMs = 200;
const oldMs = 1_000;
/** Age up to which a job is young, ms. */
const youthMs = 5_000;
/** The next look comes after so many times the time of this one: what it costs besides is paid too. */
const patience = 70;

/** Youngest command that is worth a look, ms. */
const worthMs = 50;

/** What all commands of a pool use. */
export class Meter {
  readonly #running = new Map<Job, Metered>();
  readonly #groups = new Map<Job, JobGroup>();
  /** On their way under limits that have changed since: those they were sent with. */
  readonly #late = new Map<Job, Limits>();
  readonly #duties: Duties;
  /** What workers have got of children that ended, when it was read last, and if it was all theirs. */
  readonly #childMs = new WeakMap<WorkerLink, { readonly readMs: number; mixed: boolean }>();
  readonly #clock: Clock;
  readonly #trees: Trees;
  readonly #looked: () => void;
  readonly #isWatched: (job: Job) => boolean;
  #disarm: (() => void) | null = null;
  #dueMs = Infinity;
  #turn = 0;

  /**
   * Sees processes through `trees`; calls `looked` after each look. Jobs that are `isWatched` are
   * looked at even where their group tells what they use.
   */
  constructor(
    clock: Clock,
    trees: Trees,
    looked: () => void = () => {},
    isWatched: (job: Job) => boolean = () => false,
  ) {
    this.#clock = clock;
    this.#trees = trees;
    this.#looked = looked;
    this.#isWatched = isWatched;
    this.#duties = new Duties(clock, trees);
  }

  /** Commands that run now. */
  get running(): ReadonlyMap<Job, Metered> {
    return this.#running;
  }

  /** What goes to the worker of a job with limits: of a command, also the words that hold it. */
  payload(job: Job): string {
    const { limits, operation } = job;
    if (!limits || operation.grant.kind !== "command") return job.payload;
    this.#dropGroup(job);
    const group = this.#trees.group(limits);
    if (group) this.#groups.set(job, group);
    const words = [...(group?.words ?? []), ...this.#trees.words(this.#pinned(limits, group))];
    return `{"words":${JSON.stringify(words)},${job.payload.slice(1)}`;
  }

  /** A command runs; `pid` as its worker sees it. */
  spawned(link: WorkerLink, job: Job, pid: number): void {
    const nowMs = this.#clock.nowMs();
    const metered = new Metered(job, link, pid, this.#groups.get(job) ?? null, nowMs);
    this.#running.set(job, metered);
    this.#share(metered);
    const firstMs = this.#isLimited(job) ? limitedMs : youngMs;
    this.#arm(nowMs + (this.#duties.holds(job) ? unseenMs : firstMs));
    const before = this.#late.get(job);
    if (before && this.#late.delete(job)) this.#catchUp(job, before);
  }

  /** A command is asked to end: it must not be stopped so that it can. */
  asked(job: Job): void {
    this.#duties.release(job);
  }

  /** A command has ended: what it used, and whether the kernel ended some of it for its memory. */
  ended(link: WorkerLink, job: Job): { readonly resources: Resources; readonly oomKills: number } {
    const told = job.resources ?? ofChildren(this.#childDelta(link));
    // What its worker has got of its children is no longer that of those it does not tell of.
    if (job.resources) this.#childMs.set(link, { readMs: 0, mixed: true });
    const resources = this.#running.get(job)?.resources(told) ?? told;
    const oomKills = this.#running.get(job)?.group?.used().oomKills ?? 0;
    this.forget(job);
    return { resources, oomKills };
  }

  /** Its worker is gone: what its commands were seen to use stays with them. */
  gone(link: WorkerLink): void {
    for (const [job, metered] of this.#running) {
      if (metered.link !== link) continue;
      job.resources = metered.resources(unmeasured);
      this.forget(job);
    }
  }

  /** The limits of a job have changed: a running one is held to them from now on. */
  async relimit(job: Job, limits: Limits, before: Limits): Promise<void> {
    const metered = this.#running.get(job);
    if (!metered) {
      if (job.slot >= 0 && !this.#late.has(job)) this.#late.set(job, before);
      return;
    }
    this.#see();
    this.#regroup(metered, limits);
    this.#share(metered);
    if (this.#isLimited(job)) this.#arm(this.#clock.nowMs() + limitedMs);
    const group = this.#groups.get(job) ?? null;
    const pids = metered.rows.map(({ pid }) => pid);
    // What pinned it to its cores is a limit that nobody has asked for.
    const held = this.#pinned(before, group);
    await this.#trees.hold(pids, this.#pinned(limits, group), held);
  }

  /** Lets the group of a job hold it to `limits`; one that it is given now has not seen its memory. */
  #regroup({ job, group, rows }: Metered, limits: Limits): void {
    if (group) return void group.limit(limits);
    const { memoryBytes: _, ...share } = limits;
    const late = this.#groups.get(job);
    if (late) return void late.limit(share);
    const made = this.#trees.group(share);
    if (!made) return;
    this.#groups.set(job, made);
    for (const { pid } of rows) made.add(pid);
  }

  /** Has a job rest between whiles that has a share of CPU time and no group that holds it to it. */
  #share(metered: Metered): void {
    const { job } = metered;
    const { cpuCores } = job.limits ?? {};
    if (cpuCores === undefined || this.#groups.get(job)?.holdsCpu) this.#duties.release(job);
    else this.#duties.hold(metered, cpuCores);
  }

  #pinned(limits: Limits, group: JobGroup | null): Limits {
    return group?.holdsCpu ? limits : pinned(limits, this.#trees, this.#turn++);
  }

  /** Forgets all commands and ends their groups. */
  close(): void {
    this.#disarm?.();
    this.#duties.close();
    for (const job of [...this.#groups.keys()]) this.forget(job);
  }

  /** True for a job for whom it matters how soon we look. */
  #isLimited(job: Job): boolean {
    return job.limits?.memoryBytes !== undefined || this.#duties.holds(job);
  }

  #arm(untilMs: number): void {
    if (untilMs >= this.#dueMs) return;
    this.#disarm?.();
    this.#dueMs = untilMs;
    this.#disarm = this.#clock.at(untilMs, () => this.#look());
  }

  #look(): void {
    this.#dueMs = Infinity;
    this.#disarm = null;
    if (this.#running.size === 0) return;
    const nowMs = this.#clock.nowMs();
    let everyMs = oldMs;
    let worth = false;
    for (const { job, sinceMs, group } of this.#running.values()) {
      const limited = this.#isLimited(job);
      // A group that is for something else says nothing of memory that is limited.
      const isTold = group && (group.holdsMemory || job.limits?.memoryBytes === undefined);
      if (!isTold && (limited || nowMs - sinceMs >= worthMs)) worth = true;
      if (this.#duties.holds(job) || this.#isWatched(job)) worth = true;
      if (nowMs - sinceMs < youthMs) everyMs = Math.min(everyMs, youngMs);
      if (limited) everyMs = limitedMs;
    }
    const tookMs = worth ? this.#see() : 0;
    for (const metered of this.#running.values()) this.#judge(metered);
    this.#looked();
    // Where a memory limit depends on it, patience has an end.
    const leastMs = Math.min(tookMs * patience, everyMs === limitedMs ? 2 * limitedMs : Infinity);
    this.#arm(this.#clock.nowMs() + Math.max(everyMs, leastMs));
  }

  /** Looks at all trees; returns how long it took, ms. */
  #see(): number {
    const fromMs = this.#clock.nowMs();
    const { rows, tookMs } = this.#trees.list();
    const forest = new Forest(rows);
    for (const metered of this.#running.values()) metered.look(forest, this.#trees);
    this.#duties.looked();
    return Math.max(tookMs, this.#clock.nowMs() - fromMs);
  }

  /** Ends a command that has taken more memory than it may. */
  #judge({ job, bytes, rows, group }: Metered): void {
    const limitBytes = job.limits?.memoryBytes ?? Infinity;
    // The kernel may end one process and leave the others, who wait for it for ever.
    const killed = group?.holdsMemory === true && group.used().oomKills > 0;
    if (!killed && (bytes <= limitBytes || group?.holdsMemory)) return;
    job.doomed ??= "oom";
    job.because ||= overLimit(killed ? null : bytes, limitBytes);
    group?.kill();
    this.#trees.kill(rows.map(({ pid }) => pid));
    // What was started while we looked is found by the next look, which comes soon.
  }

  /** CPU time that `link` has got of ended commands since it was asked last; null where of several. */
  #childDelta(link: WorkerLink): number | null {
    const before = this.#childMs.get(link) ?? { readMs: 0, mixed: link.served > 1 };
    if (link.running > 0) {
      this.#childMs.set(link, { ...before, mixed: true });
      return null;
    }
    const readMs = link.pid === null ? undefined : this.#trees.row(link.pid)?.childMs;
    if (readMs === undefined) return null;
    this.#childMs.set(link, { readMs, mixed: false });
    // Less than a tick can't be told from nothing.
    return before.mixed || readMs === before.readMs ? null : readMs - before.readMs;
  }

  /** Who asked has been answered; where it can't be held now, its next attempt will be. */
  #catchUp(job: Job, before: Limits): void {
    this.relimit(job, job.limits ?? {}, before).catch(() => {});
  }

  /** A job has ended, begun or not: nothing is held for it. */
  forget(job: Job): void {
    this.#duties.release(job);
    this.#running.delete(job);
    this.#late.delete(job);
    this.#dropGroup(job);
  }

  #dropGroup(job: Job): void {
    this.#groups.get(job)?.end();
    this.#groups.delete(job);
  }
}

/** What is known of a command that ended before it was looked at. */
function ofChildren(childMs: number | null): Resources {
  if (childMs === null) return unmeasured;
  return { ...unmeasured, cpuSeconds: childMs / 1_000, source: "samples" };
}

/** Why a job is ended that took more memory than it may; `bytes` is null where the kernel did it. */
export const overLimit = (bytes: number | null, limitBytes: number): string =>
  bytes === null
    ? `Reached its memory limit of ${mib(limitBytes)}`
    : `Used ${mib(bytes)} of memory, its limit is ${mib(limitBytes)}`;

const mib = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`;
