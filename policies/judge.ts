/**
 * Follows decisions until it can be said what came of them: the span before one against the first
 * that began after it.
 *
 * @module
 */
import type { Verdict } from "../messages/decision.ts";
import type { Reading } from "../messages/signals.ts";
import { Spans } from "./estimators/span.ts";
import { type Measured, verdictOf } from "./verdict.ts";

/** Decisions that are followed at once. */
const pendingMax = 1_024;

/** What came of a decision. */
export interface Judged {
  /** Its id. */
  readonly decision: number;
  readonly verdict: Verdict;
}

interface Pending {
  readonly decision: number;
  /** The span in which it was taken. */
  readonly span: number;
  readonly before: Measured | null;
}

/** Judges the decisions of one pool by its readings alone. */
export class Judge {
  readonly #spans = new Spans();
  #last: Measured | null = null;
  #pending: Pending[] = [];
  /** Given up, as too many followed. */
  #dropped: Judged[] = [];

  /** The span that ended last; null: none has. */
  get last(): Measured | null {
    return this.#last;
  }

  /** Takes note of a decision that was adopted. */
  follow(decision: number): void {
    this.#pending.push({ decision, span: this.#spans.index, before: this.#last });
    if (this.#pending.length <= pendingMax) return;
    const because = `${pendingMax} decisions followed before its effect could be seen`;
    const verdict = {
      verdict: "neutral",
      because,
      cause: null,
      before: null,
      after: null,
    } as const;
    this.#dropped.push({ decision: this.#pending.shift()!.decision, verdict });
  }

  /** Takes a reading; returns what can be said now. */
  look(reading: Reading): readonly Judged[] {
    const span = this.#spans.look(reading);
    if (span === null) return none;
    this.#last = span;
    // The span that has just ended has the number before that of the one under way.
    const over = this.#pending.filter((pending) => pending.span + 2 <= this.#spans.index);
    this.#pending = this.#pending.filter((pending) => pending.span + 2 > this.#spans.index);
    const judged = over.map(({ decision, before }) => (
      { decision, verdict: verdictOf(before, span) }
    ));
    return [...this.#dropped.splice(0), ...judged];
  }
}

const none: readonly Judged[] = Object.freeze([]);
