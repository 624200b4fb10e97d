/**
 * Takes readings, asks the policies, and lets the scaling machine dispose.
 *
 * @module
 */
import { may } from "../machines/may.ts";
import type { Candidate, Decision, Envelope, StartTimes, Verdict } from "../messages/decision.ts";
import type { ControlFact } from "../messages/facts.ts";
import type { ControllerMessage } from "../messages/mailboxes.ts";
import type { RecordingHead } from "../messages/recording.ts";
import type { Reading } from "../messages/signals.ts";
import type { OperatorStatus } from "../messages/status.ts";
import type { Prices } from "../policies/business/costs.ts";
import { Judge } from "../policies/judge.ts";
import { combine, same, within } from "../policies/scaling/combine.ts";
import { heed, unknownWork, type Work } from "../policies/scaling/demand.ts";
import { fallback, type FallbackOptions } from "../policies/scaling/fallback.ts";
import { isLong, noRest, rest } from "../policies/scaling/rest.ts";
import { beat } from "./beat.ts";
import { Blocks } from "./blocks.ts";
import { type Council, Hearings } from "./council.ts";
import { Decisions } from "./decisions.ts";
import { Keepsakes } from "./keepsakes.ts";
import { loop } from "./loop.ts";
import { idIn } from "./pool_of.ts";
import type { Clock, Store } from "./ports.ts";
import { keepersOf, recordOf, type Votes } from "./record.ts";
import { Recorder } from "./recorder.ts";
import { rounded } from "./rounded.ts";
import type { Scaler } from "./scaler.ts";
import { sense, tellSwap } from "./sense.ts";
import type { Child } from "./supervisor.ts";

export type { Council } from "./council.ts";

/** What a controller does besides deciding. */
export interface ControllerEffects {
  /** Takes a reading. */
  read(): Reading;
  /** What starts took so far. */
  starts(): readonly StartTimes[];
  /** Tells facts. */
  note(fact: ControlFact): void;
  /** What a worker costs; null: nobody has said it. */
  prices(): Prices | null;
}

/** Decides for one pool. */
export class Controller {
  /** Its id among actors. */
  readonly id: string;
  readonly pool: string;
  /** Decisions since the start. */
  made = 0;
  /** Keeps what it saw, so that it can be asked again. */
  readonly recorder: Recorder;
  readonly #clock: Clock;
  readonly #scaler: Scaler;
  readonly #effects: ControllerEffects;
  readonly #decisions: Decisions;
  readonly #judge = new Judge();
  readonly #blocks = new Blocks();
  #council: Council;
  #latest: readonly Candidate[] = [];
  #constraints: readonly Candidate[] = [];
  #reading: Reading | null = null;
  #rest = noRest;
  #work: Work = unknownWork;
  readonly #hearings: Hearings;
  /** Of policies, and of constraints. */
  readonly #keepsakes: Keepsakes;
  readonly #memories: Keepsakes;

