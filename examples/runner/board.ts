/**
 * A line for each project: where its run stands. Drawn anew on a terminal, elsewhere a line for each
 * stage that ended.
 *
 * @module
 */
import type { Fact, Labels } from "@flyball/flyball";

/** Where lines are written: a terminal, a pipe, a test. */
export interface Screen {
  readonly terminal: boolean;
  write(text: string): void;
}

/** Where a project stands. */
interface Row {
  run: string;
  stage: string;
  state: string;
  attempt: number;
  sinceMs: number;
}

/** All projects. */
export class Board {
  readonly #screen: Screen;
  readonly #rounds: number;
  readonly #rows = new Map<string, Row>();
  #drawn = 0;

  /** `rounds` runs of each project are to come. */
  constructor(screen: Screen, rounds: number) {
    this.#screen = screen;
    this.#rounds = rounds;
  }

  /** Notes what happened; `nowMs` since the begin. */
  note(fact: Fact, nowMs: number): void {
    if (fact.type !== "jobs" || fact.move === "accepted") return;
    fact.labels?.forEach((labels, i) => {
      const state = fact.move === "ended" ? fact.endings?.[i] ?? "done" : fact.move;
      if (labels?.taskId !== undefined) this.#move(labels, state, nowMs);
    });
  }

  /** Draws all lines over those before, on a terminal. */
  draw(nowMs: number): void {
    if (!this.#screen.terminal) return;
    const lines = [...this.#rows]
      .toSorted(([one], [other]) => one < other ? -1 : 1)
      .map(([project, row]) => `\x1b[K${this.#line(project, row, nowMs)}\n`);
    this.#screen.write((this.#drawn > 0 ? `\x1b[${this.#drawn}A` : "") + lines.join(""));
    this.#drawn = lines.length;
  }

  #move({ projectId = "", executionId = "", taskId = "" }: Labels, state: string, nowMs: number) {
    const stage = taskId.slice(taskId.lastIndexOf(".") + 1);
    const before = this.#rows.get(projectId);
    const isSame = before?.run === executionId && before.stage === stage;
    const attempt = (isSame ? before.attempt : 0) + (state === "began" ? 1 : 0);
    const row = { run: executionId, stage, state, attempt, sinceMs: nowMs };
    this.#rows.set(projectId, row);
    if (this.#screen.terminal || state === "began" || state === "requeued") return;
    const tookMs = nowMs - (before?.sinceMs ?? nowMs);
    const at = `${(nowMs / 1_000).toFixed(1).padStart(6)} s`;
    this.#screen.write(`${at}  ${this.#line(projectId, row, nowMs + tookMs)}\n`);
  }

  #line(project: string, { run, stage, state, attempt, sinceMs }: Row, nowMs: number): string {
    const round = `${run.slice(run.lastIndexOf(".") + 1)}/${this.#rounds}`;
    const said = state === "began" ? "running" : state === "requeued" ? "waiting" : state;
    const forS = `${((nowMs - sinceMs) / 1_000).toFixed(1).padStart(5)} s`;
    const again = attempt > 1 ? `  attempt ${attempt}` : "";
    return `${project}  ${round}  ${stage.padEnd(9)}  ${said.padEnd(8)} ${forS}${again}`;
  }
}
