/**
 * The room a pool has: what was adopted, what the operator said, and how many workers there are.
 *
 * @module
 */
import { z } from "zod/mini";
import type { Envelope } from "../messages/decision.ts";
import type { ScalingMessage } from "../messages/mailboxes.ts";
import { type Deadlines, isDue } from "./deadlines.ts";
import type { ScalingValue } from "./may.ts";

/** How patient the machine is. */
export const scalingOptions = z.object({
  /** Quiet time after the envelope has moved up or down. The governor needs none. */
  cooldownMs: z.prefault(
    z.object({
      up: z._default(z.number().check(z.nonnegative()), 0),
      down: z._default(z.number().check(z.nonnegative()), 0),
    }),
    {},
  ),
  /** Failed starts within `failureWindowMs` that open the breaker. */
  failures: z._default(z.int().check(z.positive()), 3),
  failureWindowMs: z._default(z.number().check(z.positive()), 60_000),
  /** How long the breaker is open at first; each failed trial doubles it. */
  openMs: z._default(z.number().check(z.positive()), 30_000),
  openMaxMs: z._default(z.number().check(z.positive()), 600_000),
});

/** Parsed {@link scalingOptions}. */
export type ScalingOptions = z.infer<typeof scalingOptions>;

/** What the scaling machine is made from. */
export interface ScalingInput {
  readonly workers: number;
  readonly envelope: Envelope;
  readonly options: ScalingOptions;
}

/** What the scaling machine remembers. */
export interface ScalingContext extends Room {
  readonly options: ScalingOptions;
  /** The latest proposal, adopted or not. */
  readonly wanted: Decided;
  /** When starts failed within the window, monotonic ms. */
  readonly failuresMs: readonly number[];
  /** Times the breaker opened since it was last closed. */
  readonly opened: number;
  /** Workers there may be while one start is tried; 0 where none is. */
  readonly trialCap: number;
  readonly deadlines: Deadlines<"cooldown" | "breaker" | "operator">;
}

/** An envelope with the id of its decision. */
export interface Decided {
  readonly decision: number;
  readonly envelope: Envelope;
  /** It is what the configuration wants while nothing is seen, also where that is fewer workers. */
  readonly exact?: true;
}

/** Bounds of the size that are the operator's. Equal ones are a pin. */
export interface Held {
  readonly least: number;
  /** Null: any number. */
  readonly most: number | null;
}

/** What the scaling machine knows about size. */
export interface Room {
  /** Workers there are: ready and starting ones. */
  readonly workers: number;
  readonly adopted: Decided;
  /** What the operator says of the size; null where policies decide. */
  readonly held: Held | null;
  /** Way the envelope moved last, until the size has followed; null where it has. */
  readonly moved: Way | null;
}

/** Ways an envelope can move. */
export type Way = "up" | "down";

/** Smallest and largest size that the room allows. */
export function bounds({ adopted, held }: Room): { floor: number; cap: number } {
  const { least, most } = held ?? { least: 0, most: null };
  const clamp = (workers: number) => Math.min(Math.max(workers, least), most ?? Infinity);
  return { floor: clamp(adopted.envelope.floor), cap: clamp(adopted.envelope.cap) };
}

/** Whether the size has still to follow. */
export function isOutside(room: Room): boolean {
  const { floor, cap } = bounds(room);
  return room.workers < floor || room.workers > cap;
}

/** Whether a worker that was ready has died, and fewer are left than there have to be. */
export function lacksOne(room: Room, message: ScalingMessage): boolean {
  return message.type === "resized" && message.lost === true &&
    message.workers < bounds(room).floor;
}

/**
 * How many workers there may be while one start is tried and `workers` are left. Each loss takes its
 * share, so that exactly one start is tried; where nobody is left, the one that was tried is gone too
 * and nothing was learnt of it, so another one is.
 */
export function trialCapAt(
  { workers: before, trialCap }: Pick<ScalingContext, "workers" | "trialCap">,
  workers: number,
): number {
  if (trialCap === 0) return 0;
  return Math.max(workers === 0 ? 1 : 0, trialCap - Math.max(0, before - workers));
}

/** Which way a message moves the envelope: the cap decides; where it stays, the floor does. */
export function way({ adopted: { envelope } }: Room, message: ScalingMessage): Way | null {
  if (message.type !== "proposed") return null;
  const { floor, cap } = message.envelope;
  const rise = cap - envelope.cap || floor - envelope.floor;
  return rise > 0 ? "up" : rise < 0 ? "down" : null;
}

/** Limits on jobs that run are no size: they hold at once, also where another size is refused. */
export function relimited({ adopted }: Room, message: ScalingMessage): { adopted?: Decided } {
  if (message.type !== "proposed") return {};
  const { runningMax, commandsMax } = message.envelope;
  const { envelope } = adopted;
  if (envelope.runningMax === runningMax && envelope.commandsMax === commandsMax) return {};
  return { adopted: { ...adopted, envelope: { ...envelope, runningMax, commandsMax } } };
}

/** The room as it will be after a message that is heeded. */
export function foresee(
  room: Room & { readonly deadlines: Deadlines },
  message: ScalingMessage,
): Room {
  switch (message.type) {
    case "resized":
      return { ...room, workers: message.workers };
    case "proposed": {
      const { decision, envelope, fallback } = message;
      const adopted = { decision, envelope, ...(fallback === "exact" && { exact: true as const }) };
      return { ...room, adopted, moved: way(room, message) ?? room.moved };
    }
    case "pin":
      return { ...room, held: { least: message.workers, most: message.workers } };
    case "hold":
      return {
        ...room,
        held: message.scaling === "in"
          ? { least: room.workers, most: null }
          : { least: 0, most: room.workers },
      };
    case "drain":
      return { ...room, held: { least: 0, most: 0 } };
    case "pause":
    case "resume":
      return { ...room, held: null };
    case "elapsed":
      return isDue(room.deadlines, "operator", message) ? { ...room, held: null } : room;
    default:
      return room;
  }
}

/**
 * The envelope that the pool has to keep now: the adopted one, narrowed by what the regions say.
 * Its floor never exceeds its cap.
 */
export function inForce(
  { value, context }: {
    readonly value: ScalingValue;
    readonly context: Pick<ScalingContext, keyof Room | "trialCap">;
  },
): Envelope {
  const { workers, adopted, trialCap } = context;
  if (value.operator === "paused") {
    const held = { floor: workers, cap: workers, spawn: null };
    return { ...adopted.envelope, ...held, runningMax: 0, commandsMax: 0 };
  }
  if (value.operator === "drained") {
    // Whoever has a job is still wanted: the cap falls as they leave, and nobody is hurried.
    const { spares: _, ...envelope } = adopted.envelope;
    const leaving = { floor: 0, cap: workers, spawn: null, keepAliveMs: 0 };
    return { ...envelope, ...leaving, runningMax: 0, commandsMax: 0 };
  }
  let { floor, cap } = bounds(context);
  if (value.operator !== "pinned" && value.senses === "blind" && !adopted.exact) {
    // The queue is always seen, so it may still call for workers up to the cap.
    floor = Math.max(floor, workers);
    cap = Math.max(cap, floor);
  }
  // Where nothing may grow, the last worker is still replaced: its jobs' ends give memory back.
  if (value.pressure === "emergency") cap = Math.min(cap, Math.max(1, workers));
  if (value.breaker === "open") cap = Math.min(cap, workers);
  if (value.breaker === "halfOpen") cap = Math.min(cap, trialCap);
  return { ...adopted.envelope, floor: Math.min(floor, cap), cap };
}
