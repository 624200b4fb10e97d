/**
 * Machines whose ways are gone from memory. XState searches a chart anew for each event: which states
 * are left and entered, what is done on the way. All of that follows from where the machine stands
 * and from the transitions that guards let through. So XState goes each way once itself, what is done
 * is noted, and from then on only guards, assignments and effects are left to do: a tenth of the time.
 *
 * @module
 */
import type { AnyStateMachine } from "xstate";
import {
  choose,
  type Context,
  type Effect,
  type Level,
  leveled,
  type Node,
  type Scope,
  type Snapshot,
  type Told,
  type Transition,
} from "./levels.ts";

type Assignment = ((told: Told, params: unknown) => Context) | Readonly<Record<string, unknown>>;
type Action = Effect & {
  readonly assignment?: Assignment;
  readonly resolve?: (...args: readonly unknown[]) => unknown;
};
interface Machine {
  readonly id: string;
  readonly config: { readonly context?: Context | ((told: unknown) => Context) };
  readonly root: Node;
  readonly idMap: ReadonlyMap<string, Node>;
  readonly implementations: { readonly actions: Record<string, Action> };
  transition(snapshot: Snapshot, event: Told["event"], scope: Scope): Snapshot;
  getInitialSnapshot(scope: Scope, input: unknown): Snapshot;
}

/** Something to be done on the way. */
interface Act {
  readonly type: string;
  readonly params: unknown;
}
/** What is done on a way, and where it leads; null: back to where it began. */
interface Way {
  readonly acts: readonly Act[];
  readonly to: Pick<Snapshot, "status" | "value" | "tags" | "_nodes"> | null;
}
/** Where a machine stands. */
interface Place {
  readonly levels: Map<string, Level>;
  readonly fork: Fork;
}
/** The way of the transitions so far, and the forks after one more. */
interface Fork {
  way: Way | null;
  readonly next: Map<Transition, Fork>;
}

/**
 * Lets a machine remember its ways: it answers as before, sooner. The machine is changed, so give it
 * one of its own: `rehearsed(machine.provide({ … }))`. A RangeError where it has what our machines
 * have not: delays, invocations, events to itself, nameless actions.
 */
export function rehearsed<M extends AnyStateMachine>(machine: M): M {
  new Rehearsal(machine as unknown as Machine);
  return machine;
}

/** The memory of one machine. */
class Rehearsal {
  readonly #machine: Machine;
  readonly #actions: Readonly<Record<string, Action>>;
  readonly #transition: Machine["transition"];
  readonly #initial: Machine["getInitialSnapshot"];
  readonly #places = new Map<string, Place>();
  readonly #placeOf = new WeakMap<readonly Node[], Place>();
  /** What is done on the way that XState goes just now. */
  #notes: Act[] | null = null;
  #first: { readonly snapshot: Snapshot; readonly acts: readonly Act[] } | null = null;

  constructor(machine: Machine) {
    const { implementations } = machine;
    this.#machine = machine;
    this.#actions = { ...implementations.actions };
    this.#transition = machine.transition;
    this.#initial = machine.getInitialSnapshot;
    for (const node of machine.idMap.values()) check(node, this.#actions);
    for (const [type, action] of Object.entries(this.#actions)) {
      if (isAssign(action)) implementations.actions[type] = this.#noting(type, action);
    }
    machine.transition = (snapshot, event, scope) => this.#step(snapshot, event, scope);
    machine.getInitialSnapshot = (scope, input) => this.#begin(scope, input);
  }

  /** The same assignment, noted when XState comes to it. */
  #noting(type: string, action: Action): Action {
    return Object.assign(() => {}, action, {
      resolve: (...[scope, snapshot, told, params, _, extra]: readonly unknown[]) => {
        this.#notes?.push({ type, params });
        return action.resolve!(scope, snapshot, told, params, action, extra);
      },
    });
  }

  /** Lets XState go; returns what was done on the way besides. */
  #watch(scope: Scope, go: (scope: Scope) => Snapshot): { snapshot: Snapshot; acts: Act[] } {
    const before = this.#notes;
    const acts: Act[] = this.#notes = [];
    const actionExecutor: Scope["actionExecutor"] = (action) => {
      acts.push({ type: action.type, params: action.params });
      // An effect may lead others of the same machine on their ways.
      this.#notes = before;
      scope.actionExecutor(action);
      this.#notes = acts;
    };
    try {
      return { snapshot: go({ ...scope, actionExecutor }), acts };
    } finally {
      this.#notes = before;
    }
  }

  #begin(scope: Scope, input: unknown): Snapshot {
    if (this.#first === null) {
      const first = this.#watch(scope, (watched) => this.#initial(watched, input));
      // The context itself is an assignment without a name, which is not noted.
      if (first.snapshot.status === "active") this.#first = first;
      return first.snapshot;
    }
    const { snapshot, acts } = this.#first;
    const { context } = this.#machine.config;
    const event = { type: "xstate.init", input };
    const { self } = scope;
    const given = typeof context === "function" ? { ...context({ input, event, self }) } : context;
    return { ...snapshot, context: this.#perform(acts, given ?? {}, event, scope) };
  }

