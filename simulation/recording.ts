/**
 * Reads what a controller has recorded, and lets controllers decide on it again.
 *
 * @module
 */
import { Controller } from "../actors/controller.ts";
import { Decisions } from "../actors/decisions.ts";
import type { Clock } from "../actors/ports.ts";
import { readRecordingLine } from "../actors/recording_text.ts";
import { Scaler, type Told } from "../actors/scaler.ts";
import { memoryStore } from "../actors/stores/memory.ts";
import { Supervisor } from "../actors/supervisor.ts";
import type { Candidate, Decision, StartTimes } from "../messages/decision.ts";
import type { RecordedDecision, RecordingHead, RecordingLine } from "../messages/recording.ts";
import type { Reading } from "../messages/signals.ts";
import type { Prices } from "../policies/business/costs.ts";
import { fallbackOptions } from "../policies/scaling/fallback.ts";
import { bind, type Stepper } from "../policies/scaling/mod.ts";
import { paced } from "../policies/scaling/paced.ts";

/** One line of a recording after its head. */
export type RecordingEntry = Exclude<RecordingLine, { type: "head" }>;

/** A part of a recording. */
export interface RecordingPart {
  /** Where the controller stood. */
  readonly head: RecordingHead;
  /** What came then. */
  readonly entries: readonly RecordingEntry[];
}

/** What came of a recording. */
export interface Replayed {
  /** Looks in it. */
  readonly looks: number;
  /** Time from its first look to its last one, ms. */
  readonly spanMs: number;
  /** What had been decided, without what can be computed from it. */
  readonly recorded: readonly RecordedDecision[];
  /** What is decided now. */
  readonly decisions: readonly Decision[];
}

/** Cuts the text of a recording into its parts; a RangeError says what is wrong with it. */
export function readRecording(text: string): readonly RecordingPart[] {
  const parts: { head: RecordingHead; entries: RecordingEntry[] }[] = [];
  for (const [i, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    let entry: RecordingLine;
    try {
      entry = readRecordingLine(line);
    } catch {
      throw new RangeError(`line ${i + 1} is no JSON`);
    }
    if (entry.type === "head") parts.push({ head: entry.head, entries: [] });
    else if (parts.length === 0) throw new RangeError(`line ${i + 1} is no head of a recording`);
    else parts.at(-1)!.entries.push(entry);
  }
  if (parts.length === 0) throw new RangeError("there is nothing in it");
  return parts;
}

/**
 * Lets the very controller and scaling machine decide again. Without `policies` those of the recording
 * do, and come to the same; others go on through all of its parts. A RangeError where a policy of the
 * recording is none of ours.
 */
export function replayRecording(
  parts: readonly RecordingPart[],
  policies: readonly Stepper[] | null = null,
): Replayed {
  const decisions: Decision[] = [];
  const recorded: RecordedDecision[] = [];
  let [looks, fromMs, untilMs] = [0, Infinity, -Infinity];
  let stage: Stage | null = null;
  for (const { head, entries } of parts) {
    if (stage === null || policies === null) {
      stage = new Stage(head, entries, policies ?? head.policies.map(seated), decisions);
    }
    for (const entry of entries) {
      if (entry.type === "look") {
        looks++;
        if (entry.decided) recorded.push(entry.decided.decision);
      }
      stage.take(entry);
    }
    fromMs = Math.min(fromMs, stage.fromMs);
    untilMs = Math.max(untilMs, stage.clock.now);
  }
  return { looks, spanMs: Math.max(0, untilMs - fromMs), recorded, decisions };
}

/** A policy as it was when the part began. */
function seated({ name, options, saved }: RecordingHead["policies"][number]): Stepper {
  const policy = paced(bind(name, options));
  policy.load?.(saved);
  return policy;
}

/** A clock that is set by what was recorded, and calls nobody: who was called is recorded too. */
class RecordedClock implements Clock {
  now = 0;
  wall = 0;

  nowMs(): number {
    return this.now;
  }

  wallMs(): number {
    return this.wall;
  }

  at(): () => void {
    return () => {};
  }
}

/** A controller with its scaling machine, and nobody else. */
class Stage {
  readonly clock = new RecordedClock();
  readonly fromMs: number;
  readonly #controller: Controller;
  readonly #scaler: Scaler;
  #reading: Record<string, unknown> = {};
  #limits: readonly Candidate[] = [];
  #starts: readonly StartTimes[] = [];

  constructor(
    head: RecordingHead,
    entries: readonly RecordingEntry[],
    policies: readonly Stepper[],
    decisions: Decision[],
  ) {
    const { clock } = this;
    const first = entries.find((entry) => entry.type === "look");
    this.fromMs = clock.now = Number(first?.reading.nowMs ?? Infinity);
    const store = memoryStore();
    const fail = (because: string): never => {
      throw new Error(because);
    };
    const supervisor = new Supervisor("replay", clock, {
      restarted: (id, because) => fail(`${id} failed: ${because}`),
      gaveUp: fail,
    }).start(() => {});
    const { workers } = head.scaling.context as { readonly workers: number };
    const effects = { adopt: () => {}, note: () => {}, workers: () => workers };
    const scaler = this.#scaler = new Scaler(head.pool, { clock, store }, effects);
    const guards = head.guards.map((name) => ({
      name,
      constrain: () => this.#limits.find(({ policy }) => policy === name)?.proposal ?? null,
    }));
    const book = new Decisions(store, clock, head.nextId);
    const parts = { clock, store, scaler, decisions: book };
    const fallback = fallbackOptions.parse(head.fallback ?? {});
    this.#controller = new Controller(
      head.pool,
      { policies, guards, fallback, frozen: !!head.tuned },
      parts,
      {
        read: () => this.#reading as unknown as Reading,
        starts: () => this.#starts,
        prices: () => head.prices as Prices | null,
        note: (fact) => void (fact.type === "decided" && decisions.push(fact.decision)),
      },
    );
    this.#controller.resume(head);
    scaler.resume(head.scaling);
    supervisor.keep(scaler.child);
  }

  /** Goes through one entry. */
  take(entry: RecordingEntry): void {
    if (entry.type === "told") {
      this.clock.now = entry.nowMs;
      return this.#scaler.tell(entry.message as Told);
    }
    const { reading, limits, decided } = entry;
    this.#reading = { ...this.#reading, ...reading };
    if (this.#reading.plugged === null) delete this.#reading.plugged;
    if (this.#reading.losses === null) delete this.#reading.losses;
    if (limits) this.#limits = limits;
    if (decided) this.#starts = decided.starts;
    this.clock.now = Number(this.#reading.nowMs);
    this.clock.wall = Number(this.#reading.wallMs);
    this.#controller.evaluate();
  }
}
