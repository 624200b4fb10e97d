/**
 * A supervisor over children in the test's hand.
 *
 * @module
 */
import { type AnyActorRef, fromPromise } from "xstate";
import { type Child, Supervisor } from "../actors/supervisor.ts";
import type { End } from "../machines/supervision.ts";
import { ManualClock } from "./manual_clock.ts";

/** A supervisor over children that note each start and stop, and end as they are told. */
export class Stage {
  readonly clock = new ManualClock();
  readonly said: string[] = [];
  readonly finals: string[] = [];
  readonly top = new Supervisor("top", this.clock, {
    restarted: (id, because) => this.said.push(`restarted ${id}: ${because}`),
    gaveUp: (because) => this.said.push(`gave up: ${because}`),
  }).start(() => {});
  readonly #lives = new Map<string, { resolve(): void; actor: AnyActorRef }>();

  /** A child that ends as {@link Stage.end} says. */
  child(id: string, part: Partial<Child> = {}): Child {
    return {
      id,
      // Both kinds of logic in one: its end is a promise's, its failures are its own.
      logic: fromPromise(({ self, signal }) => {
        this.said.push(`+${id}`);
        signal.addEventListener("abort", () => this.said.push(`-${id}`));
        return new Promise<void>((resolve) => this.#lives.set(id, { resolve, actor: self }));
      }),
      ended: (how) => this.finals.push(`${id} ${how}`),
      ...part,
    };
  }

  /** Ends the present life of a child. */
  async end(id: string, how: End, because = "broken"): Promise<void> {
    const { actor, resolve } = this.#lives.get(id)!;
    if (how === "normal") resolve();
    else if (how === "shutdown") actor.send({ type: "xstate.stop" });
    else actor.send({ type: "xstate.promise.reject", data: new Error(because) });
    await this.clock.advance(0);
  }

  /** What was said since the last time. */
  heard(): string[] {
    return this.said.splice(0);
  }
}
