/**
 * Memory that is reserved for running jobs, by what their operations were seen to use, and cores
 * that they say they need.
 *
 * Only commands have a place here, and tasks with a memory limit, which run alone: what a task
 * among others uses can't be told from what they use. Each is expected to need a quantile of what
 * its operation used, and a margin. Margins are shared: not all jobs need theirs at once, so those
 * of many add up like errors do, by their squares.
 *
 * @module
 */
import type { Outcome } from "../messages/outcome.ts";
import {
  createFootprint,
  footprintOf,
  footprintRow,
  learn,
  moreBytes,
  type Need,
  needOf,
} from "../policies/estimators/footprint.ts";
import { type Job, operationOf } from "./job.ts";
import type { Clock } from "./ports.ts";
import type { Entry, Weight } from "./weight.ts";

/** Operations that have a footprint of their own; the one used longest ago makes room. */
const operationsMax = 1_000;
/** Share of the memory that can be had which is used where no budget was given. */
const usableRatio = 0.9;
/** Margins are added up in whole MiB, so that nothing is left over when all is given back. */
const mib = 2 ** 20;
/** Longest name of an operation. */
const nameCharsMax = 255;
/** Attempts of a job that runs out of memory. */
const oomsMax = 3;

/** What is reserved, and for which operations how much. */
export class Footprints {
  /** What all may have together; null: most of what is free. */
  limitBytes: number | null;
  readonly #entries = new Map<string, Entry>();
  readonly #clock: Clock;
  readonly #availableBytes: () => number | null;
  /** Jobs that something is reserved for, by operations that nobody has seen end. */
  readonly #strange = new Set<Job>();
  readonly #cores: () => number;
  /** Jobs that something is reserved for. */
  holders = 0;
  /** Cores that are reserved, in thousandths. */
  #milliCores = 0;
  #bytes = 0;
  #marginSquares = 0;
  /** Memory that could be had when nothing ran. */
  #idleBytes = 0;
  /** Something was learned that is not stored yet. */
  #news = false;

  /**
   * `limitBytes`: what all jobs may have together; null: most of what `availableBytes` finds. `cores`
   * counts those of the machine.
   */
  constructor(
    clock: Clock,
    limitBytes: number | null = null,
    availableBytes: () => number | null = () => null,
    cores: () => number = () => Infinity,
  ) {
    this.#cores = cores;
    this.#clock = clock;
    this.limitBytes = limitBytes;
    this.#availableBytes = availableBytes;
  }

  /** What is reserved, with the margins. */
  get reservedBytes(): number {
    return this.#sum(0, 0);
  }

