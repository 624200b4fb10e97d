/**
 * Where one worker or operation stands against its thresholds, and what is told of it.
 *
 * @module
 */
import type { ControlFact } from "../../messages/facts.ts";
import type { ThresholdStatus } from "../../messages/threshold.ts";
import { type Ewma, smoothOver, unmeasured } from "../../policies/estimators/ewma.ts";
import {
  type Level,
  levelOf,
  type Marks,
  marksOf,
  type Measure,
  type Thresholds,
} from "../../policies/limits/threshold.ts";

/** CPU time is that of about the last second, ms. */
const halfLifeMs = 1_000;

/** Who it is, and what follows from its levels, in words. */
export interface Subject {
  readonly of: "worker" | "operation";
  readonly name: string;
  /** What is not done from the warning on. */
  readonly held: string;
}

/** What is used now; null where it can't be seen. */
export interface Used {
  readonly bytes: number | null;
  /** CPU time since whenever. */
  readonly cpuMs: number | null;
}

interface Stand {
  readonly marks: Marks;
  level: Level;
  value: number;
}

/** The levels of one subject. */
export class Levels {
  readonly #subject: Subject;
  readonly #note: (fact: ControlFact) => void;
  #stands = new Map<Measure, Stand>();
  #cpu: Ewma = unmeasured;
  #cpuMs: number | null = null;
  #atMs = 0;

  /** Tells of changes through `note`. */
  constructor(subject: Subject, thresholds: Thresholds, note: (fact: ControlFact) => void) {
    this.#subject = subject;
    this.#note = note;
    this.adopt(thresholds);
  }

  /** Other thresholds hold from the next look on; what has none any more is calm. */
  adopt(thresholds: Thresholds): void {
    const before = this.#stands;
    this.#stands = new Map(
      Object.entries(marksOf(thresholds)).map(([name, marks]) => {
        const { level = "calm", value = 0 } = before.get(name as Measure) ?? {};
        return [name as Measure, { marks, level, value }];
      }),
    );
    for (const [measure, stand] of before) {
      if (stand.level !== "calm" && !this.#stands.has(measure)) this.#tell(measure, stand, "calm");
    }
  }

  /** The worst level of all measures, or that of one. */
  level(measure?: Measure): Level {
    const levels = measure
      ? [this.#stands.get(measure)?.level]
      : [...this.#stands.values()].map(({ level }) => level);
    return levels.includes("critical")
      ? "critical"
      : levels.includes("warning")
      ? "warning"
      : "calm";
  }

  /** Looks at what is used; true when a level is another than before. */
  look({ bytes, cpuMs }: Used, nowMs: number): boolean {
    const values = { memory: bytes, cpu: this.#cores(cpuMs, nowMs) };
    let changed = false;
    for (const [measure, stand] of this.#stands) {
      const value = values[measure];
      if (value !== null) stand.value = value;
      const level = levelOf(stand.level, value, stand.marks);
      if (level === stand.level) continue;
      changed = true;
      this.#tell(measure, stand, level);
      stand.level = level;
    }
    return changed;
  }

  /** All measures. */
  get status(): readonly ThresholdStatus[] {
    const { of, name } = this.#subject;
    return [...this.#stands].map(([measure, { level, value, marks: { warning, critical } }]) => ({
      of,
      name,
      measure,
      level,
      value,
      warning,
      critical,
    }));
  }

  /** The first measure that is not calm, in a sentence; null when all are. */
  get because(): string | null {
    for (const [measure, stand] of this.#stands) {
      if (stand.level !== "calm") return this.#says(measure, stand, stand.level);
    }
    return null;
  }

  #cores(cpuMs: number | null, nowMs: number): number | null {
    const spanMs = nowMs - this.#atMs;
    const before = this.#cpuMs;
    if (cpuMs === null || spanMs <= 0) return this.#cpu.value;
    this.#cpuMs = cpuMs;
    this.#atMs = nowMs;
    // The first look only says from where to count.
    const sample = before === null ? 0 : Math.max(0, cpuMs - before) / spanMs;
    this.#cpu = smoothOver(this.#cpu, sample, nowMs, halfLifeMs);
    return this.#cpu.value;
  }

  #tell(measure: Measure, stand: Stand, level: Level): void {
    const rises = level === "critical" || (level === "warning" && stand.level === "calm");
    this.#note({
      type: "alert",
      level: rises ? level : "info",
      code: `${this.#subject.of}_${measure}`,
      message: this.#says(measure, stand, level),
    });
  }

  #says(measure: Measure, { value, marks }: Stand, level: Level): string {
    const { of, name, held } = this.#subject;
    const shown = (amount: number) => measure === "memory" ? mib(amount) : cores(amount);
    const what = `${of} ${name} uses ${shown(value)}${measure === "memory" ? " of memory" : ""}`;
    if (level === "calm") return `${what} again, ${held} no more`;
    const mark = level === "critical" ? marks.critical! : marks.warning;
    return `${what}, its ${level} level is ${shown(mark)}: ${held} until it is below ` +
      shown(marks.clear);
  }
}

const mib = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`;
const cores = (count: number) => `${Number(count.toFixed(3))} cores`;
