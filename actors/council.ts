/**
 * Asks those who decide. Who throws, or proposes what can't be used, holds the size where it is;
 * who does so again and again is not asked for a while, then once on trial.
 *
 * @module
 */
import { initialTransition, transition } from "xstate";
import { admits, breaker, breakerOptions, type BreakerSnapshot } from "../machines/breaker.ts";
import { isDue } from "../machines/deadlines.ts";
import type { Candidate, Proposal } from "../messages/decision.ts";
import type { ControlFact } from "../messages/facts.ts";
import type { Reading } from "../messages/signals.ts";
import type { Guard } from "../policies/constraints/mod.ts";
import type { FallbackOptions } from "../policies/scaling/fallback.ts";
import type { Stepper } from "../policies/scaling/mod.ts";
import { unusable, usable } from "../policies/scaling/sound.ts";

/** Who decides and who vetoes. */
export interface Council {
  /** Who proposes. */
  readonly policies: readonly Stepper[];
  /** Who vetoes. */
  readonly guards: readonly Guard[];
  /** What is done while the host can't be seen. Default: the size is held. */
  readonly fallback?: FallbackOptions;
  /** Who tunes itself stays with what it said last. Default: false. */
  readonly frozen?: boolean;
}

/** Three failures within a minute, and it is left alone for 30 s, twice as long each time, at most 10 min. */
const rules = breakerOptions.parse({ volumeMin: 3, failureRatio: 1 });
/** Characters of an error that are told. */
const errorMax = 200;

/** One who is asked, and what came of it lately. */
interface Adviser {
  breaker: BreakerSnapshot;
  /** What was wrong with its last answer; null: nothing. */
  failed: string | null;
}

/** Hears what a council says. */
export class Hearings {
  readonly #advisers = new Map<string, Adviser>();
  /** What those said last who tune themselves, by name; null: nothing. */
  readonly #tuned = new Map<string, Candidate | null>();
  readonly #note: (fact: ControlFact) => void;

  /** Alerts go to `note`. */
  constructor(note: (fact: ControlFact) => void) {
    this.#note = note;
  }

  /** What each policy proposes. */
  candidates({ policies, frozen }: Council, reading: Reading): readonly Candidate[] {
    return policies.map((policy) => {
      const held = frozen ? this.#tuned.get(policy.name) : undefined;
      if (held) return held;
      // A guard may have nothing to say, a policy may not.
      const answer = () => policy.step(reading) as Proposal | null ?? undefined;
      return this.#heed(policy, this.#ask(policy.name, reading.nowMs, answer))!;
    });
  }

  /** What the guards who object allow. */
  vetoes({ guards, frozen }: Council, reading: Reading): readonly Candidate[] {
    const objections: Candidate[] = [];
    for (const guard of guards) {
      const held = frozen ? this.#tuned.get(guard.name) : undefined;
      const said = held !== undefined
        ? held
        : this.#heed(guard, this.#ask(guard.name, reading.nowMs, () => guard.constrain(reading)));
      if (said !== null) objections.push(said);
    }
    return objections;
  }

  /** What they stay with who tune themselves while they are frozen. */
  get tuned(): Readonly<Record<string, Candidate | null>> {
    return Object.fromEntries(this.#tuned);
  }

  /** Lets them stay with that. */
  stay(tuned: Readonly<Record<string, Candidate | null>>): void {
    for (const [name, said] of Object.entries(tuned)) this.#tuned.set(name, said);
  }

  /** Keeps what one says who tunes itself; who fails says nothing to stay with. */
  #heed(
    { name, tunes }: { readonly name: string; readonly tunes?: boolean },
    said: Candidate | null,
  ): Candidate | null {
    if (tunes && said?.failed === undefined) this.#tuned.set(name, said);
    return said;
  }

  /** Null: it has nothing to say. */
  #ask(name: string, nowMs: number, answer: () => Proposal | null | undefined): Candidate | null {
    const known = this.#advisers.get(name);
    if (known && known.failed !== null && !this.#mayAsk(known, nowMs)) {
      return unusable(name, known.failed);
    }
    let failed: string;
    try {
      const proposal = answer();
      if (proposal === null) {
        if (known && known.failed !== null) this.#worked(name, known, nowMs);
        return null;
      }
      const candidate = usable({ policy: name, proposal: proposal! });
      if (candidate.failed === undefined) {
        if (known && known.failed !== null) this.#worked(name, known, nowMs);
        return candidate;
      }
      failed = candidate.failed;
    } catch (error) {
      failed = `failed: ${String(error).slice(0, errorMax)}`;
    }
    this.#failed(name, failed, nowMs);
    return unusable(name, failed);
  }

  /** Whether it is asked now; on trial where its breaker was open for long enough. */
  #mayAsk(adviser: Adviser, nowMs: number): boolean {
    const elapsed = { type: "elapsed", timer: "open", nowMs } as const;
    if (isDue(adviser.breaker.context.deadlines, "open", elapsed)) tell(adviser, elapsed);
    return admits(adviser.breaker);
  }

  #failed(name: string, failed: string, nowMs: number): void {
    const adviser = this.#advisers.get(name) ?? { breaker: closedAt(nowMs), failed: null };
    this.#advisers.set(name, adviser);
    if (adviser.failed === null) {
      this.#alert("warning", "policy_failed", `The size is held, as ${name} ${failed}`);
    }
    adviser.failed = failed;
    tell(adviser, { type: "failed", nowMs });
    const { open } = adviser.breaker.context.deadlines;
    if (!open) return;
    const forS = Math.round(open.lengthMs / 1_000);
    const message = `${name} is not asked for ${forS} s, and the size is held: it ${failed}`;
    this.#alert("warning", "policy_breaker_open", message);
  }

  #worked(name: string, adviser: Adviser, nowMs: number): void {
    adviser.failed = null;
    tell(adviser, { type: "succeeded", nowMs });
    this.#alert("info", "policy_back", `${name} decides again`);
  }

  #alert(level: "info" | "warning", code: string, message: string): void {
    this.#note({ type: "alert", level, code, message });
  }
}

const closedAt = (nowMs: number): BreakerSnapshot =>
  initialTransition(breaker, { nowMs, options: rules })[0];

function tell(adviser: Adviser, event: Parameters<typeof transition<typeof breaker>>[2]): void {
  [adviser.breaker] = transition(breaker, adviser.breaker, event);
}
