/**
 * The scaling machine of a pool as an actor: what it is told, what it lets the pool do, and how it
 * outlives failures and processes.
 *
 * @module
 */
import type { AnyActorRef } from "xstate";
import { freeze, thaw } from "../machines/freeze.ts";
import { rehearsed } from "../machines/rehearsed.ts";
import { trialCapAt } from "../machines/room.ts";
import { inForce, scaling, scalingOptions, type ScalingSnapshot } from "../machines/scaling.ts";
import type { Envelope } from "../messages/decision.ts";
import type { ControlFact } from "../messages/facts.ts";
import type { ScalingMessage } from "../messages/mailboxes.ts";
import type { RecordingHead } from "../messages/recording.ts";
import type { OperatorStatus } from "../messages/status.ts";
import { closed } from "../policies/scaling/combine.ts";
import { letAlone, operatorOf } from "./operator.ts";
import { idIn } from "./pool_of.ts";
import type { Clock, Store } from "./ports.ts";
import type { Child } from "./supervisor.ts";
import { type Timed, wind } from "./timers.ts";

/** A message without the time. */
export type Told = ScalingMessage extends infer M
  ? M extends ScalingMessage ? Omit<M, "nowMs"> : never
  : never;

/** What a scaler does besides disposing. */
export interface ScalerEffects {
  /** Hands an envelope to the pool. */
  adopt(decision: number, envelope: Envelope): void;
  /** Tells facts. */
  note(fact: ControlFact): void;
  /** Workers there are: ready and starting ones. */
  workers(): number;
  /** Hears of all that the machine is told. Default: nobody does. */
  told?(message: Told): void;
}

/** Owner of one scaling machine. */
export class Scaler {
  /** Its id among actors. */
  readonly id: string;
  /** What it is stored as. */
  readonly keptAs: string;
  readonly #pool: string;
  readonly #clock: Clock;
  readonly #store: Pick<Store, "append">;
  readonly #effects: ScalerEffects;
  /** Of an earlier process, for the first life of this one. */
  #restored: ScalingSnapshot | null = null;
  #actor: AnyActorRef | null = null;
  #held = false;
  /** What the operator says. */
  operator: OperatorStatus = letAlone;
  /** What was told and stored last. */
  #value = "";
  #seen: unknown = null;
  #stored = "";
  #context: ScalingSnapshot["context"] | null = null;
  #word = "";

  /** Of the pool named `pool`. */
  constructor(
    pool: string,
    ports: { readonly clock: Clock; readonly store: Pick<Store, "append"> },
    effects: ScalerEffects,
  ) {
    this.#pool = pool;
    this.id = idIn(pool, "scaling");
    this.keptAs = `scaling.${pool}`;
    this.#clock = ports.clock;
    this.#store = ports.store;
    this.#effects = effects;
  }

  /** The machine now; null before its start. */
  get snapshot(): ScalingSnapshot | null {
    return this.#actor?.getSnapshot() ?? null;
  }

  /** The envelope that was adopted last. */
  get adopted(): Envelope {
    return this.snapshot?.context.adopted.envelope ?? closed;
  }

