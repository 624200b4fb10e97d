/**
 * Schedules on a virtual clock, and the jobs that they make.
 *
 * @module
 */
import type { StoredSchedule } from "../actors/ports.ts";
import { Refusal } from "../actors/runtime.ts";
import { newSchedule, Schedules } from "../actors/schedules/schedules.ts";
import type { ControlFact } from "../messages/facts.ts";
import type { Accepted, JobSpec } from "../messages/job.ts";
import type { ScheduleSpec } from "../messages/schedule.ts";
import { ManualClock } from "./manual_clock.ts";

/** What is kept over restarts: schedules, and jobs by their keys. */
export class ScheduleStage {
  clock: ManualClock;
  schedules: Schedules;
  readonly stored = new Map<string, StoredSchedule>();
  /** Made jobs by idempotency key, and those of them that are open. */
  readonly jobs = new Map<string, JobSpec>();
  readonly open = new Set<string>();
  readonly alerts: string[] = [];
  /** Why no job is taken. */
  refusal: Refusal | null = null;
  /** What was appended is lost from now on, as the process dies. */
  isDead = false;

  constructor(at: string) {
    this.clock = new ManualClock(Date.parse(at));
    this.schedules = this.#start();
  }

  add(name: string, spec: Omit<ScheduleSpec, "job"> & Partial<ScheduleSpec>): void {
    const whole = { job: { task: "t" }, ...spec };
    this.schedules.put(newSchedule(name, whole, "call", this.clock.wallMs()));
  }

  /** Instants that got a job, in order of their making. */
  get instants(): string[] {
    return [...this.jobs.keys()].map((key) => key.replace(/^schedule:[^:]+:/, "").slice(0, 16));
  }

  /** The process dies, is away for so long, and starts again. */
  restart(awayMs: number): void {
    this.schedules.close();
    this.clock = new ManualClock(this.clock.wallMs() + awayMs);
    this.isDead = false;
    this.schedules = this.#start();
    for (const stored of this.stored.values()) this.schedules.put(stored, false);
  }

  #start(): Schedules {
    return new Schedules({
      clock: this.clock,
      store: {
        append: (changes) => {
          for (const change of this.isDead ? [] : changes) {
            if (change.type !== "schedule") continue;
            if (change.schedule) this.stored.set(change.name, change.schedule);
            else this.stored.delete(change.name);
          }
          return 0;
        },
      },
      submit: (spec) => this.#submit(spec),
      isOpen: (id) => this.open.has(id),
      note: (fact: ControlFact) => fact.type === "alert" && this.alerts.push(fact.code),
    });
  }

  #submit(spec: JobSpec): { readonly id: string | null; readonly accepted: Promise<Accepted> } {
    const key = spec.idempotencyKey!;
    if (this.refusal) return { id: null, accepted: Promise.reject(this.refusal) };
    const accepted = Promise.resolve<Accepted>({ id: key, state: "waiting" });
    if (this.jobs.has(key)) return { id: null, accepted };
    this.jobs.set(key, spec);
    this.open.add(key);
    return { id: key, accepted };
  }
}