  #step(snapshot: Snapshot, event: Told["event"], scope: Scope): Snapshot {
    if (snapshot.status !== "active" || event.type.startsWith("xstate.")) {
      return this.#transition(snapshot, event, scope);
    }
    const place = this.#placeOf.get(snapshot._nodes) ?? this.#find(snapshot);
    const chosen: Transition[] = [];
    choose(this.#levelOf(place, snapshot, event.type), snapshot, event, chosen);
    let fork = place.fork;
    for (const transition of chosen) fork = forkAfter(fork, transition);
    if (fork.way === null) {
      const gone = this.#watch(scope, (watched) => this.#transition(snapshot, event, watched));
      const { status, value, tags, _nodes } = gone.snapshot;
      const stays = _nodes === snapshot._nodes;
      fork.way = { acts: gone.acts, to: stays ? null : { status, value, tags, _nodes } };
      return gone.snapshot;
    }
    const next = this.#go(fork.way, snapshot, event, scope);
    scope.system._sendInspectionEvent({
      type: "@xstate.microstep",
      actorRef: scope.self,
      event,
      snapshot: next,
      _transitions: chosen,
    });
    return next;
  }

  #go({ acts, to }: Way, snapshot: Snapshot, event: Told["event"], scope: Scope): Snapshot {
    const context = this.#perform(acts, snapshot.context, event, scope);
    if (to === null) return context === snapshot.context ? snapshot : { ...snapshot, context };
    const { status, value, tags, _nodes } = to;
    const next = { ...snapshot, context, value, tags, _nodes };
    if (status === "active") return next;
    return { ...next, status, output: this.#outputOf(_nodes, context, scope) };
  }

  /** Does what is to be done; returns the context after it. */
  #perform(acts: readonly Act[], from: Context, event: Told["event"], scope: Scope): Context {
    let context = from;
    const { self, system } = scope;
    for (const { type, params } of acts) {
      const action = this.#actions[type];
      const info = { context, event, self, system };
      if (action !== undefined && isAssign(action)) context = assigned(action, info, params);
      else scope.actionExecutor({ type, info, params, exec: action });
    }
    return context;
  }

  #outputOf(nodes: readonly Node[], context: Context, { self }: Scope): unknown {
    const { output } = this.#machine.root;
    if (typeof output !== "function") return output;
    const final = nodes.find(({ type }) => type === "final");
    return output({ context, event: { type: `xstate.done.state.${final?.id}` }, self });
  }

  #find({ value, _nodes }: Snapshot): Place {
    const key = JSON.stringify(value);
    let place = this.#places.get(key);
    if (!place) {
      place = { levels: new Map(), fork: { way: null, next: new Map() } };
      this.#places.set(key, place);
    }
    this.#placeOf.set(_nodes, place);
    return place;
  }

  #levelOf({ levels }: Place, { _nodes }: Snapshot, type: string): Level {
    const known = levels.get(type);
    if (known) return known;
    const level = leveled(this.#machine.root, new Set(_nodes), type);
    // There are as many words without meaning as anybody cares to say.
    if (level.own.length + level.below.length > 0) levels.set(type, level);
    return level;
  }
}

/** Refuses what is not remembered. */
function check(node: Node, actions: Readonly<Record<string, Action>>): void {
  const transitions = [...node.transitions.values()].flat();
  const all = [...node.entry, ...node.exit, ...transitions.flatMap((one) => one.actions)];
  const isPlain = all.every((action) =>
    typeof action === "string" ||
    (typeof action === "object" && typeof action.params !== "function")
  );
  const isKnown = Object.values(actions).every((action) => !action.resolve || isAssign(action));
  const ends = node.type === "final" && (node.exit.length > 0 || node.parent?.parent !== undefined);
  const leaves = node.parent === undefined && node.exit.length > 0;
  const isStill = !node.always && node.invoke.length === 0 && node.type !== "history" &&
    ![...node.transitions.keys()].some((type) => /^xstate\.|\*/.test(type));
  if (isPlain && isKnown && isStill && !ends && !leaves) return;
  throw new RangeError(`Cannot rehearse ${node.id} as it does more than assign and name effects`);
}

const isAssign = (action: Action): boolean => action.assignment !== undefined;

function forkAfter({ next }: Fork, transition: Transition): Fork {
  let fork = next.get(transition);
  if (!fork) next.set(transition, fork = { way: null, next: new Map() });
  return fork;
}

/** The context after an assignment. */
function assigned({ assignment }: Action, told: Told, params: unknown): Context {
  if (typeof assignment === "function") return { ...told.context, ...assignment(told, params) };
  const context: Record<string, unknown> = { ...told.context };
  for (const [name, value] of Object.entries(assignment!)) {
    context[name] = typeof value === "function" ? value(told, params) : value;
  }
  return context;
}
