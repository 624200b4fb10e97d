/**
 * Makes jobs at the instants of schedules.
 *
 * That an instant is over goes to the store in one transaction with its job, and the job carries the
 * instant in its idempotency key: whatever happens in between, there is one.
 *
 * @module
 */
import type { ControlFact } from "../../messages/facts.ts";
import type { Accepted, JobSpec } from "../../messages/job.ts";
import type { ScheduleSpec, ScheduleView } from "../../messages/schedule.ts";
import type { Clock, Store, StoredSchedule } from "../ports.ts";
import { Refusal } from "../runtime.ts";
import { chosen, missedMost } from "./chosen.ts";
import { type Instants, instantsOf } from "./instants.ts";
import { jitterOf } from "./jitter.ts";

/** Schedules at most. */
export const schedulesMost = 1_000;
/** Longest time between two looks at the wall clock, ms: it may be set, and machines sleep. */
const lookEveryMs = 30_000;
/** Wait before an instant is tried again whose job could not be taken, ms. */
const againMs = 5_000;
/** Refusals that are over some time. */
const passing: ReadonlySet<string> = new Set(["queue_full", "rate_limited", "storage_full"]);
/** A last look that lies this far ahead was made by a clock that was wrong, ms. */
const aheadMs = 86_400_000;
/** Instants that a view shows. */
const shownMost = 3;

/** What schedules stand on. */
export interface ScheduleParts {
  readonly clock: Clock;
  readonly store: Pick<Store, "append">;
  /** Takes a job in this very turn; its id is null where it is not a new one. */
  submit(spec: JobSpec): { readonly id: string | null; readonly accepted: Promise<Accepted> };
  isOpen(id: string): boolean;
  note(fact: ControlFact): void;
}

interface Entry {
  stored: StoredSchedule;
  readonly instants: Instants;
  /** When it is looked at next, epoch ms; null: never again. */
  nextAt: number | null;
  /** A job of it is on its way, and whether that is a job is not known yet. */
  isBusy: boolean;
}

/** All schedules of a runtime. */
export class Schedules {
  readonly #entries = new Map<string, Entry>();
  #armedMs = Infinity;
  #disarm: () => void = () => {};
  #isClosed = false;
  readonly #parts: ScheduleParts;