  /** Proposes to `scaler`; `nextId` numbers decisions. */
  constructor(
    pool: string,
    council: Council,
    parts: {
      readonly clock: Clock;
      readonly store: Pick<Store, "append">;
      readonly scaler: Scaler;
      readonly decisions: Decisions;
    },
    effects: ControllerEffects,
  ) {
    this.id = idIn(pool, "controller");
    this.pool = pool;
    this.#council = council;
    this.#clock = parts.clock;
    this.#scaler = parts.scaler;
    this.#effects = effects;
    this.#hearings = new Hearings(effects.note);
    const { clock, store } = parts;
    const keep = (actor: string, snapshot: unknown) => {
      store.append([{ type: "snapshot", actor, snapshot }]);
    };
    this.#keepsakes = new Keepsakes(pool, clock, keep);
    this.#memories = new Keepsakes(`constraints.${pool}`, clock, keep);
    this.#decisions = parts.decisions;
    this.recorder = new Recorder(() => this.#standing());
  }

  /** Latest decisions, newest last. */
  decisions(limit?: number): readonly Decision[] {
    return this.#decisions.latest(limit, this.pool);
  }

  /** Value of the scaling machine. */
  get value(): unknown {
    return this.#scaler.snapshot?.value ?? null;
  }

  /** What the operator says. */
  get operator(): OperatorStatus {
    return this.#scaler.operator;
  }

  /** Names of the policies. */
  get policies(): readonly string[] {
    return this.#council.policies.map(({ name }) => name);
  }

  /** Decides with others from its next start on. */
  seat(council: Council): void {
    this.#council = council;
    this.recorder.renew();
  }

  /** Goes on where a recording begins. */
  resume({ blocks, last, work, tuned }: RecordingHead): void {
    if (tuned) this.#hearings.stay(tuned);
    this.#work = (work ?? unknownWork) as Work;
    this.#blocks.load(blocks);
    if (last !== null) this.#decisions.add(last);
  }

  /** Lets policies and constraints go on from what an earlier process stored. */
  restore(stored: ReadonlyMap<string, unknown>): void {
    this.#keepsakes.restore(this.#council.policies, stored);
    this.#memories.restore(this.#council.guards, stored);
  }

  /** What the guards leave of an envelope now. */
  narrow(envelope: Envelope): Envelope {
    return within(envelope, this.#hearings.vetoes(this.#council, this.#effects.read()));
  }

  /** Evaluates every `everyMs` of the quickest policy, seldom while nothing happens, and on bursts. */
  get child(): Child {
    const logic = loop<ControllerMessage>(this.#clock, ({ at, on }) => {
      const { burst, stir } = beat(this.#clock, at, {
        everyMs: Math.min(...this.#council.policies.map(({ everyMs }) => everyMs)),
        look: () => this.evaluate(),
        isAtRest: () => this.isAtRest,
      });
      on({
        burst,
        stir: () => {
          this.#rest = noRest;
          stir();
        },
        resized: (message) => this.#scaler.tell(message),
        startFailed: (message) => this.#scaler.tell(message),
        startSucceeded: (message) => this.#scaler.tell(message),
        pause: (message) => this.#scaler.tell(message),
        hold: (message) => this.#scaler.tell(message),
        drain: (message) => this.#scaler.tell(message),
        resume: (message) => this.#scaler.tell(message),
        pin: (message) => this.#scaler.tell(message),
      });
    });
    return { id: this.id, logic };
  }

  /** Takes a reading and proposes what comes of it. */
  evaluate(): void {
    const { snapshot } = this.#scaler;
    if (!snapshot) return;
    const reading = this.#reading = rounded(this.#effects.read());
    this.recorder.look(reading);
    this.#work = heed(this.#work, reading);
    const { fallback: options } = this.#council;
    sense(reading, snapshot.value, this.#scaler, this.#effects.note, options);
    for (const { decision, verdict } of this.#judge.look(reading)) this.#judged(decision, verdict);

    const wishes = this.#hearings.candidates(this.#council, reading);
    this.#keepsakes.keep(this.#council.policies);
    const before = this.#scaler.adopted;
    const unseen = fallback(before, reading, options);
    const candidates = this.#latest = unseen === null ? wishes : [unseen];
    const constraints = this.#hearings.vetoes(this.#council, reading);
    tellSwap(this.#constraints, constraints, this.#effects.note);
    this.#constraints = constraints;
    this.#memories.keep(this.#council.guards);
    this.recorder.limited(constraints);
    const combined = combine(before, candidates, constraints);
    const votes = { reading, candidates, constraints, before, combined, work: this.#work };
    const isNews = !same(combined.envelope, before);
    this.#rest = rest(this.#rest, reading, isNews);
    if (isNews) this.#propose(votes, unseen && options!.mode);
    else if (this.#blocks.isNews(keepersOf(votes), reading.nowMs)) {
      this.#record(this.#decisions.nextId(), votes, keepersOf(votes));
    }
  }

  #judged(id: number, verdict: Verdict): void {
    this.#decisions.judge(id, verdict);
    this.#effects.note({ type: "judged", pool: this.pool, decision: id, verdict });
  }

  /** Nothing has been under way for a while: it looks seldom until it is stirred. */
  get isAtRest(): boolean {
    return isLong(this.#rest, this.#clock.nowMs());
  }

  /** What the policies saw last; null before the first look. */
  get reading(): Reading | null {
    return this.#reading;
  }

  /** What the policies said last. */
  get latest(): readonly Candidate[] {
    return this.#latest;
  }

  /** What the constraints that object said last. */
  get constraints(): readonly Candidate[] {
    return this.#constraints;
  }

  /** Constraints that say nothing, and why. */
  get silent(): readonly { readonly name: string; readonly because: string }[] {
    const said = new Set(this.#constraints.map(({ policy }) => policy));
    return this.#council.guards.filter(({ name }) => !said.has(name))
      .map(({ name, idle }) => ({ name, because: idle?.(this.#reading) ?? "it has no objection" }));
  }

  /** Lets the machine dispose; the pool moves after the decision is on record. */
  #propose(votes: Votes, unseen: FallbackOptions["mode"] | null): void {
    const id = this.#decisions.nextId();
    const { value } = this.#scaler.snapshot!;
    const { because } = may(unseen === null ? value : { ...value, senses: "seeing" });
    const { envelope } = votes.combined;
    const way = unseen === null
      ? {}
      : { fallback: unseen === "static" ? "exact" : "atLeast" } as const;
    this.#scaler.tellThen({ type: "proposed", decision: id, envelope, ...way }, () => {
      const adopted = this.#scaler.snapshot?.context.adopted.decision === id;
      const last = this.#decisions.latest(1, this.pool)[0];
      // A wish that is refused again and again is one record, not four a second.
      if (!adopted && last && !last.adopted && same(last.envelope, envelope)) return;
      this.#record(id, votes, adopted ? null : because);
      if (adopted) this.#judge.follow(id);
    });
  }

  #record(id: number, votes: Votes, blockedBy: string | null): void {
    const decision = recordOf(votes, {
      id,
      pool: this.pool,
      decidedAt: votes.reading.wallMs ?? this.#clock.wallMs(),
      starts: this.#effects.starts(),
      blockedBy,
    }, this.#effects.prices());
    this.made++;
    this.#decisions.add(decision);
    this.#blocks.recorded(keepersOf(votes), votes.reading.nowMs);
    this.recorder.decided(decision);
    this.#effects.note({ type: "decided", decision });
  }

  /** Where it stands before a look. */
  #standing(): RecordingHead {
    const { value, context } = this.#scaler.snapshot!;
    const { options: _, ...rest } = context;
    return {
      pool: this.pool,
      policies: this.#council.policies.map(({ name, options, save }) => ({
        ...{ name, options, saved: save?.() },
      })),
      guards: this.#council.guards.map(({ name }) => name),
      fallback: this.#council.fallback ?? null,
      scaling: { value, context: rest },
      blocks: this.#blocks.save(),
      ...(this.#council.frozen && { tuned: this.#hearings.tuned }),
      work: this.#work,
      last: this.#decisions.latest(1, this.pool)[0] ?? null,
      nextId: this.#decisions.next,
      prices: this.#effects.prices(),
    };
  }
}
