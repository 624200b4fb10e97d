/**
 * Keeps actors alive as Erlang's supervisors do: restarts what ends as its strategy says, gives up
 * towards its own supervisor when that is no help, and stops what it started in reverse.
 *
 * @module
 */
import {
  type AnyActorLogic,
  type AnyActorRef,
  type AnyMachineSnapshot,
  createActor,
  fromCallback,
  type InspectionEvent,
  type Snapshot,
  StateMachine,
} from "xstate";
import {
  affected,
  type Budget,
  type End,
  isRestarted,
  type Restart,
  spent,
  type Strategy,
} from "../machines/supervision.ts";
import type { Clock } from "./ports.ts";

/** Whom a supervisor restarts and how often. */
export interface Supervision extends Budget {
  readonly strategy: Strategy;
}

/** Each for itself; the fourth restart within a minute is given up. */
export const usual: Supervision = { strategy: "oneForOne", intensity: 3, periodMs: 60_000 };

/** Time that a child has to leave in order, ms. */
const leaveMs = 5_000;

/** A child to be kept alive. */
export interface Child {
  readonly id: string;
  readonly logic: AnyActorLogic;
  /** After which ends it is started again. Default `permanent`. */
  readonly restart?: Restart;
  /** What each life begins with. */
  readonly given?: () => { readonly input?: unknown; readonly snapshot?: Snapshot<unknown> | null };
  /** A machine: after a failure it goes on in the state before. */
  readonly keepsState?: boolean;
  /** Told of each life before it starts. */
  readonly made?: (actor: AnyActorRef) => void;
  /** Told when it has ended and is not started again; not at a stop. */
  readonly ended?: (how: End, because: string) => void;
  /** Asks it to end in order. It is stopped when it has, or when `leaveMs` are over. */
  readonly leave?: () => Promise<void>;
  /** Default 5 s. */
  readonly leaveMs?: number;
}

/** Who hears of what a supervisor does. */
export interface SupervisorListener {
  /** A child, of this supervisor or of one below it, was started again. */
  restarted(id: string, because: string): void;
  /** It failed too often. The root's supervisor is told; others fail towards their own. */
  gaveUp(because: string): void;
}

interface Kept {
  readonly child: Child;
  /** Null before its start and after its end. */
  actor: AnyActorRef | null;
  /** What the next life goes on from; null: it begins anew. */
  state: Snapshot<unknown> | null;
}

/** A child was stopped by somebody else. */
const stopped = "flyball.stopped";

/** One node of the tree of actors. */
export class Supervisor {
  readonly id: string;
  readonly #children = new Map<string, Kept>();
  readonly #clock: Clock;
  readonly #supervision: Supervision;
  readonly #listener: SupervisorListener;
  #self: AnyActorRef | null = null;
  #restartsMs: readonly number[] = [];
  #stopping = false;

  /** A supervisor to be; `start` makes it the root, `under` puts another below it. */
  constructor(
    id: string,
    clock: Clock,
    listener: SupervisorListener,
    supervision: Supervision = usual,
  ) {
    this.id = id;
    this.#clock = clock;
    this.#listener = listener;
    this.#supervision = supervision;
  }

