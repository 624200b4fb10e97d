/**
 * What this process and its workers take, each with all that it has started.
 *
 * @module
 */
import type { TreeVitals } from "../messages/vitals.ts";
import type { Clock, ProcessRow, Trees } from "./ports.ts";
import type { WorkerLink } from "./worker.ts";

/** Workers that are looked at for one sample; a look costs some 10 µs, at running commands 100. */
const looksMax = 64;
/** Time in which the memory of each is measured again, ms: that takes the kernel a millisecond or more. */
const shareEveryMs = 30_000;
/** Memory is measured of so many for one sample. */
const sharesMax = 16;

/** What was seen of one tree. */
interface Look {
  readonly cpuMs: number;
  readonly atMs: number;
  readonly vitals: TreeVitals;
}

/** Trees of one pool, and our own. */
export class Consumption {
  readonly #clock: Clock;
  readonly #trees: Trees;
  readonly #links: () => readonly WorkerLink[];
  #looks = new WeakMap<WorkerLink, Look>();
  /** Null: it could not be measured. */
  #shares = new WeakMap<WorkerLink, number | null>();
  #own: Look | null = null;
  #ownShareBytes: number | null = null;
  #next = 0;
  /** Fractions of a measurement of memory that are due. */
  #due = 1;
  #nextShare = 0;
  #lookedMs: number;

  /** Sees processes through `trees`. */
  constructor(clock: Clock, trees: Trees, links: () => readonly WorkerLink[]) {
    this.#clock = clock;
    this.#trees = trees;
    this.#links = links;
    this.#lookedMs = clock.nowMs();
  }

  /** This process, then its workers in the order of their seats; none where they can't be seen. */
  get trees(): readonly TreeVitals[] {
    const workers = this.#links().flatMap((link) => this.#looks.get(link)?.vitals ?? []);
    workers.sort((a, b) => a.seat! - b.seat!);
    return this.#own ? [this.#own.vitals, ...workers] : workers;
  }

  /** Looks at our own process and at the workers; at 64 in turn where there are more. */
  look(): void {
    const links = this.#links().filter(({ pid }) => pid !== null);
    this.#weigh(links);
    const nowMs = this.#clock.nowMs();
    const { self } = this.#trees;
    const own = this.#trees.row(self);
    // What workers took that have ended is not ours.
    const who = { pid: self, seat: null, kind: "service", shareBytes: this.#ownShareBytes };
    this.#own = own && seen([{ ...own, childMs: 0 }], who, this.#own, nowMs);
    for (let i = 0; i < Math.min(looksMax, links.length); i++) {
      this.#look(links[this.#next++ % links.length]!, nowMs);
    }
  }

  #look(link: WorkerLink, nowMs: number): void {
    const { seat, grant: { kind } } = link;
    const pid = link.pid!;
    // Who has no command under way has started nothing.
    const hasOthers = kind === "command" && link.running > 0;
    const rows = hasOthers ? this.#trees.below(pid) : [this.#trees.row(pid) ?? []].flat();
    if (rows.length === 0) return void this.#looks.delete(link);
    const who = { pid, seat, kind, shareBytes: this.#shares.get(link) ?? null };
    this.#looks.set(link, seen(rows, who, this.#looks.get(link) ?? null, nowMs));
  }

  /** Measures the memory of those that are new, and then of each in its turn, our own first. */
  #weigh(links: readonly WorkerLink[]): void {
    const nowMs = this.#clock.nowMs();
    let left = sharesMax;
    for (const link of links) {
      if (left === 0) break;
      if (this.#shares.has(link)) continue;
      this.#shares.set(link, this.#trees.shareBytes(link.pid!));
      left--;
    }
    const all = links.length + 1;
    this.#due = Math.min(all, left, this.#due + all * (nowMs - this.#lookedMs) / shareEveryMs);
    this.#lookedMs = nowMs;
    for (; this.#due >= 1; this.#due--) {
      const link = links[this.#nextShare++ % all - 1];
      const bytes = this.#trees.shareBytes(link ? link.pid! : this.#trees.self);
      if (!link) this.#ownShareBytes = bytes;
      else if (bytes !== null) this.#shares.set(link, bytes);
    }
  }
}

function seen(
  rows: readonly ProcessRow[],
  who: Pick<TreeVitals, "pid" | "seat" | "kind" | "shareBytes">,
  before: Look | null,
  nowMs: number,
): Look {
  const cpuMs = rows.reduce((sum, row) => sum + row.cpuMs + row.childMs, 0);
  const spanMs = before ? nowMs - before.atMs : 0;
  // Less than before: somebody has left the tree with what he had used.
  const isRate = before !== null && spanMs > 0 && cpuMs >= before.cpuMs;
  const vitals = {
    ...who,
    processes: rows.length,
    cpuCores: isRate ? (cpuMs - before.cpuMs) / spanMs : null,
    residentBytes: rows.reduce((sum, { residentBytes }) => sum + residentBytes, 0),
  };
  return { cpuMs, atMs: nowMs, vitals };
}
