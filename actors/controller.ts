/**
 * Takes readings, asks the policies, and lets the scaling machine dispose.
 *
 * @module
 */
import { type AnyActorRef, createActor } from "xstate";
import { inForce, scaling, scalingOptions, type ScalingSnapshot } from "../machines/scaling.ts";
import { may } from "../machines/may.ts";
import type { Candidate, Decision, Envelope } from "../messages/decision.ts";
import type { ControlFact } from "../messages/facts.ts";
import type { ControllerMessage, ScalingMessage } from "../messages/mailboxes.ts";
import type { Reading } from "../messages/signals.ts";
import type { Guard } from "../policies/constraints/mod.ts";
import { staleMs } from "../policies/scaling/blind.ts";
import { closed, combine, same } from "../policies/scaling/combine.ts";
import type { Stepper } from "../policies/scaling/mod.ts";
import { loop } from "./loop.ts";
import type { Clock } from "./ports.ts";
import { wind } from "./timers.ts";

/** Time between the evaluations that a burst asks for, ms, and how many follow the first. */
const burstMs = 25;
const burstLooks = 2;
/** Policies that are asked more seldom than this keep their rhythm in bursts, ms. */
const burstEveryMaxMs = 1_000;
/** Share of time in which somebody waits for memory (PSI some avg10) that is an emergency. */
const stalledHighRatio = 0.1;
/** Share of memory in use that is an emergency. */
const usedHighRatio = 0.95;
/** Decisions that are kept in memory. */
const keptMax = 256;

/** What a controller is made with. */
export interface ControllerOptions {
  readonly pool: string;
  readonly policies: readonly Stepper[];
  readonly guards: readonly Guard[];
}

/** Decides for one pool. */
export class Controller {
  readonly options: ControllerOptions;
  readonly #clock: Clock;
  readonly #read: () => Reading;
  readonly #adopt: (decision: number, envelope: Envelope) => void;
  readonly #note: (fact: ControlFact) => void;
  readonly #kept: Decision[] = [];
  #machine: { send(message: ScalingMessage): void; getSnapshot(): ScalingSnapshot } | null = null;
  #id: number;
  #evaluatedMs = -Infinity;
  #held = false;
  #before = closed;
  #latest: readonly Candidate[] = [];
  #disarmBurst: (() => void) | null = null;

  /** `read` takes a reading, `adopt` hands an envelope to the pool, `note` tells facts. */
  constructor(
    options: ControllerOptions,
    clock: Clock,
    firstId: number,
    effects: {
      readonly read: () => Reading;
      readonly adopt: (decision: number, envelope: Envelope) => void;
      readonly note: (fact: ControlFact) => void;
    },
  ) {
    this.options = options;
    this.#clock = clock;
    this.#id = firstId;
    this.#read = effects.read;
    this.#adopt = effects.adopt;
    this.#note = effects.note;
  }

  /** Latest decisions, newest last. */
  decisions(limit = keptMax): readonly Decision[] {
    return this.#kept.slice(-limit);
  }

  /** Value of the scaling machine. */
  get value(): unknown {
    return this.#machine?.getSnapshot().value ?? null;
  }

