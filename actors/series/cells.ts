/**
 * Which jobs are counted together: those of one operation, class and project. There may be more of
 * them than anyone looks at, so the number is bounded and the rest are called `other`.
 *
 * @module
 */
import type { Priority } from "../../messages/job.ts";
import { classes, type Job, operationOf } from "../job.ts";
import { Rungs } from "./rungs.ts";
import { Tally } from "./tally.ts";

/** What stands for operations and projects that are too many. */
export const other = "other";
/** Operations that are told apart. */
export const operationsMax = 64;
/** Projects of one operation that are told apart. */
const projectsMax = 32;
/** Kinds of jobs that are told apart, besides those that are `other`. */
const cellsMax = 256;

/** What jobs of one kind do. */
export class Cell {
  readonly rungs: Rungs<Tally>;
  /** Operation, class and project as JSON. */
  readonly label: string;

  /** Nothing has happened. */
  constructor(
    readonly operation: string,
    readonly priority: Priority,
    readonly projectId: string | null,
    wallMs: number,
  ) {
    this.label = JSON.stringify([operation, priority, projectId]);
    this.rungs = new Rungs(() => new Tally(), wallMs);
  }
}

/** The kinds of one operation. */
interface Row {
  readonly name: string;
  /** Without a project, by class. */
  readonly plain: (Cell | undefined)[];
  /** By project, by class. */
  readonly projects: Map<string, (Cell | undefined)[]>;
}

/** All kinds of jobs. */
export class Cells {
  readonly #rows = new Map<string, Row>();
  #all: Cell[] = [];
  /** The row that was asked for last: mostly it is asked for again. */
  #last: Row | null = null;
  readonly #wallMs: () => number;

  /** None yet. */
  constructor(wallMs: () => number) {
    this.#wallMs = wallMs;
  }

  /** All that there are. */
  get all(): readonly Cell[] {
    return this.#all;
  }

  /** What jobs like this one do now. */
  of(job: Pick<Job, "spec" | "rank">): Tally {
    return this.cellOf(job).rungs.now;
  }

  /** Where jobs like this one are counted. */
  cellOf({ spec, rank }: Pick<Job, "spec" | "rank">): Cell {
    const name = operationOf(spec);
    const { projectId } = spec;
    if (projectId === undefined && name === this.#last?.name) {
      const cell = this.#last.plain[rank];
      if (cell) return cell;
    }
    const row = this.#rows.get(name);
    if (row) this.#last = row;
    const byRank = row === undefined || projectId === undefined
      ? row?.plain
      : row.projects.get(projectId);
    return byRank?.[rank] ?? this.#make(spec, rank);
  }

  /** What jobs without a project of an operation do now. */
  ofOperation(operation: string): Tally {
    const cell = this.#rows.get(operation)?.plain[1] ?? this.#make({ operation }, 1);
    return cell.rungs.now;
  }

  /** Forgets kinds that have done nothing since the day that begins at `dayAt`. */
  forget(dayAt: number): void {
    const kept = this.#all.filter(({ rungs }) => rungs.dayAt >= dayAt || !rungs.now.isEmpty);
    if (kept.length === this.#all.length) return;
    this.#all = [];
    this.#rows.clear();
    this.#last = null;
    for (const cell of kept) {
      const row = this.#rowOf(cell.operation);
      this.#put(this.#byRank(row, cell.projectId), classes.indexOf(cell.priority), cell);
    }
  }

  #make(spec: Job["spec"], rank: number): Cell {
    const isFull = this.#all.length >= cellsMax;
    const name = operationOf(spec);
    const known = this.#rows.has(name) || (!isFull && this.#rows.size < operationsMax);
    const row = this.#rowOf(known && !isFull ? name : other);
    const { projectId = null } = spec;
    const isKnown = projectId === null ||
      (row.name === name && (row.projects.has(projectId) || row.projects.size < projectsMax));
    const byRank = this.#byRank(row, isKnown ? projectId : other);
    const project = isKnown ? projectId : other;
    return byRank[rank] ??
      this.#put(byRank, rank, new Cell(row.name, classes[rank]!, project, this.#wallMs()));
  }

  #put(byRank: (Cell | undefined)[], rank: number, cell: Cell): Cell {
    this.#all.push(cell);
    return byRank[rank] = cell;
  }

  #rowOf(name: string): Row {
    let row = this.#rows.get(name);
    if (!row) this.#rows.set(name, row = { name, plain: [], projects: new Map() });
    return row;
  }

  #byRank(row: Row, projectId: string | null): (Cell | undefined)[] {
    if (projectId === null) return row.plain;
    let byRank = row.projects.get(projectId);
    if (!byRank) row.projects.set(projectId, byRank = []);
    return byRank;
  }
}
