/**
 * Where schedules are asked for. Who has none does not pay for them: they are loaded by the first
 * one.
 *
 * @module
 */
import type { JobSpec } from "../../messages/job.ts";
import type { ScheduleSpec, ScheduleView } from "../../messages/schedule.ts";
import type { Store, StoredSchedule } from "../ports.ts";
import { Refusal, type ScheduleHandle } from "../runtime.ts";
import { until } from "../until.ts";
import { readConfigured } from "./configured.ts";
import type { ScheduleParts } from "./schedules.ts";

/** Longest time that is waited for a change to be stored, ms. */
const storedMs = 10_000;

/** What the desk stands on. */
export interface DeskParts extends ScheduleParts {
  readonly store: Pick<Store, "append" | "committedLsn">;
  /** Throws Refusal where a job could not be run. */
  readonly check: (job: JobSpec) => void;
}

/** What is loaded with the first schedule. */
async function load(parts: DeskParts) {
  const [{ newSchedule, Schedules, schedulesMost }, { inJob, parseName, parseSchedule }] =
    await Promise.all([import("./schedules.ts"), import("./parse.ts")]);
  const read = (value: unknown): ScheduleSpec => {
    const spec = parseSchedule(value, parts.clock.wallMs());
    inJob(() => parts.check(spec.job));
    return spec;
  };
  return { schedules: new Schedules(parts), most: schedulesMost, newSchedule, parseName, read };
}

/** The schedules of a runtime, as programs hold them. */
export class ScheduleDesk implements ScheduleHandle {
  #loaded: ReturnType<typeof load> | null = null;
  #isClosed = false;
  readonly #parts: DeskParts;

  /** Nothing is loaded yet. */
  constructor(parts: DeskParts) {
    this.#parts = parts;
  }

  /** Throws Refusal where the configuration can't have these. */
  async check(configured: Readonly<Record<string, unknown>>): Promise<void> {
    if (Object.keys(configured).length > 0) readConfigured(configured, (await this.#load()).read);
  }

  /** Takes over what an earlier life knew, then what the configuration says. */
  async start(
    stored: readonly StoredSchedule[],
    configured: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    if (stored.length > 0) {
      const { schedules } = await this.#load();
      for (const one of stored) {
        try {
          schedules.put(one, false);
        } catch (error) {
          if (!(error instanceof Refusal)) throw error;
          // It stays in the store, for a start that knows its pattern and its zone.
          const message = `Schedule ${one.name} can't be heeded: ${error.message}`;
          this.#parts.note({ type: "alert", level: "warning", code: "schedule_left", message });
        }
      }
    }
    await this.configure(configured);
  }

  /** From now on the configuration has these; throws Refusal before anything has changed. */
  async configure(configured: Readonly<Record<string, unknown>>): Promise<void> {
    if (Object.keys(configured).length === 0 && this.#loaded === null) return;
    const { schedules, newSchedule, read } = await this.#load();
    const specs = readConfigured(configured, read);
    for (const { name, source } of schedules.views()) {
      if (source === "configuration" && !specs.has(name)) schedules.remove(name);
    }
    for (const [name, given] of specs) {
      const had = schedules.get(name);
      const made = newSchedule(name, given, "configuration", this.#parts.clock.wallMs());
      const isSame = had?.spec.cron === given.cron && had.spec.timeZone === given.timeZone;
      const { spec, source } = made;
      const next = isSame ? { ...had, spec, source, paused: given.paused ?? had.paused } : made;
      if (JSON.stringify(next) !== JSON.stringify(had)) schedules.put(next);
    }
  }

  async list(): Promise<readonly ScheduleView[]> {
    return this.#loaded === null ? [] : (await this.#loaded).schedules.views();
  }

  async get(name: string): Promise<ScheduleView | null> {
    return this.#loaded === null ? null : (await this.#loaded).schedules.view(name);
  }

  async add(name: string, spec: ScheduleSpec): Promise<ScheduleView> {
    const { schedules, most, newSchedule, parseName, read } = await this.#load();
    const made = newSchedule(parseName(name), read(spec), "call", this.#parts.clock.wallMs());
    const had = schedules.get(name);
    if (had && !(had.source === "call" && sameBody(had.spec, made.spec))) {
      throw new Refusal("schedule_exists", `There is a schedule ${name} already, another one`);
    }
    if (!had && schedules.size >= most) {
      throw new Refusal("too_many_schedules", `Cannot take more than ${most} schedules`);
    }
    if (!had) schedules.put(made);
    await this.#stored();
    return schedules.view(name)!;
  }

  async remove(name: string): Promise<boolean> {
    if (this.#loaded === null) return false;
    const { schedules } = await this.#loaded;
    if (schedules.get(name)?.source === "configuration") {
      const hint = "remove it there, or pause it";
      throw new Refusal("in_configuration", `Schedule ${name} is in the configuration: ${hint}`);
    }
    const had = schedules.remove(name);
    await this.#stored();
    return had;
  }

  pause(name: string): Promise<boolean> {
    return this.#pause(name, true);
  }

  resume(name: string): Promise<boolean> {
    return this.#pause(name, false);
  }

  async next(name: string, count = 5): Promise<readonly string[] | null> {
    if (this.#loaded === null) return null;
    const { schedules } = await this.#loaded;
    return schedules.get(name) ? schedules.next(name, count) : null;
  }

  /** Makes no jobs any more. */
  close(): void {
    this.#isClosed = true;
    this.#loaded?.then(({ schedules }) => schedules.close());
  }

  async #pause(name: string, paused: boolean): Promise<boolean> {
    if (this.#loaded === null) return false;
    const { schedules } = await this.#loaded;
    const had = schedules.pause(name, paused);
    await this.#stored();
    return had;
  }

  #load(): ReturnType<typeof load> {
    this.#loaded ??= load(this.#parts).then((loaded) => {
      if (this.#isClosed) loaded.schedules.close();
      return loaded;
    });
    return this.#loaded;
  }

  /** Resolves when all that was written so far is safe. */
  async #stored(): Promise<void> {
    const { clock, store } = this.#parts;
    const lsn = store.append([]);
    await until(clock, clock.nowMs() + storedMs, () => store.committedLsn >= lsn);
    if (store.committedLsn >= lsn) return;
    throw new Refusal("storage_full", "Cannot store the schedule", [], 5_000);
  }
}

const sameBody = (one: ScheduleSpec, other: ScheduleSpec) =>
  JSON.stringify(one) === JSON.stringify(other);
