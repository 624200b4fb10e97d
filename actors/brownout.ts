/**
 * Leaves undone what nobody waits for while the service or its machine is short of something, and
 * takes it up again by itself.
 *
 * @module
 */
import type { ControlFact } from "../messages/facts.ts";
import type { BrownoutStatus } from "../messages/status.ts";
import {
  bright,
  type Brownout as Standing,
  type BrownoutOptions,
  brownoutSchema,
  dim,
  type Strain,
} from "../policies/detectors/brownout.ts";
import { loop } from "./loop.ts";
import type { Clock } from "./ports.ts";
import type { Child } from "./supervisor.ts";

/** Time between two looks, ms. */
const everyMs = 1_000;

/** What a brownout does besides looking. */
export interface BrownoutEffects {
  /** What is seen of a shortage, but for how late we are. */
  strain(): Omit<Strain, "nowMs" | "lateMs">;
  /** Goes by another level. */
  heed(level: number): void;
  /** Tells facts. */
  note(fact: ControlFact): void;
}

/** The level of one runtime. */
export class Brownout {
  #options: BrownoutOptions = brownoutSchema.parse({});
  #standing: Standing = bright;
  /** When the present level was entered, epoch ms. */
  #sinceAt = 0;
  readonly #clock: Clock;
  readonly #effects: BrownoutEffects;

  /** Looks at nothing before its start. */
  constructor(clock: Clock, effects: BrownoutEffects) {
    this.#clock = clock;
    this.#effects = effects;
  }

  /** 0: nothing is left undone. */
  get level(): number {
    return this.#standing.level;
  }

  /** What people are told; null at level 0. */
  get status(): BrownoutStatus | null {
    const { level, because } = this.#standing;
    return level === 0
      ? null
      : { level, because: because!, since: new Date(this.#sinceAt).toISOString() };
  }

  /** Goes by other options. */
  adopt(options: BrownoutOptions): void {
    this.#options = options;
  }

  /** Looks each second; how late it comes to that is a part of what it sees. */
  get child(): Child {
    const clock = this.#clock;
    const logic = loop(clock, ({ at }) => {
      const next = () => {
        const dueMs = clock.nowMs() + everyMs;
        at(dueMs, () => {
          const lateMs = Math.max(0, clock.nowMs() - dueMs);
          next();
          this.look(lateMs);
        });
      };
      next();
    });
    return { id: "brownout", logic };
  }

  /** Takes a look, which comes `lateMs` late. */
  look(lateMs: number): void {
    const before = this.#standing;
    const strain = { ...this.#effects.strain(), nowMs: this.#clock.nowMs(), lateMs };
    this.#standing = dim(before, strain, this.#options);
    const { level, because } = this.#standing;
    if (level === before.level) return;
    this.#sinceAt = this.#clock.wallMs();
    this.#effects.heed(level);
    const worse = level > before.level;
    this.#effects.note({
      type: "alert",
      level: worse ? "warning" : "info",
      code: level === 0 ? "brownout_over" : "brownout",
      message: level === 0
        ? "Nothing is left undone any more"
        : `${brownoutWords(level)}, as ${worse ? because : "less is short than was"}`,
    });
  }
}

/** `brownout level 1 as the queue is 83 % full` */
export const brownoutText = ({ level, because }: BrownoutStatus): string =>
  `brownout level ${level} as ${because}`;

/** What is left undone, in words. */
export function brownoutWords(level: number): string {
  const left = ["trials of sizes", "simulations", "new results in the cache", "details of records"];
  return `Brownout level ${level}: ${left.join(", ")} are left undone` +
    (level < 2 ? "" : ", jobs of class low are refused");
}
