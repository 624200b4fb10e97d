/**
 * Back to a decision, and forth again: which one is looked at, and what was then.
 *
 * @module
 */
import type { Decision } from "../../../messages/decision.ts";
import type { Past } from "../../../messages/past.ts";
import { byId } from "./element.ts";
import { timeText } from "./fact_text.ts";
import { ask } from "./session.ts";

/** Decisions that can be gone back to at once. */
const decisionsMax = 1_000;

/** Who hears where we are. */
export interface Traveller {
  /** It is then. */
  past(past: Past): void;
  /** It is now. */
  now(): void;
}

/** The line of decisions with a handle. */
export class Travel {
  readonly #traveller: Traveller;
  readonly #range = byId<HTMLInputElement>("when");
  #decisions: Decision[] = [];
  /** Place of the decision that is looked at; null: now. */
  #at: number | null = null;

  /** Takes the handle. */
  constructor(traveller: Traveller) {
    this.#traveller = traveller;
    this.#range.oninput = () => void this.#go(Number(this.#range.value));
    byId("earlier").onclick = () => void this.#go((this.#at ?? this.#decisions.length) - 1);
    byId("later").onclick = () => void this.#go((this.#at ?? this.#decisions.length) + 1);
    byId("now").onclick = () => void this.#go(this.#decisions.length);
    this.#show();
  }

  /** Decisions that are known, oldest first. */
  begin(decisions: readonly Decision[]): void {
    this.#decisions = [...decisions];
    this.#show();
  }

  /** One more was taken. */
  add(decision: Decision): void {
    this.#decisions.push(decision);
    if (this.#decisions.length > decisionsMax) {
      this.#decisions.shift();
      if (this.#at !== null) this.#at = Math.max(0, this.#at - 1);
    }
    this.#show();
  }

  /** Goes back to now. */
  return(): void {
    if (this.#at !== null) void this.#go(this.#decisions.length);
  }

  async #go(wanted: number): Promise<void> {
    const at = Math.max(0, wanted);
    const decision = this.#decisions[at];
    const wasNow = this.#at === null;
    this.#at = decision ? at : null;
    this.#show();
    if (!decision) {
      if (!wasNow) this.#traveller.now();
      return;
    }
    try {
      const past = await ask<Past>(`/inspect/past?decision=${decision.id}`);
      // Meanwhile the handle may have gone on.
      if (this.#at !== null && this.#decisions[this.#at] === decision) this.#traveller.past(past);
    } catch (error) {
      this.#at = null;
      this.#show();
      this.#traveller.now();
      byId("then").textContent = (error as Error).message;
    }
  }

  #show(): void {
    const last = this.#decisions.length;
    this.#range.max = String(last);
    this.#range.value = String(this.#at ?? last);
    const decision = this.#at === null ? null : this.#decisions[this.#at]!;
    document.body.classList.toggle("past", decision !== null);
    byId<HTMLButtonElement>("earlier").disabled = last === 0 || this.#at === 0;
    byId<HTMLButtonElement>("later").disabled = decision === null;
    byId<HTMLButtonElement>("now").disabled = decision === null;
    byId("then").textContent = decision === null
      ? `now · ${last === 1 ? "1 decision" : `${last} decisions`} to go back to`
      : `${timeText(decision.decidedAt)} · decision ${decision.id} · ${decision.because}`;
    this.#range.setAttribute("aria-valuetext", byId("then").textContent ?? "");
  }
}