  /** None yet. */
  constructor(parts: ScheduleParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The schedule of that name, as it is stored. */
  get(name: string): StoredSchedule | undefined {
    return this.#entries.get(name)?.stored;
  }

  /** All of them, by name. */
  views(): ScheduleView[] {
    return [...this.#entries.keys()].sort().map((name) => this.view(name)!);
  }

  /** One as people see it; null when there is none of that name. */
  view(name: string): ScheduleView | null {
    const entry = this.#entries.get(name);
    if (!entry) return null;
    const { spec, source, paused, last } = entry.stored;
    return {
      name,
      timeZone: "UTC",
      missed: "once",
      overlap: "allow",
      jitterMs: 0,
      ...spec,
      source,
      paused,
      next: this.next(name, shownMost),
      last: last && { ...last, at: iso(last.at) },
    };
  }

  /** The next instants of one, ISO 8601; none while it is paused. */
  next(name: string, count: number): string[] {
    const entry = this.#entries.get(name);
    const next: string[] = [];
    if (!entry || entry.stored.paused) return next;
    let at = entry.instants.next(this.#parts.clock.wallMs());
    for (; at !== null && next.length < count; at = entry.instants.next(at)) next.push(iso(at));
    return next;
  }

  /** Takes a schedule, in the place of one of the same name. `isNew`: the store does not have it. */
  put(stored: StoredSchedule, isNew = true): void {
    const { name, spec: { cron, timeZone = "UTC" } } = stored;
    const wallMs = this.#parts.clock.wallMs();
    const instants = instantsOf(cron, timeZone, 0);
    const seenAt = stored.seenAt > wallMs + aheadMs ? wallMs : stored.seenAt;
    const nextAt = instants.next(seenAt);
    this.#entries.set(name, { stored: { ...stored, seenAt }, instants, nextAt, isBusy: false });
    if (isNew) this.#keep(name);
    this.#arm();
  }

  /** Forgets one; false when there was none. */
  remove(name: string): boolean {
    if (!this.#entries.delete(name)) return false;
    this.#parts.store.append([{ type: "schedule", name, schedule: null }]);
    return true;
  }

  /** Lets one make no jobs, or again those from now on; false when there is none. */
  pause(name: string, paused: boolean): boolean {
    const entry = this.#entries.get(name);
    if (!entry) return false;
    if (entry.stored.paused === paused) return true;
    this.put({ ...entry.stored, paused, seenAt: this.#parts.clock.wallMs() });
    return true;
  }

  /** Makes no jobs any more. */
  close(): void {
    this.#isClosed = true;
    this.#disarm();
  }

  #arm(): void {
    if (this.#isClosed) return;
    let first = Infinity;
    for (const { stored, nextAt, isBusy } of this.#entries.values()) {
      if (!stored.paused && !isBusy && nextAt !== null && nextAt < first) first = nextAt;
    }
    if (first === Infinity) return;
    const { clock } = this.#parts;
    const waitMs = Math.min(lookEveryMs, Math.max(0, first - clock.wallMs()));
    const untilMs = clock.nowMs() + waitMs;
    if (untilMs >= this.#armedMs) return;
    this.#disarm();
    this.#armedMs = untilMs;
    this.#disarm = clock.at(untilMs, () => {
      this.#armedMs = Infinity;
      this.#look();
      this.#arm();
    });
  }

  #look(): void {
    const wallMs = this.#parts.clock.wallMs();
    for (const entry of this.#entries.values()) {
      const { stored, nextAt, isBusy } = entry;
      if (!stored.paused && !isBusy && nextAt !== null && nextAt <= wallMs) {
        this.#fire(entry, wallMs);
      }
    }
  }

  #fire(entry: Entry, wallMs: number): void {
    const { stored: { name, spec, seenAt }, instants } = entry;
    const due = instants.last(missedMost + 1, wallMs).filter((at) => at > seenAt);
    const instant = due.at(-1);
    entry.nextAt = instants.next(Math.max(wallMs, seenAt));
    if (instant === undefined) return;
    const jobs = chosen(due, spec.missed ?? "once", wallMs);
    if (due.length > 1) {
      const count = due.length > missedMost ? `More than ${missedMost}` : String(due.length);
      const message =
        `${count} instants of schedule ${name} came at once: ${jobs.length} get a job`;
      this.#alert("schedule_missed", message, "info");
    }
    for (const at of jobs) this.#make(entry, at);
    if (!entry.isBusy) this.#see(entry, instant);
  }

  /** Makes the job of an instant. What is written in this turn goes to the store with it. */
  #make(entry: Entry, at: number): void {
    const { name, spec: { job, jitterMs = 0, overlap }, last, seenAt } = entry.stored;
    if (entry.isBusy) return; // It comes again when that has been found out.
    if (overlap === "skip" && last !== null && this.#parts.isOpen(last.id)) return;
    const { id, accepted } = this.#parts.submit({
      ...job,
      ...(jitterMs > 0 && { runAt: at + jitterOf(name, at, jitterMs) }),
      idempotencyKey: `schedule:${name}:${iso(at)}`,
    });
    if (id === null) entry.isBusy = true;
    else this.#see(entry, at, { id, at });
    accepted.then(
      ({ id }) => this.#made(entry, at, id),
      (error: unknown) => this.#failed(entry, at, seenAt, error),
    );
  }

  #made(entry: Entry, at: number, id: string): void {
    if (!entry.isBusy) return;
    entry.isBusy = false;
    this.#see(entry, at, { id, at });
    entry.nextAt = entry.instants.next(at);
    this.#arm();
  }

  #failed(entry: Entry, at: number, seenAt: number, error: unknown): void {
    entry.isBusy = false;
    if (this.#isClosed || (error instanceof Refusal && error.code === "draining")) return;
    const { name } = entry.stored;
    const message = error instanceof Error ? error.message : String(error);
    this.#alert("schedule_failed", `Schedule ${name} has no job for ${iso(at)}: ${message}`);
    if (error instanceof Refusal && passing.has(error.code)) {
      // As if nobody had looked yet.
      entry.stored = { ...entry.stored, seenAt: Math.min(seenAt, entry.stored.seenAt) };
      const waitMs = Math.max(againMs, error.retryAfterMs ?? 0);
      entry.nextAt = this.#parts.clock.wallMs() + waitMs;
      this.#keep(name);
    } else {
      this.#see(entry, at);
      entry.nextAt = entry.instants.next(at);
    }
    this.#arm();
  }

  /** Instants up to `at` are over. */
  #see(entry: Entry, at: number, last = entry.stored.last): void {
    entry.stored = { ...entry.stored, seenAt: Math.max(at, entry.stored.seenAt), last };
    if (this.#entries.get(entry.stored.name) === entry) this.#keep(entry.stored.name);
  }

  #keep(name: string): void {
    const schedule = this.#entries.get(name)!.stored;
    this.#parts.store.append([{ type: "schedule", name, schedule }]);
  }

  #alert(code: string, message: string, level: "info" | "warning" = "warning"): void {
    this.#parts.note({ type: "alert", level, code, message });
  }
}

const iso = (at: number) => new Date(at).toISOString();

/** The record of a new schedule. */
export const newSchedule = (
  name: string,
  { paused = false, ...spec }: ScheduleSpec,
  source: StoredSchedule["source"],
  nowAt: number,
): StoredSchedule => ({ name, spec, source, paused, seenAt: nowAt, last: null });
