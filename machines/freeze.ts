/**
 * Machines that outlive their process. Monotonic instants mean nothing to the next one, so a stored
 * machine has them as epoch ms.
 *
 * @module
 */
import {
  type AnyMachineSnapshot,
  type AnyStateMachine,
  initialTransition,
  type InputFrom,
  type SnapshotFrom,
} from "xstate";
import type { Deadline } from "./deadlines.ts";

/** Both clocks at one moment. */
export interface Moment {
  readonly nowMs: number;
  readonly wallMs: number;
}

/** A machine as it is stored: plain data. Options are not in it, they belong to the next process. */
export interface Frozen {
  readonly value: unknown;
  readonly context: Readonly<Record<string, unknown>>;
}

interface FrozenDeadline {
  readonly untilWallMs: number;
  readonly lengthMs: number;
}

type Context = Readonly<Record<string, unknown>>;

/** Instants that lie behind: of failures, of ends, and since when is counted. */
const past = ["failuresMs", "endsMs", "sinceMs"];

const shifted = (value: unknown, move: (ms: number) => number) =>
  Array.isArray(value) ? value.map((ms) => move(Number(ms))) : move(Number(value));

/** The same context with each past instant moved. */
const moved = (context: Context, move: (ms: number) => number): Context =>
  Object.fromEntries(
    Object.entries(context).map(([name, value]) => [
      name,
      past.includes(name) ? shifted(value, move) : value,
    ]),
  );

const each = <A, B>(record: Readonly<Record<string, A>>, change: (value: A) => B) =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));

/** What to store of a machine. */
export function freeze(snapshot: AnyMachineSnapshot, { nowMs, wallMs }: Moment): Frozen {
  const { options: _, deadlines, ...context } = moved(
    snapshot.context,
    (ms) => ms - nowMs + wallMs,
  );
  return {
    value: snapshot.value,
    context: {
      ...context,
      deadlines: each(deadlines as Record<string, Deadline>, ({ untilMs, lengthMs }) => ({
        untilWallMs: untilMs - nowMs + wallMs,
        lengthMs,
      })),
    },
  };
}

/**
 * The machine that was stored, for `createActor(machine, { input, snapshot })`; null where what was
 * stored is not a living machine of this kind. Whatever the wall clock did meanwhile, no timer runs
 * longer than it was set for.
 */
export function thaw<M extends AnyStateMachine>(
  machine: M,
  input: InputFrom<M>,
  stored: unknown,
  { nowMs, wallMs }: Moment,
): SnapshotFrom<M> | null {
  if (!isFrozen(stored)) return null;
  const [fresh] = initialTransition(machine, ...([input] as never));
  const { options, ...expected } = (fresh as AnyMachineSnapshot).context as Context;
  const names = (context: Context) => Object.keys(context).sort().join();
  if (names(stored.context) !== names(expected)) return null;

  const context = {
    ...moved(stored.context, (ms) => Math.min(nowMs, ms - wallMs + nowMs)),
    options,
    deadlines: each(stored.context.deadlines, ({ untilWallMs, lengthMs }) => ({
      untilMs: nowMs + Math.min(Math.max(untilWallMs - wallMs, 0), lengthMs),
      lengthMs,
    })),
  };
  try {
    const snapshot = machine.resolveState({ value: stored.value as never, context });
    return snapshot.status === "active" ? snapshot as SnapshotFrom<M> : null;
  } catch {
    return null; // XState throws for states that the machine does not have.
  }
}

type Stored = Frozen & {
  readonly context: { readonly deadlines: Readonly<Record<string, FrozenDeadline>> };
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function isFrozen(stored: unknown): stored is Stored {
  if (!isRecord(stored) || !isRecord(stored.context)) return false;
  if (typeof stored.value !== "string" && !isRecord(stored.value)) return false;
  const { deadlines } = stored.context;
  return isRecord(deadlines) &&
    Object.values(deadlines).every((deadline) =>
      isRecord(deadline) && Number.isFinite(deadline.untilWallMs) &&
      Number.isFinite(deadline.lengthMs)
    );
}
