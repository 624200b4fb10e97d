/**
 * How much happens, and how late this page is.
 *
 * @module
 */
import type { SceneMessage } from "../scene.ts";
import { byId } from "./element.ts";

/** The rate is that of so long, ms. */
const windowMs = 2_000;

/** Counts what comes. */
export class Meter {
  #heard: { readonly at: number; readonly events: number }[] = [];
  #actors = 0;
  #isOpen = false;

  /** Counts from now on. */
  constructor() {
    setInterval(() => this.#show(), 500);
  }

  /** There is a connection, or none. */
  connected(isOpen: boolean): void {
    this.#isOpen = isOpen;
    this.#show();
  }

  /** A message has been shown. */
  heard({ events, skipped }: SceneMessage, actors: number): void {
    const now = Date.now();
    this.#heard.push({ at: now, events: events.length + skipped });
    const isNews = actors !== this.#actors;
    this.#actors = actors;
    if (isNews) this.#show();
    const oldest = events[0]?.at;
    if (oldest === undefined) return;
    // Once it is drawn. The clock is the service's: this is about a page on the same machine.
    setTimeout(() => {
      document.body.dataset["lagMs"] = String(Math.max(0, Date.now() - oldest));
    });
  }

  #show(): void {
    const since = Date.now() - windowMs;
    this.#heard = this.#heard.filter(({ at }) => at >= since);
    const events = this.#heard.reduce((sum, one) => sum + one.events, 0) / (windowMs / 1_000);
    byId("meter").textContent = this.#isOpen
      ? `${this.#actors} actors · ${Math.round(events)} events/s`
      : "not connected, trying again";
    byId("meter").classList.toggle("lost", !this.#isOpen);
  }
}
