/**
 * Keeps what a controller saw, was told and decided, as much of it as fits: enough to let the same
 * policies decide again, or others.
 *
 * Of a reading is kept what has changed since the one before, as text: some 100 characters. Parts
 * begin with all that the next answers follow from; the oldest part goes first.
 *
 * @module
 */
import type { Candidate, Decision } from "../messages/decision.ts";
import type { RecordingHead, RecordingLine } from "../messages/recording.ts";
import type { Reading } from "../messages/signals.ts";
import { recordingLine } from "./recording_text.ts";
import type { Told } from "./scaler.ts";

/** Characters that are kept, and of which a new part begins. */
const charsMax = 1024 * 1024;
const partChars = 128 * 1024;

/** What the controller tells the machine itself: it will do so again. */
const own: ReadonlySet<string> = new Set([
  ...["proposed", "blinded", "sensed", "pressureRose", "pressureFell"],
]);

interface Part {
  readonly lines: string[];
  chars: number;
}

type LookLine = { -readonly [K in keyof Look]: Look[K] };
type Look = Extract<RecordingLine, { type: "look" }>;

/** A recording that goes on. */
export class Recorder {
  readonly #parts: Part[] = [];
  /** Where nobody will ask for it, nothing is kept. */
  isOn = true;
  /** The next look begins a part. */
  #isNew = true;
  #chars = 0;
  #seen: Readonly<Record<string, unknown>> = {};
  #limits = "";
  /** The look that is under way, and what was told meanwhile. */
  #look: LookLine | null = null;
  #told: string[] = [];
  readonly #head: () => RecordingHead;

  /** `head` says where the controller stands. */
  constructor(head: () => RecordingHead) {
    this.#head = head;
  }

  /** Others decide from the next look on. */
  renew(): void {
    this.#isNew = true;
  }

  /** A look begins. */
  look(reading: Reading): void {
    if (!this.isOn) return;
    this.#end();
    const part = this.#parts.at(-1);
    if (this.#isNew || !part || part.chars > partChars) this.#begin();
    const seen = reading as unknown as Readonly<Record<string, unknown>>;
    const changed: Record<string, unknown> = {};
    for (const name in seen) if (seen[name] !== this.#seen[name]) changed[name] = seen[name];
    for (const name in this.#seen) if (!(name in seen)) changed[name] = null;
    this.#seen = seen;
    this.#look = { type: "look", reading: changed };
  }

  /** What the constraints allow at this look. */
  limited(limits: readonly Candidate[]): void {
    if (this.#look === null) return;
    const text = JSON.stringify(limits);
    if (text === this.#limits) return;
    this.#limits = text;
    this.#look.limits = limits;
  }

  /** What was decided at this look. */
  decided({ id, winner, envelope, because, adopted, blockedBy, starts }: Decision): void {
    if (this.#look === null) return;
    const decision = { id, winner, envelope, because, adopted, blockedBy };
    this.#look.decided = { decision, starts };
  }

  /** The scaling machine was told something at `nowMs`. */
  told(message: Told, nowMs: number): void {
    if (own.has(message.type) || this.#parts.length === 0) return;
    const line = recordingLine({ type: "told", nowMs, message });
    // A look is over before what came of it is told.
    if (this.#look) this.#told.push(line);
    else this.#add(line);
  }

  /** All that is kept. */
  text(): string {
    this.#end();
    return this.#parts.flatMap(({ lines }) => lines).map((line) => `${line}\n`).join("");
  }

  #begin(): void {
    this.#isNew = false;
    this.#seen = {};
    this.#limits = "";
    this.#parts.push({ lines: [], chars: 0 });
    this.#add(recordingLine({ type: "head", head: this.#head() }));
    while (this.#chars > charsMax && this.#parts.length > 1) {
      this.#chars -= this.#parts.shift()!.chars;
    }
  }

  #end(): void {
    if (this.#look === null) return;
    this.#add(recordingLine(this.#look));
    this.#look = null;
    for (const line of this.#told.splice(0)) this.#add(line);
  }

  #add(line: string): void {
    const part = this.#parts.at(-1)!;
    part.lines.push(line);
    part.chars += line.length;
    this.#chars += line.length;
  }
}
