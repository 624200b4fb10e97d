/**
 * Keeps what jobs do and how the service is doing, over time.
 *
 * Jobs are counted where they are heard of, by a few additions; once a second the levels are looked
 * at, every ten seconds a slot is added to the minute, the hour and the day it lies in and is stored
 * where jobs did anything in it, and every minute the rest that has changed is stored.
 *
 * @module
 */
import type { Throughput } from "../../messages/series.ts";
import type { Outcome } from "../../messages/outcome.ts";
import type { Prices } from "../../policies/business/costs.ts";
import type { Objective } from "../../policies/business/objective.ts";
import { record } from "../../policies/estimators/histogram.ts";
import { type Job, unmeasured } from "../job.ts";
import { loop } from "../loop.ts";
import type { Clock, Store } from "../ports.ts";
import { Baselines } from "./baselines.ts";
import { Cells } from "./cells.ts";
import { Hands } from "./hands.ts";
import { Levels } from "./levels.ts";
import { Objectives } from "./objectives.ts";
import { Paces } from "./paces.ts";
import { rowKey, type RowKind } from "./row.ts";
import { Rungs, type Slot, type Summed } from "./rungs.ts";
import { Spendings, type Spent } from "./spendings.ts";
import { keptMs, slotAt, stepMs } from "./steps.ts";
import type { Used } from "./tally.ts";
import { type Clocked, TimeSheet } from "./time_sheet.ts";
import { Totals } from "./totals.ts";
import { Unsaved } from "./unsaved.ts";
import { Withdrawals } from "./withdrawals.ts";

/** What is looked at once a second; null: unknown. */
export type Look = () => Readonly<Record<string, number | null>>;

/** Jobs since the start. */
type Counts = { -readonly [K in keyof Throughput]: number };