  /** Evaluates every `everyMs` of the quickest policy, and on bursts. */
  logic(parent: AnyActorRef): ReturnType<typeof loop> {
    const everyMs = Math.min(...this.options.policies.map((policy) => policy.everyMs));
    return loop<ControllerMessage>(this.#clock, ({ every, on }) => {
      const stop = this.#run(parent);
      this.evaluate();
      every(everyMs, () => this.evaluate());
      on({
        burst: () => this.#burst(),
        resized: ({ workers }) => this.#tell({ type: "resized", workers }),
        startFailed: ({ because }) => this.#tell({ type: "startFailed", because }),
        startSucceeded: () => this.#tell({ type: "startSucceeded" }),
        pause: (message) => this.#tell(message),
        resume: (message) => this.#tell(message),
        pin: (message) => this.#tell(message),
      });
      return stop;
    });
  }

  /** Takes a reading and proposes what comes of it. */
  evaluate(): void {
    const machine = this.#machine;
    if (!machine) return;
    const nowMs = this.#clock.nowMs();
    this.#evaluatedMs = nowMs;
    const reading = this.#read();
    const senses = machine.getSnapshot().value.senses;
    const isBlind = reading.hostAgeMs > staleMs;
    if (isBlind && senses === "seeing") {
      this.#tell({
        type: "blinded",
        because: `host data is ${Math.round(reading.hostAgeMs)} ms old`,
      });
    } else if (!isBlind && senses === "blind") this.#tell({ type: "sensed" });

    this.#feel(reading, machine.getSnapshot().value.pressure);

    const candidates = this.options.policies.map((policy) => ({
      policy: policy.name,
      proposal: policy.step(reading),
    }));
    const limits = this.options.guards.flatMap((guard) => {
      const proposal = guard.constrain(reading);
      return proposal ? [{ policy: guard.name, proposal }] : [];
    });
    const combined = combine(this.#before, candidates, limits);
    this.#latest = candidates;
    if (same(combined.envelope, this.#before)) return;
    this.#propose(reading, candidates, combined, nowMs);
  }

  /** Tells the machine when memory runs out, and when that is over. */
  #feel({ memoryRatio, memoryPressureRatio }: Reading, pressure: "calm" | "emergency"): void {
    const stalled = memoryPressureRatio ?? 0;
    const used = memoryRatio ?? 0;
    if (pressure === "calm" && (stalled > stalledHighRatio || used > usedHighRatio)) {
      const because = `memory ${percent(used)} used, stalled ${percent(stalled)} of the time`;
      this.#tell({ type: "pressureRose", because });
    } else if (
      pressure === "emergency" && stalled < stalledHighRatio / 2 && used < usedHighRatio - 0.05
    ) this.#tell({ type: "pressureFell" });
  }

  /** What the policies said last. */
  get latest(): readonly Candidate[] {
    return this.#latest;
  }

  #propose(
    reading: Reading,
    candidates: readonly Candidate[],
    { envelope, winner, vetoes, because }: ReturnType<typeof combine>,
    nowMs: number,
  ): void {
    const machine = this.#machine!;
    const id = this.#id++;
    const before = this.#before;
    const permission = may(machine.getSnapshot().value);
    // The pool moves after the decision is on record.
    this.#held = true;
    this.#tell({ type: "proposed", decision: id, envelope });
    this.#held = false;
    const adopted = machine.getSnapshot().context.adopted.decision === id;
    if (adopted) this.#before = envelope;
    const decision: Decision = {
      id,
      atMs: nowMs,
      decidedAt: this.#clock.wallMs(),
      pool: this.options.pool,
      reading,
      candidates,
      vetoes,
      winner,
      envelope,
      before,
      adopted,
      blockedBy: adopted ? null : permission.because,
      because,
    };
    const last = this.#kept.at(-1);
    // A wish that is refused again and again is one record, not four a second.
    if (adopted || !last || last.adopted || !same(last.envelope, envelope)) {
      this.#kept.push(decision);
      if (this.#kept.length > keptMax) this.#kept.shift();
      this.#note({ type: "decided", decision });
    }
    this.#enact(machine.getSnapshot());
  }

  /** Starts the scaling machine; returns the way to stop it. */
  #run(parent: AnyActorRef): () => void {
    const alert = (level: "info" | "warning", code: string, message: string) =>
      this.#note({ type: "alert", level, code, message });
    const machine = scaling.provide({
      actions: {
        breakerOpened: () =>
          alert("warning", "breaker_open", "Workers can't be started: starts are held for a while"),
        breakerClosed: () => alert("info", "breaker_closed", "Workers can be started again"),
      },
    });
    const actor = createActor(machine, {
      id: "scaling",
      parent,
      input: { workers: 0, envelope: this.#before, options: scalingOptions.parse({}) },
    });
    let value = "";
    actor.subscribe((snapshot) => {
      if (!this.#held) this.#enact(snapshot);
      const next = JSON.stringify(snapshot.value);
      if (next === value) return;
      value = next;
      this.#note({ type: "machine", actor: "scaling", event: "step", value: snapshot.value });
    });
    actor.start();
    this.#machine = actor;
    const unwind = wind(actor, this.#clock);
    return () => {
      this.#disarmBurst?.();
      unwind();
      this.#machine = null;
    };
  }

  #tell(
    message: ScalingMessage extends infer M ? M extends ScalingMessage ? Omit<M, "nowMs"> : never
      : never,
  ): void {
    this.#machine?.send({ ...message, nowMs: this.#clock.nowMs() } as ScalingMessage);
  }

  #enact(snapshot: ScalingSnapshot): void {
    this.#adopt(snapshot.context.adopted.decision, inForce(snapshot));
  }

  /** Something came that can't wait: a look now, and others soon to see what it is. */
  #burst(): void {
    if (Math.min(...this.options.policies.map(({ everyMs }) => everyMs)) > burstEveryMaxMs) return;
    if (this.#disarmBurst) return;
    const look = (left: number) => {
      this.evaluate();
      this.#disarmBurst = left === 0 ? null : this.#clock.at(
        this.#clock.nowMs() + burstMs,
        () => look(left - 1),
      );
    };
    const dueMs = Math.max(this.#clock.nowMs(), this.#evaluatedMs + burstMs);
    this.#disarmBurst = this.#clock.at(dueMs, () => look(burstLooks));
  }
}

const percent = (ratio: number) => `${Math.round(ratio * 100)} %`;