  /**
   * Goes on from what an earlier process stored, in the room that `narrow` leaves. Call it before
   * the start; false when it is of no use, then the machine begins anew.
   */
  restore(stored: unknown, narrow: (envelope: Envelope) => Envelope): boolean {
    const thawed = thaw(scaling, this.#input(), stored, this.#moment()) as ScalingSnapshot | null;
    if (!thawed) return false;
    const { adopted } = thawed.context;
    const workers = this.#effects.workers();
    const context = {
      ...thawed.context,
      workers,
      trialCap: trialCapAt(thawed.context, workers),
      adopted: { ...adopted, envelope: narrow(adopted.envelope) },
    };
    this.#restored = scaling.resolveState({ value: thawed.value, context });
    return true;
  }

  /** Goes on from where a recording begins. Call it before the start. */
  resume({ value, context }: RecordingHead["scaling"]): void {
    const known = { ...context as object, options: scalingOptions.parse({}) };
    this.#restored = scaling.resolveState({
      value: value as ScalingSnapshot["value"],
      context: known as ScalingSnapshot["context"],
    });
  }

  /** The machine, to be kept by a supervisor. */
  get child(): Child {
    return {
      id: this.id,
      logic: rehearsed(scaling.provide({
        actions: {
          breakerOpened: () =>
            this.#alert(
              "warning",
              "breaker_open",
              "Workers can't be started: starts are held for a while",
            ),
          breakerClosed: () =>
            this.#alert("info", "breaker_closed", "Workers can be started again"),
        },
      })),
      keepsState: true,
      given: () => {
        const snapshot = this.#restored;
        this.#restored = null;
        return { input: this.#input(), snapshot };
      },
      made: (actor) => this.#made(actor),
    };
  }

  /** Tells the machine; time is added. */
  tell(message: Told): void {
    this.#effects.told?.(message);
    this.#actor?.send({ ...message, nowMs: this.#clock.nowMs() });
  }

  /** Tells it something, and lets the pool move only when `then` has been done. */
  tellThen(message: Told, then: () => void): void {
    this.#held = true;
    try {
      this.tell(message);
    } finally {
      this.#held = false;
    }
    then();
    this.enact();
  }

  /** Gives the pool the envelope in force. */
  enact(): void {
    const { snapshot } = this;
    if (snapshot) this.#effects.adopt(snapshot.context.adopted.decision, inForce(snapshot));
  }

  #moment() {
    return { nowMs: this.#clock.nowMs(), wallMs: this.#clock.wallMs() };
  }

  #input() {
    const options = scalingOptions.parse({});
    return { workers: this.#effects.workers(), envelope: closed, options };
  }

  #made(actor: AnyActorRef): void {
    this.#actor = actor;
    actor.subscribe({ next: (snapshot) => this.#moved(snapshot), error: () => {} });
    wind({
      getSnapshot: () => actor.getSnapshot(),
      subscribe: (observer) => actor.subscribe(observer as Parameters<Timed["subscribe"]>[0]),
      send: ({ timer }) => this.tell({ type: "elapsed", timer }),
    } as Timed, this.#clock);
    // Whoever there is now, it may have been others when this state was kept.
    this.tell({ type: "resized", workers: this.#effects.workers() });
  }

  #moved(snapshot: ScalingSnapshot): void {
    if (snapshot.status !== "active") return;
    if (!this.#held) this.enact();
    // A machine that stays where it is keeps its value.
    const isMoved = snapshot.value !== this.#seen;
    this.#seen = snapshot.value;
    const value = isMoved ? JSON.stringify(snapshot.value) : this.#value;
    const isNew = value !== this.#value;
    if (isNew) {
      this.#value = value;
      this.#effects.note({
        type: "machine",
        actor: this.id,
        event: "step",
        value: snapshot.value,
      });
    }
    // Most of what it is told is another number of workers, which is nobody else's business.
    if (isNew || !isAlike(snapshot.context, this.#context)) {
      this.#context = snapshot.context;
      this.#hear(snapshot);
      this.#keep(snapshot);
    }
  }

  /** Tells what the operator says, when it is another word or has another end. */
  #hear(snapshot: ScalingSnapshot): void {
    const { value: { operator }, context: { held, deadlines } } = snapshot;
    const word = JSON.stringify([operator, held, deadlines.operator?.untilMs]);
    if (word === this.#word || (this.#word === "" && operator === "auto")) return;
    this.#word = word;
    this.operator = operatorOf(snapshot, this.#moment());
    this.#effects.note({ type: "operated", pool: this.#pool, ...this.operator });
  }

  /** Stores what the next process has to know; how many workers there were is not of that. */
  #keep(snapshot: ScalingSnapshot): void {
    const { workers: _, options: __, wanted: ___, ...rest } = snapshot.context;
    const worth = JSON.stringify([snapshot.value, rest]);
    if (worth === this.#stored) return;
    this.#stored = worth;
    const kept = freeze(snapshot, this.#moment());
    this.#store.append([{ type: "snapshot", actor: this.keptAs, snapshot: kept }]);
  }

  #alert(level: "info" | "warning", code: string, message: string): void {
    this.#effects.note({ type: "alert", level, code, message });
  }
}

/** Whether two contexts are the same but for the number of workers. */
function isAlike(
  one: ScalingSnapshot["context"],
  other: ScalingSnapshot["context"] | null,
): boolean {
  if (other === null) return false;
  for (const name of Object.keys(one) as (keyof typeof one)[]) {
    if (name !== "workers" && one[name] !== other[name]) return false;
  }
  return true;
}