/** The numbers of one runtime. */
export class Series {
  readonly cells: Cells;
  readonly levels: Rungs<Levels>;
  readonly totals = new Totals();
  /** Good jobs of those that objectives are about. */
  readonly objectives: Objectives;
  /** Null: nothing has a price. */
  prices: Prices | null = null;
  /** How long the first jobs of each operation took. */
  readonly baselines = new Baselines();
  /** Whether operations are slower than they were. */
  readonly paces = new Paces();
  /** What jobs cost, now and usually. */
  readonly spendings = new Spendings();
  /** Jobs that somebody has taken in hand. */
  readonly hands = new Hands();
  /** What is stored besides slots, by name. */
  readonly #kept = Object.entries({
    ...{ baselines: this.baselines, hands: this.hands },
    ...{ paces: this.paces, spendings: this.spendings },
  });
  readonly store: Store;
  readonly clock: Clock;
  readonly #withdrawals: Withdrawals;
  /** In the last whole second. */
  lastSecond: Throughput = { enqueued: 0, started: 0, done: 0, failed: 0 };
  readonly #look: Look;
  readonly #workers: () => readonly Clocked[];
  readonly #sheet: TimeSheet;
  readonly #openedAt: number;
  readonly #total: Counts = { enqueued: 0, started: 0, done: 0, failed: 0 };
  #before: Throughput = { ...this.#total };
  #lookedMs: number;
  #minuteAt: number;
  #dayAt: number;
  /** What the store may not have yet. */
  readonly #unsaved: Unsaved;

  /** `look` tells what there is to be seen, `workers` whose time jobs take. */
  constructor(
    { clock, store }: { readonly clock: Clock; readonly store: Store },
    look: Look,
    workers: () => readonly Clocked[] = () => [],
  ) {
    this.clock = clock;
    this.store = store;
    this.#unsaved = new Unsaved(store);
    this.#withdrawals = new Withdrawals(clock, store.epoch, this.#unsaved);
    this.#look = look;
    this.#workers = workers;
    const wallMs = this.#openedAt = clock.wallMs();
    this.#lookedMs = clock.nowMs();
    this.#minuteAt = slotAt("1m", wallMs);
    this.#dayAt = slotAt("1d", wallMs);
    this.#sheet = new TimeSheet(this.#lookedMs);
    this.cells = new Cells(() => clock.wallMs());
    this.objectives = new Objectives(() => clock.wallMs());
    this.levels = new Rungs(() => new Levels(), wallMs);
  }

  /** Other objectives and prices hold from now on. */
  adopt(objectives: Readonly<Record<string, Objective>>, prices: Prices): void {
    this.objectives.adopt(objectives);
    this.prices = prices;
    this.spendings.adopt(prices);
  }

  /** Jobs were accepted; those of an earlier start were counted by that one. */
  accepted(jobs: readonly Job[]): void {
    for (let i = 0; i < jobs.length; i++) {
      const job = jobs[i]!;
      if (job.acceptedAt < this.#openedAt) continue;
      this.cells.of(job).accept(job);
      this.#total.enqueued++;
    }
  }

  /** Attempts were begun. */
  began(jobs: readonly Job[]): void {
    for (let i = 0; i < jobs.length; i++) this.cells.of(jobs[i]!).begin(jobs[i]!);
    this.#total.started += jobs.length;
  }

  /** A job has ended. */
  ended(job: Job, outcome: Outcome): void {
    const ran = outcome.worker !== null || job.operation.grant.kind === "run";
    const tally = this.cells.of(job);
    tally.end(job, outcome, ran);
    if (outcome.worker !== null) tally.workedMs += this.#unseenMs(job, outcome);
    if (this.hands.size > 0 && this.hands.ended(job) && outcome.type === "done") tally.handle();
    if (this.objectives.all.length > 0) this.objectives.ended(job, outcome);
    if (outcome.type === "done") this.#total.done++;
    else this.#total.failed++;
  }

  /** Somebody has put a job back that had ended at `endedAt`, epoch ms: that end stands no more. */
  redriven(job: Pick<Job, "id" | "spec" | "rank">, endedAt: number): void {
    this.hands.take(job);
    this.#withdrawals.note(this.cells.cellOf(job), endedAt);
  }

  /** An attempt is over, and its job is to be tried again. */
  tried(job: Job, used: Used): void {
    const tally = this.cells.of(job);
    tally.use(job, used);
    tally.workedMs += this.#unseenMs(job, used);
  }

  /** The worker of begun jobs has died; those of them that have not ended are to be tried again. */
  lost(jobs: readonly Job[]): void {
    for (const job of jobs) {
      if (job.outcome) continue;
      const durationMs = this.clock.nowMs() - job.startedMs;
      this.tried(job, { durationMs, resources: job.resources ?? unmeasured });
    }
  }

  /** The input of a job of `operation` was looked at. */
  checked(operation: string, tookMs: number): void {
    record(this.cells.ofOperation(operation).validationMs, tookMs);
  }

  /** A worker was ready so long after its start. */
  booted(tookMs: number): void {
    this.levels.now.of("bootMs").note(tookMs);
  }

  /** What is not in the store for sure, by name. */
  get unsaved(): Unsaved["all"] {
    return this.#unsaved.all;
  }

  /** Looks at the levels and ends slots at whole seconds. */
  logic(): ReturnType<typeof loop> {
    return loop(this.clock, ({ at }) => {
      const next = () => {
        const { clock } = this;
        at(clock.nowMs() + 1_000 - clock.wallMs() % 1_000, () => {
          next();
          this.tick();
        });
      };
      next();
    });
  }

  /** A second is over. */
  tick(): void {
    const wallMs = this.clock.wallMs();
    this.#note();
    this.#unsaved.forgetSaved();
    // Where jobs run the store has work anyway; a service at rest is left in peace for a minute.
    if (this.#turn(wallMs)) this.#unsaved.append();
    const minuteAt = slotAt("1m", wallMs);
    if (minuteAt === this.#minuteAt) return;
    this.#minuteAt = minuteAt;
    this.save();
    const dayAt = slotAt("1d", wallMs);
    if (dayAt === this.#dayAt) return;
    this.cells.forget(this.#dayAt);
    this.#dayAt = dayAt;
  }

  /** Hands what has changed to the store. */
  save(): void {
    for (const cell of this.cells.all) this.#gather("jobs", cell.label, cell.rungs.changed());
    this.#gather("levels", "", this.levels.changed());
    for (const { name, rungs } of this.objectives.all) {
      this.#gather("objectives", name, rungs.changed());
    }
    this.#unsaved.append();
    for (const [actor, kept] of this.#kept) {
      const snapshot = kept.snapshot();
      if (snapshot !== null) this.store.append([{ type: "snapshot", actor, snapshot }]);
    }
  }

  /** Takes over what an earlier life knew, by actor; `isOpen` tells which jobs have not ended. */
  restore(stored: ReadonlyMap<string, unknown>, isOpen: (id: number) => boolean): void {
    for (const [actor, kept] of this.#kept) kept.restore(stored.get(actor), isOpen);
  }

  #unseenMs({ startedMs }: Job, { durationMs }: Used): number {
    return this.#sheet.unseenMs(startedMs, durationMs);
  }

  /** The end: what is not over is stored as it is. */
  close(): void {
    this.#turn(Infinity);
    this.save();
  }

  #note(): void {
    const nowMs = this.clock.nowMs();
    const passedS = (nowMs - this.#lookedMs) / 1_000;
    this.#lookedMs = nowMs;
    const { now } = this.levels;
    for (const [name, value] of Object.entries(this.#look())) {
      if (value !== null) now.of(name).note(value);
    }
    const { cells } = this;
    const tallies = () => cells.all.map(({ rungs }) => rungs.now);
    const shift = this.#sheet.look(this.#workers(), nowMs, (job) => cells.of(job), tallies);
    now.of("workerSeconds").note(shift.livedMs / 1_000);
    now.of("busySeconds").note(shift.busyMs / 1_000);
    if (passedS <= 0) return;
    const { enqueued, started, done, failed } = this.#total;
    const before = this.#before;
    this.#before = { ...this.#total };
    const perS = (count: number) => count / passedS;
    this.lastSecond = {
      enqueued: perS(enqueued - before.enqueued),
      started: perS(started - before.started),
      done: perS(done - before.done),
      failed: perS(failed - before.failed),
    };
    for (const [name, value] of Object.entries(this.lastSecond)) now.of(`${name}PerS`).note(value);
  }

  /** Ends slots that are over; true when jobs did anything in them. */
  #turn(wallMs: number): boolean {
    const spent: Spent[] = [];
    for (const { operation, rungs, label } of this.cells.all) {
      const over = rungs.turn(wallMs);
      if (!over) continue;
      spent.push({ operation, jobs: over.value.ended, use: over.value.paidFor });
      this.totals.add(operation, over.value);
      this.baselines.learn(operation, over.value.durationMs, over.at + stepMs["10s"]);
      this.paces.take(operation, over.value.durationMs, over.at);
      this.#gather("jobs", label, [over]);
    }
    for (const { name, rungs } of this.objectives.all) {
      const over = rungs.turn(wallMs);
      if (over) this.#gather("objectives", name, [over]);
    }
    const over = this.levels.turn(wallMs);
    if (over) this.#gather("levels", "", [over]);
    const livedS = over?.value.byName.get("workerSeconds")?.sum ?? 0;
    if (spent.length > 0) this.spendings.take(spent, livedS, this.clock.wallMs());
    return spent.length > 0;
  }

  #gather<T extends Summed<T>>(kind: RowKind, label: string, slots: readonly Slot<T>[]): void {
    const { epoch } = this.store;
    for (const { step, at, value } of slots) {
      const key = rowKey({ step, kind, at, epoch, label });
      this.#unsaved.put({ key, keptUntil: at + keptMs[step], data: value.pack() });
    }
  }
}
