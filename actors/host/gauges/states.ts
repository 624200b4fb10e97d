/**
 * What all processes of the host are doing, looked at a few at a time.
 *
 * @module
 */
import type { ProcessVitals, StateCounts } from "../../../messages/vitals.ts";
import type { KernelFiles } from "../kernel_files.ts";

/** Processes that are looked at without a pause: less than 1 ms. */
const bite = 64;
/** A look pays for itself: 1 % of a core. */
const patience = 100;
/** Shortest and longest pause, ms: on a busy machine a look takes long and costs little. */
const pauseMs = 10;
const pauseMaxMs = 1_000;
/** Time between the beginnings of two looks, ms. */
const everyMs = 10_000;

interface Row {
  readonly parent: number;
  readonly kind: keyof StateCounts;
}

const kinds: Readonly<Record<string, keyof StateCounts>> = {
  R: "running",
  S: "sleeping",
  D: "blocked",
  T: "stopped",
  t: "stopped",
  Z: "zombie",
};

/** Processes by state. */
export class States {
  readonly #files: KernelFiles;
  readonly #nowMs: () => number;
  #latest: { readonly counts: Omit<ProcessVitals, "ageMs">; readonly atMs: number } | null = null;
  #left: string[] = [];
  #rows = new Map<number, Row>();
  #beganMs = -Infinity;

  /** `nowMs` tells monotonic time, also while it looks. */
  constructor(files: KernelFiles, nowMs: () => number) {
    this.#files = files;
    this.#nowMs = nowMs;
  }

  /** What the last whole look has found; null: nothing can be seen, or not yet. */
  latest(nowMs: number): ProcessVitals | null {
    return this.#latest &&
      { ...this.#latest.counts, ageMs: Math.max(0, nowMs - this.#latest.atMs) };
  }

  /** Looks at some more of them; returns after how long to call it again, ms. */
  walk(): number {
    const fromMs = this.#nowMs();
    if (this.#left.length === 0) this.#begin(fromMs);
    for (const name of this.#left.splice(-bite)) {
      const row = rowOf(this.#files.read(`/proc/${name}/stat`));
      if (row) this.#rows.set(Number(name), row);
    }
    const nowMs = this.#nowMs();
    const restMs = Math.min(pauseMaxMs, Math.max(pauseMs, (nowMs - fromMs) * patience));
    if (this.#left.length > 0) return restMs;
    this.#end(nowMs);
    return Math.max(restMs, everyMs - (nowMs - this.#beganMs));
  }

  #begin(nowMs: number): void {
    this.#beganMs = nowMs;
    this.#rows.clear();
    this.#left = (this.#files.list("/proc") ?? []).filter((name) => /^\d{1,10}$/.test(name));
  }

  #end(nowMs: number): void {
    if (this.#rows.size === 0) {
      this.#latest = null;
      return;
    }
    const self = Number(this.#files.read("/proc/self/stat")?.match(/^(\d{1,10}) /)?.[1] ?? NaN);
    const all = count(this.#rows.values());
    const own = count(below(self, this.#rows));
    this.#latest = { counts: { ...all, own }, atMs: nowMs };
    this.#rows.clear();
  }
}

function rowOf(stat: string | null): Row | null {
  // The fields stand after the name, which may hold anything.
  const [, letter, parent] = stat?.slice(stat.lastIndexOf(")")).match(/^\) (\S) (\d{1,10}) /) ?? [];
  return letter === undefined ? null : { kind: kinds[letter] ?? "other", parent: Number(parent) };
}

function count(rows: Iterable<Row>): StateCounts {
  const counts = { running: 0, sleeping: 0, blocked: 0, stopped: 0, zombie: 0, other: 0 };
  for (const { kind } of rows) counts[kind]++;
  return counts;
}

/** A process and all that descend from it. */
function* below(root: number, rows: ReadonlyMap<number, Row>): Generator<Row> {
  const children = new Map<number, number[]>();
  for (const [pid, { parent }] of rows) {
    const known = children.get(parent);
    if (known) known.push(pid);
    else children.set(parent, [pid]);
  }
  const found = new Set([root]);
  for (const pid of found) {
    const row = rows.get(pid);
    if (row) yield row;
    for (const child of children.get(pid) ?? []) found.add(child);
  }
}
