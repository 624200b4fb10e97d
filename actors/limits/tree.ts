/**
 * Which of all processes belong to one job, and what they use together.
 *
 * @module
 */
import type { ProcessRow, Trees } from "../ports.ts";

/** All processes at one instant, by pid, parent and session. */
export class Forest {
  readonly #rows = new Map<number, ProcessRow>();
  readonly #children = new Map<number, ProcessRow[]>();
  readonly #sessions = new Map<number, ProcessRow[]>();

  /** Of one look at all processes. */
  constructor(rows: readonly ProcessRow[]) {
    for (const row of rows) {
      this.#rows.set(row.pid, row);
      add(this.#children, row.parent, row);
      add(this.#sessions, row.session, row);
    }
  }

  /** One process; undefined when there is none. */
  at(pid: number): ProcessRow | undefined {
    return this.#rows.get(pid);
  }

  /** `root` and all that it has started, and what they have started in turn. */
  below(root: number): ProcessRow[] {
    const first = this.#rows.get(root);
    return this.#close(first ? [first] : []);
  }

  /**
   * The tree of `root`: all below it, all in its session, and those of `known` that still live with
   * all below them, as children of a parent that has gone are nobody's.
   */
  tree(root: number, known: readonly ProcessRow[]): ProcessRow[] {
    const seeds = [
      this.#rows.get(root),
      ...(this.#sessions.get(root) ?? []),
      ...known.map(({ pid, startedTicks }) => {
        const row = this.#rows.get(pid);
        return row?.startedTicks === startedTicks ? row : undefined;
      }),
    ];
    return this.#close(seeds.filter((row) => row !== undefined));
  }

  #close(seeds: readonly ProcessRow[]): ProcessRow[] {
    const found = new Set<ProcessRow>(seeds);
    for (const row of found) {
      for (const child of this.#children.get(row.pid) ?? []) found.add(child);
    }
    return [...found];
  }
}

/** Processes as they are now, as long as they are the same that they were. */
export const living = (rows: readonly ProcessRow[], trees: Pick<Trees, "row">): ProcessRow[] =>
  rows.flatMap(({ pid, startedTicks }) => {
    const row = trees.row(pid);
    return row?.startedTicks === startedTicks ? row : [];
  });

/** CPU time of processes that live, with that of children they have waited for. */
export const cpuMsOf = (rows: readonly ProcessRow[]): number =>
  rows.reduce((sum, { cpuMs, childMs }) => sum + cpuMs + childMs, 0);

/** Resident memory; what processes share is counted for each of them. */
export const bytesOf = (rows: readonly ProcessRow[]): number =>
  rows.reduce((sum, { residentBytes }) => sum + residentBytes, 0);

/** Memory of processes with what they share counted once; what has just ended has none. */
export const shareBytesOf = (
  rows: readonly ProcessRow[],
  trees: Pick<Trees, "row" | "shareBytes">,
): number =>
  rows.reduce(
    (sum, row) => sum + (trees.shareBytes(row.pid) ?? bytesOf(living([row], trees))),
    0,
  );

function add(map: Map<number, ProcessRow[]>, key: number, row: ProcessRow): void {
  const others = map.get(key);
  if (others) others.push(row);
  else map.set(key, [row]);
}
