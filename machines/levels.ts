/**
 * What XState shows of a machine, as far as ways are remembered by it, and what answers an event.
 *
 * @module
 */
import { evaluateGuard } from "xstate/guards";

/** What a machine remembers. */
export type Context = Readonly<Record<string, unknown>>;

/** What XState hands to assignments and effects. */
export interface Told {
  readonly context: Context;
  readonly event: { readonly type: string };
  readonly self: unknown;
  readonly system: System;
}

/** Whom an actor shows its steps to. */
export interface System {
  _sendInspectionEvent(event: unknown): void;
}

/** What a machine names and an actor does. */
export type Effect = (told: Told, params: unknown) => void;

/** The actor that the machine steps for, as XState shows it. */
export interface Scope {
  readonly self: unknown;
  readonly system: System;
  readonly actionExecutor: (
    action: { type: string; info: Told; params: unknown; exec: Effect | undefined },
  ) => void;
}

/** An action as a chart names it. */
export type Named = string | { readonly type: string; readonly params?: unknown };

/** An arrow of a chart. */
export interface Transition {
  readonly guard?: Parameters<typeof evaluateGuard>[0];
  readonly actions: readonly Named[];
}

/** A state of a chart. */
export interface Node {
  readonly id: string;
  readonly type: string;
  readonly parent?: Node;
  readonly states: Readonly<Record<string, Node>>;
  readonly transitions: ReadonlyMap<string, readonly Transition[]>;
  readonly entry: readonly Named[];
  readonly exit: readonly Named[];
  readonly always?: unknown;
  readonly invoke: readonly unknown[];
  readonly output?: unknown;
}

/** A machine at one instant. */
export interface Snapshot {
  readonly status: string;
  readonly output: unknown;
  readonly context: Context;
  readonly value: unknown;
  readonly tags: unknown;
  readonly _nodes: readonly Node[];
}

/** What may answer an event: an active state, after those below it. */
export interface Level {
  readonly own: readonly Transition[];
  readonly below: readonly Level[];
}

/** What answers events of `type` at and below `node`. */
export function leveled(node: Node, active: ReadonlySet<Node>, type: string): Level {
  const below = Object.values(node.states).filter((state) => active.has(state))
    .map((state) => leveled(state, active, type))
    .filter(({ own, below }) => own.length + below.length > 0);
  return { own: node.transitions.get(type) ?? [], below };
}

/** The innermost transitions that guards let through, one of each region; false: none. */
export function choose(
  { own, below }: Level,
  snapshot: Snapshot,
  event: Told["event"],
  chosen: Transition[],
): boolean {
  let found = false;
  for (const level of below) if (choose(level, snapshot, event, chosen)) found = true;
  if (found) return true;
  for (const transition of own) {
    const { guard } = transition;
    if (guard && !evaluateGuard(guard, snapshot.context, event as never, snapshot as never)) {
      continue;
    }
    chosen.push(transition);
    return true;
  }
  return false;
}