  /** What may be reserved; Infinity where nobody knows how much there is. */
  get budgetBytes(): number {
    if (this.limitBytes !== null) return this.limitBytes;
    const freeBytes = this.#availableBytes();
    if (freeBytes === null) return Infinity;
    this.#idleBytes = this.holders === 0 ? freeBytes : Math.max(this.#idleBytes, freeBytes);
    return Math.floor(usableRatio * Math.min(this.#idleBytes, this.#bytes + freeBytes));
  }

  /** Cores that are reserved, and those there are. */
  get cores(): { readonly reserved: number; readonly all: number } {
    return { reserved: this.#milliCores / 1_000, all: this.#cores() };
  }

  /** What is known by operation. */
  get operations(): ReadonlyMap<string, Entry> {
    return this.#entries;
  }

  /** Memory that `job` is expected to need. */
  need(job: Job, budgetBytes = this.budgetBytes): Need {
    const declared = job.limits?.memoryBytes;
    if (declared !== undefined) return { bytes: declared, marginBytes: 0 };
    if (!hasMemory(job)) return { bytes: 0, marginBytes: 0 };
    const { entry, leastBytes } = this.weightOf(job);
    const need = needOf(entry.footprint, budgetBytes, this.#clock.nowMs());
    const short = need.bytes + need.marginBytes < leastBytes;
    return short ? { bytes: leastBytes, marginBytes: 0 } : need;
  }

  /** Whether so much can be reserved now. What is too large for the budget runs by itself. */
  fits({ bytes, marginBytes }: Need, budgetBytes = this.budgetBytes): boolean {
    return this.holders === 0 || this.#sum(bytes, Math.ceil(marginBytes / mib)) <= budgetBytes;
  }

  /** Whether the cores that a job says it needs are free. Who needs too many runs by himself. */
  hasCores(job: Job): boolean {
    const milli = milliCores(job);
    if (milli === 0 || this.#milliCores === 0) return true;
    return this.#milliCores + milli <= 1_000 * this.#cores();
  }

  /** The weight of a job that has one. */
  weightOf(job: Job): Weight {
    return job.weight ??= {
      entry: this.#entryOf(operationOf(job.spec)),
      bytes: 0,
      marginMib: 0,
      milliCores: 0,
      held: false,
      reservedBytes: 0,
      leastBytes: 0,
      ooms: 0,
    };
  }

  /** Reserves what a job needs, as it is sent to a worker. */
  reserve(job: Job): void {
    const weight = this.weightOf(job);
    if (weight.held) return;
    const nowMs = this.#clock.nowMs();
    const { footprint } = weight.entry;
    this.#put(weight, this.need(job), milliCores(job));
    weight.held = true;
    weight.reservedBytes = weight.bytes + weight.marginMib * mib;
    this.holders++;
    weight.entry.running++;
    weight.entry.usedMs = nowMs;
    if (footprint.ended > 0 || job.limits?.memoryBytes !== undefined || !hasMemory(job)) return;
    footprint.sinceMs ??= nowMs;
    this.#strange.add(job);
  }

  /** The limits of a job have changed, so what is reserved for it may too. */
  renew(job: Job): void {
    const { weight } = job;
    if (!weight?.held) return;
    this.#take(weight);
    this.#put(weight, this.need(job), milliCores(job));
  }

  /** Gives back what is reserved for a job that has left its worker, however it did. */
  release(job: Job): void {
    const { weight } = job;
    if (!weight?.held) return;
    weight.held = false;
    this.holders--;
    weight.entry.running--;
    this.#take(weight);
    if (this.#strange.delete(job) && weight.entry.running === 0) {
      weight.entry.footprint.sinceMs = null;
    }
  }

  /** A running job was seen to have so much memory. */
  saw(job: Job, bytes: number): void {
    const { weight } = job;
    if (!weight?.held || !this.#strange.has(job)) return;
    weight.entry.footprint.seenBytes = Math.max(weight.entry.footprint.seenBytes, bytes);
  }

  /** Thinks again about jobs of operations that nobody has seen end. */
  look(): void {
    const { budgetBytes } = this;
    for (const job of this.#strange) {
      const weight = this.weightOf(job);
      this.#take(weight);
      this.#put(weight, this.need(job, budgetBytes), milliCores(job));
    }
  }

  /** Learns from an attempt that ended; true when it ran out of memory and is to have more. */
  again(job: Job, outcome: Outcome): boolean {
    if (!hasMemory(job)) return false;
    // More memory than its limit is no use to a job: it would be ended again.
    const isFree = job.limits?.memoryBytes === undefined;
    const again = outcome.category === "oom" && isFree && this.#more(job, outcome);
    this.#learn(job, outcome);
    if (!again) return false;
    job.attempt++;
    job.losses++;
    job.doomed = null;
    return true;
  }

  /** What is to be stored; null when that is stored already. */
  snapshot(): unknown {
    if (!this.#news) return null;
    this.#news = false;
    return [...this.#entries.values()]
      .filter(({ footprint }) => footprint.ended > 0)
      .map(({ name, footprint }) => ({ name, ...footprintRow(footprint) }));
  }

  /** Takes over what was stored; what is not ours is left out. */
  restore(snapshot: unknown): void {
    if (!Array.isArray(snapshot)) return;
    for (const row of snapshot.slice(0, operationsMax)) {
      const footprint = footprintOf(row);
      const name: unknown = row?.name;
      if (!footprint || typeof name !== "string" || name.length > nameCharsMax) continue;
      const known = this.#entries.get(name);
      if (known && known.footprint.ended > 0) continue;
      if (known) known.footprint = footprint;
      else this.#entries.set(name, { name, footprint, running: 0, usedMs: 0 });
    }
  }

  #learn(job: Job, { type, category, resources, durationMs }: Outcome): void {
    // What was stopped half-way or never began says too little.
    if (type === "cancelled" || category === "spawn" || category === "lost") return;
    const { entry, leastBytes } = this.weightOf(job);
    const { peakBytes, cpuSeconds } = resources;
    const measured = peakBytes !== null && peakBytes > 0 ? Math.max(peakBytes, leastBytes) : null;
    learn(
      entry.footprint,
      { peakBytes: measured, cpuSeconds, durationMs },
      this.#clock.wallMs(),
    );
    this.#news = true;
  }

  /** A full heap has a limit of its own, and who was given one is held to it. */
  #more(job: Job, { code, resources }: Outcome): boolean {
    const weight = this.weightOf(job);
    if (code === "oom_heap" || job.limits?.memoryBytes !== undefined) return false;
    if (job.doomed === "cancelled") return false;
    if (++weight.ooms >= oomsMax) return false;
    const { bytes, marginBytes } = this.need(job);
    weight.leastBytes = moreBytes(Math.max(bytes + marginBytes, resources.peakBytes ?? 0));
    return true;
  }

  #entryOf(name: string): Entry {
    let entry = this.#entries.get(name);
    if (entry) return entry;
    if (this.#entries.size >= operationsMax) this.#forget();
    entry = { name, footprint: createFootprint(), running: 0, usedMs: this.#clock.nowMs() };
    this.#entries.set(name, entry);
    return entry;
  }

  #forget(): void {
    let oldest: Entry | null = null;
    for (const entry of this.#entries.values()) {
      if (entry.running === 0 && (!oldest || entry.usedMs < oldest.usedMs)) oldest = entry;
    }
    if (oldest) this.#entries.delete(oldest.name);
  }

  #put(weight: Weight, { bytes, marginBytes }: Need, milli: number): void {
    weight.milliCores = milli;
    this.#milliCores += milli;
    weight.bytes = bytes;
    weight.marginMib = Math.ceil(marginBytes / mib);
    this.#bytes += bytes;
    this.#marginSquares += weight.marginMib ** 2;
  }

  #take(weight: Weight): void {
    this.#bytes -= weight.bytes;
    this.#marginSquares -= weight.marginMib ** 2;
    this.#milliCores -= weight.milliCores;
    weight.bytes = weight.marginMib = weight.milliCores = 0;
  }

  #sum(bytes: number, marginMib: number): number {
    return this.#bytes + bytes + Math.ceil(mib * Math.sqrt(this.#marginSquares + marginMib ** 2));
  }
}

/** Whether it can be told what memory a job uses: that of a task is its worker's. */
const hasMemory = ({ operation, limits }: Job): boolean =>
  operation.grant.kind === "command" || limits?.memoryBytes !== undefined;

/** Whole numbers add up to nothing again. */
const milliCores = ({ limits }: Job): number => Math.round(1_000 * (limits?.cpuCores ?? 0));