  /** Starts it as the root of a system; where nobody inspects it, XState has less to do. */
  start(inspect?: (event: InspectionEvent) => void): this {
    const options = { id: this.id, systemId: this.id, ...(inspect && { inspect }) };
    const root = createActor(this.#logic(), options);
    root.subscribe({ error: (error) => this.#listener.gaveUp(text(error)) });
    root.start();
    return this;
  }

  /** A supervisor below this one: what it gives up on is one failure here. */
  under(id: string, supervision: Supervision): Supervisor {
    const { restarted } = this.#listener;
    const below = new Supervisor(id, this.#clock, { restarted, gaveUp: () => {} }, supervision);
    this.keep({
      id,
      logic: below.#logic(),
      leave: () => below.#leave(),
      leaveMs: Infinity, // Each below it has a time of its own.
    });
    return below;
  }

  /** Starts a child and keeps it alive. */
  keep(child: Child): void {
    if (this.#children.has(child.id)) throw new RangeError(`${child.id} is kept already`);
    const kept: Kept = { child, actor: null, state: null };
    this.#children.set(child.id, kept);
    if (this.#self && !this.#stopping) this.#begin(kept);
  }

  /** Stops a child for good. */
  dismiss(id: string): void {
    const kept = this.#children.get(id);
    if (!kept) return;
    this.#children.delete(id);
    halt(kept);
  }

  /** Stops a child and starts it again, as when what it works by has changed. */
  renew(id: string): void {
    const kept = this.#children.get(id);
    if (!kept?.actor) return;
    halt(kept);
    this.#begin(kept);
  }

  /** Sends to whoever has the place of child `id`; nobody, nothing. XState's own words are refused. */
  send(id: string, message: { readonly type: string }): void {
    const { type } = message as { readonly type?: unknown };
    if (typeof type === "string" && type.startsWith("xstate.")) return;
    this.actor(id)?.send(message);
  }

  /** The present life of a child; null when there is none. */
  actor(id: string): AnyActorRef | null {
    const actor = this.#children.get(id)?.actor;
    return actor && statusOf(actor) === "active" ? actor : null;
  }

  /** Lets all children leave, last started first, then ends. For the root. */
  async stop(): Promise<void> {
    await this.#leave();
    this.#self?.stop();
  }

  #logic(): AnyActorLogic {
    return fromCallback(({ receive, self }) => {
      this.#self = self;
      this.#restartsMs = [];
      receive((message: { type: string; id?: string; error?: unknown }) => this.#hear(message));
      for (const kept of this.#children.values()) this.#begin(kept);
      return () => this.#haltAll();
    });
  }

  #begin(kept: Kept): void {
    const { child } = kept;
    const { input, snapshot = null } = child.given?.() ?? {};
    const from = kept.state ?? snapshot;
    const actor = createActor(child.logic, {
      id: child.id,
      parent: this.#self!,
      input,
      ...(from !== null && { snapshot: from }),
    });
    kept.actor = actor;
    actor.subscribe({
      error: () => {}, // We are told as its parent.
      complete: () => {
        const byOthers = kept.actor === actor && statusOf(actor) === "stopped";
        if (byOthers) this.#self?.send({ type: stopped, id: child.id });
      },
    });
    child.made?.(actor);
    actor.start();
  }

  #hear({ type, id = childOf(type), error }: {
    type: string;
    id?: string;
    error?: unknown;
  }): void {
    const kept = this.#children.get(id);
    // What an earlier life left in our mailbox is no news of this one.
    if (this.#stopping || !kept?.actor || statusOf(kept.actor) === "active") return;
    if (type === stopped) this.#ended(kept, "shutdown", "it was stopped");
    else if (type === `xstate.done.actor.${id}`) this.#ended(kept, "normal", "it was done");
    else if (type === `xstate.error.actor.${id}`) this.#ended(kept, "abnormal", text(error));
  }

  #ended(kept: Kept, how: End, because: string): void {
    const { child, actor } = kept;
    kept.state = how === "abnormal" && child.keepsState ? stateBefore(child.logic, actor!) : null;
    kept.actor = null;
    if (!isRestarted(child.restart ?? "permanent", how)) {
      this.#children.delete(child.id);
      return child.ended?.(how, because);
    }
    const { strategy, intensity } = this.#supervision;
    this.#restartsMs = spent(this.#supervision, this.#restartsMs, this.#clock.nowMs());
    if (this.#restartsMs.length > intensity) return this.#giveUp(child.id, because);
    const again = affected(strategy, [...this.#children.values()], kept);
    for (const other of again.toReversed()) halt(other);
    for (const other of again) this.#begin(other);
    this.#listener.restarted(child.id, because);
  }

  #giveUp(id: string, because: string): never {
    this.#haltAll();
    const { strategy, periodMs } = this.#supervision;
    const children = [...this.#children.values()];
    for (const kept of children) kept.state = null; // A state may be what is wrong.
    if (strategy === "simpleOneForOne") {
      this.#children.clear(); // They were made for occasions that have passed.
      for (const { child } of children) child.ended?.("abnormal", because);
    }
    const times = this.#restartsMs.length;
    const within = periodMs === 60_000 ? "a minute" : `${periodMs / 1_000} s`;
    throw new Error(`${id} failed ${times} times within ${within}: ${because}`);
  }

  #haltAll(): void {
    for (const kept of [...this.#children.values()].reverse()) halt(kept);
  }

  async #leave(): Promise<void> {
    this.#stopping = true;
    const all = [...this.#children.values()].reverse();
    if (this.#supervision.strategy === "simpleOneForOne") {
      await Promise.all(all.map((kept) => this.#part(kept)));
    } else for (const kept of all) await this.#part(kept);
  }

  /** Lets a child leave, and stops it. */
  async #part(kept: Kept): Promise<void> {
    const { leave, leaveMs: withinMs = leaveMs } = kept.child;
    if (leave && kept.actor && statusOf(kept.actor) === "active") {
      const late = Promise.withResolvers<void>();
      const disarm = withinMs === Infinity
        ? () => {}
        : this.#clock.at(this.#clock.nowMs() + withinMs, late.resolve);
      await Promise.race([leave().catch(() => {}), late.promise]);
      disarm();
    }
    halt(kept);
  }
}

/** Whose end XState tells. */
function childOf(type: string): string {
  const [, end] = type.split(".", 2);
  return end === "error" || end === "done" ? type.slice(`xstate.${end}.actor.`.length) : type;
}

/** Stops a child at once. */
function halt(kept: Kept): void {
  const { actor } = kept;
  kept.actor = null;
  // A parent's word; `stop()` is for roots alone.
  if (actor && statusOf(actor) === "active") actor.send({ type: "xstate.stop" });
}

const statusOf = (actor: AnyActorRef): string => actor.getSnapshot().status;

const text = (error: unknown) => error instanceof Error ? error.message : String(error);

/** Where a machine stood before what it failed at; null for other logic. */
function stateBefore(logic: AnyActorLogic, actor: AnyActorRef): Snapshot<unknown> | null {
  if (!(logic instanceof StateMachine)) return null;
  const { value, context } = actor.getSnapshot() as AnyMachineSnapshot;
  return value === undefined ? null : logic.resolveState({ value, context });
}
