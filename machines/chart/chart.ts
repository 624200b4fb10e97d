/**
 * A machine as a drawing: its states in one another and the arrows between them. What draws needs no
 * more than this.
 *
 * @module
 */
import type { AnyStateMachine, AnyStateNode } from "xstate";

/** One state, with those inside it. */
export interface State {
  /** Path from the machine on: `worker.draining.killed`. */
  readonly id: string;
  readonly key: string;
  readonly type: "atomic" | "compound" | "parallel" | "final";
  /** What it means, in a sentence; empty where nobody said. */
  readonly description: string;
  /** Id of the state inside it that is entered first, null where there is none or all are. */
  readonly initial: string | null;
  /** What is done at its beginning and at its end: `arm(grace)`. */
  readonly entry: readonly string[];
  readonly exit: readonly string[];
  readonly states: readonly State[];
}

/** One way from a state: an event, and where it leads when its guard agrees. */
export interface Arrow {
  readonly from: string;
  /** The same as `from`, and `stays`: nothing but the actions is done. */
  readonly to: string;
  readonly stays: boolean;
  readonly event: string;
  /** `due(start)`; null: none. */
  readonly guard: string | null;
  readonly actions: readonly string[];
}

/** A machine, drawn. */
export interface Chart {
  readonly root: State;
  /** Inner ones first, as they are tried: of those of one event the first that may is taken. */
  readonly arrows: readonly Arrow[];
}

/** Draws a machine. Events that are ignored by name are no arrows. */
export function chartOf({ root }: AnyStateMachine): Chart {
  const arrows: Arrow[] = [];
  const draw = (node: AnyStateNode): State => {
    const states = Object.values(node.states).map(draw);
    for (const ways of node.transitions.values()) {
      for (const way of ways) {
        const actions = way.actions.map(named);
        if (!way.target && actions.length === 0) continue;
        arrows.push({
          from: node.id,
          to: (way.target?.[0] ?? node).id,
          stays: !way.target,
          event: way.eventType,
          guard: way.guard === undefined ? null : named(way.guard),
          actions,
        });
      }
    }
    return {
      id: node.id,
      key: node.key,
      type: node.type === "history" ? "atomic" : node.type,
      description: node.description ?? "",
      initial: node.type === "compound" ? node.initial.target[0]?.id ?? null : null,
      entry: node.entry.map(named),
      exit: node.exit.map(named),
      states,
    };
  };
  return { root: draw(root), arrows };
}

/** All states of a chart, each before those inside it. */
export function statesOf(state: State): readonly State[] {
  return [state, ...state.states.flatMap(statesOf)];
}

/** Where an arrow that leads to `state` ends: itself, or the first one inside it. */
export function innermost(state: State): State {
  const inside = state.states.find(({ id }) => id === state.initial) ?? state.states[0];
  return inside ? innermost(inside) : state;
}

/** `arm({ timer: "grace" })` is `arm(grace)`; one without a name is `…`. */
function named(thing: unknown): string {
  if (typeof thing === "string") return thing;
  const { type, params } = thing as { readonly type?: string; readonly params?: object };
  if (typeof thing !== "object" || type === undefined) return "…";
  const given = typeof params === "object" ? Object.values(params) : [];
  return given.length > 0 ? `${type}(${given.join(", ")})` : type;
}
