/**
 * Who lives and where they stand, as the messages of the scene tell it.
 *
 * @module
 */
import type { Role, SceneMessage } from "../scene.ts";

/** An actor on the page. */
export interface Actor extends Role {
  /** What moved it last and when, epoch ms; null: nothing since the page was opened. */
  readonly latest: { readonly event: string; readonly at: number } | null;
}

/** What a message changed. */
export interface Changes {
  readonly born: readonly Actor[];
  readonly moved: readonly Actor[];
  readonly gone: readonly string[];
}

/** The order of kinds on the page: what steers first, loops last. */
const kinds: readonly (string | null)[] = ["scaling", "breaker", "alert", "run", "worker"];

/** All that live. */
export class Cast {
  readonly actors = new Map<string, Actor>();

  /** Takes a message. */
  take({ whole, born, moved, gone }: SceneMessage): Changes {
    const left = whole ? [...this.actors.keys()] : gone.filter((id) => this.actors.has(id));
    for (const id of left) this.actors.delete(id);
    const newcomers = born.map((role) => ({ ...role, latest: null }));
    for (const actor of newcomers) this.actors.set(actor.id, actor);
    const movers = moved.flatMap(({ id, value, event, at }) => {
      const actor = this.actors.get(id);
      if (!actor) return [];
      const next = { ...actor, value, latest: { event, at } };
      this.actors.set(id, next);
      return [next];
    });
    return { born: newcomers, moved: movers, gone: left };
  }

  /** Name of an actor, its session where it is not known, nothing where it is none. */
  nameOf(id: string | null): string {
    return id === null ? "" : this.actors.get(id)?.name ?? id;
  }
}

/** The place of a kind of actors among the others. */
export const rankOf = (machine: string | null): number => {
  if (machine === null) return kinds.length + 1;
  const rank = kinds.indexOf(machine);
  return rank < 0 ? kinds.length : rank;
};

const order = new Intl.Collator("en", { numeric: true });

/** `worker.2.10` comes after `worker.2.9`. */
export const byName = (a: { readonly name: string }, b: { readonly name: string }): number =>
  order.compare(a.name, b.name);
