/**
 * A command that is looked at: which processes it is, and the most they were seen to use.
 *
 * @module
 */
import type { Resources } from "../../messages/outcome.ts";
import type { Job } from "../job.ts";
import type { JobGroup, ProcessRow, Trees } from "../ports.ts";
import type { WorkerLink } from "../worker.ts";
import { bytesOf, cpuMsOf, type Forest, shareBytesOf } from "./tree.ts";

/** What several processes share of less than this is not told apart, bytes. */
const sharedMinBytes = 32 * 2 ** 20;

/** What is known of one running command. */
export class Metered {
  readonly job: Job;
  readonly link: WorkerLink;
  readonly sinceMs: number;
  /** Its control group, where it has one. */
  readonly group: JobGroup | null;
  /** Its processes as they were seen last. */
  rows: readonly ProcessRow[] = [];
  /** Memory it was seen to have last. */
  bytes = 0;
  readonly #told: number;
  #root: number | null = null;
  #cpuMs: number | null = null;
  #peakBytes: number | null = null;
  #ioBytes: number | null = null;

  /** `told` is its pid as its worker sees it. */
  constructor(job: Job, link: WorkerLink, told: number, group: JobGroup | null, nowMs: number) {
    this.job = job;
    this.link = link;
    this.#told = told;
    this.group = group;
    this.sinceMs = nowMs;
  }

  /** Looks at its processes among all there are. */
  look(forest: Forest, trees: Trees): void {
    this.#root ??= this.#find(forest, trees);
    if (this.#root === null) return;
    this.rows = forest.tree(this.#root, this.rows);
    if (this.rows.length === 0) return;
    this.#cpuMs = Math.max(this.#cpuMs ?? 0, cpuMsOf(this.rows));
    this.bytes = this.#together(trees);
    const [only] = this.rows;
    const peakBytes = this.rows.length === 1 ? trees.peakBytes(only!.pid) : null;
    this.#peakBytes = Math.max(this.#peakBytes ?? 0, this.bytes, peakBytes ?? 0);
    const io = this.rows.map(({ pid }) => trees.ioBytes(pid)).filter((bytes) => bytes !== null);
    if (io.length > 0) {
      this.#ioBytes = Math.max(this.#ioBytes ?? 0, io.reduce((sum, bytes) => sum + bytes, 0));
    }
  }

  /** Memory of all of them. To tell what they share takes a while, so only where that may matter. */
  #together(trees: Trees): number {
    const bytes = bytesOf(this.rows);
    const limit = this.job.limits?.memoryBytes ?? Infinity;
    const isMost = bytes > Math.max(this.#peakBytes ?? 0, sharedMinBytes);
    return this.rows.length > 1 && (isMost || bytes > limit)
      ? shareBytesOf(this.rows, trees)
      : bytes;
  }

  /** What it was seen to use; `told`: what its worker knows of it. */
  resources(told: Resources): Resources {
    if (this.group) {
      const { oomKills: _, ...used } = this.group.used();
      return { ...used, source: "cgroup" };
    }
    const cpuSeconds = larger(told.cpuSeconds, this.#cpuMs === null ? null : this.#cpuMs / 1_000);
    const seen = this.#peakBytes !== null || cpuSeconds !== null;
    return {
      cpuSeconds,
      peakBytes: this.#peakBytes,
      ioBytes: larger(told.ioBytes, this.#ioBytes),
      source: seen ? "samples" : "none",
    };
  }

  /** Its first process; in a worker with pids of its own it has another number than it was told. */
  #find(forest: Forest, trees: Trees): number | null {
    const all = forest.below(this.link.pid ?? -1);
    const same = all.find(({ pid }) => pid === this.#told);
    if (same && (trees.innerPid(same.pid) ?? same.pid) === this.#told) return same.pid;
    return all.find(({ pid }) => trees.innerPid(pid) === this.#told)?.pid ?? null;
  }
}

const larger = (one: number | null, other: number | null) =>
  one === null || other === null ? one ?? other : Math.max(one, other);
