/**
 * Tells the scaling machine what a reading says of the machine: that it can't be seen, or that memory
 * runs out.
 *
 * @module
 */
import type { Candidate } from "../messages/decision.ts";
import type { ControlFact } from "../messages/facts.ts";
import type { Reading } from "../messages/signals.ts";
import { swap } from "../policies/constraints/swap.ts";
import { isEmergency, memoryWords } from "../policies/detectors/memory_emergency.ts";
import { type FallbackOptions, fallbackWords } from "../policies/scaling/fallback.ts";
import type { Scaler } from "./scaler.ts";

/** Where the scaling machine stands. */
interface Value {
  readonly senses: "seeing" | "blind";
  readonly pressure: "calm" | "emergency";
}

/** Tells `scaler` what has changed; what people should know goes to `note`, with what comes then. */
export function sense(
  reading: Reading,
  { senses, pressure }: Value,
  scaler: Pick<Scaler, "tell">,
  note: (fact: ControlFact) => void,
  fallback?: FallbackOptions,
): void {
  look(reading, senses, scaler, note, fallback);
  feel(reading, pressure, scaler, note);
}

/** Tells people when no jobs are begun any more for swap, and when they are again. */
export function tellSwap(
  before: readonly Candidate[],
  now: readonly Candidate[],
  note: (fact: ControlFact) => void,
): void {
  const [was, is] = [before, now].map((all) => all.find(({ policy }) => policy === swap.name));
  if (!was === !is) return;
  const message = is
    ? `No job is begun beside one that runs: ${is.proposal.because}`
    : "Jobs are begun again: the host does not swap in and out at once any more";
  note({
    type: "alert",
    ...is ? { level: "warning", code: "swapping" } : { level: "info", code: "swapping_over" },
    message,
  });
}

/** Tells the machine when readings get old, and when they are fresh again. */
function look(
  { hostAgeMs, hostStaleMs }: Reading,
  senses: Value["senses"],
  scaler: Pick<Scaler, "tell">,
  note: (fact: ControlFact) => void,
  fallback: FallbackOptions | undefined,
): void {
  const alert = (level: "info" | "warning", code: string, message: string) =>
    note({ type: "alert", level, code, message });
  const isBlind = !(hostAgeMs <= hostStaleMs);
  if (isBlind && senses === "seeing") {
    const because = `host data is ${Math.round(hostAgeMs)} ms old`;
    scaler.tell({ type: "blinded", because });
    const then = fallbackWords(fallback);
    alert("warning", "senses_blind", `The size is held, as ${because}${then}`);
  } else if (!isBlind && senses === "blind") {
    scaler.tell({ type: "sensed" });
    alert("info", "senses_back", "The host can be seen again");
  }
}

/** Tells the machine when memory runs out, and when that is over. */
function feel(
  reading: Reading,
  pressure: Value["pressure"],
  scaler: Pick<Scaler, "tell">,
  note: (fact: ControlFact) => void,
): void {
  const was = pressure === "emergency";
  const is = isEmergency(was, reading);
  if (is === was) return;
  const because = `memory ${memoryWords(reading)}`;
  scaler.tell(is ? { type: "pressureRose", because } : { type: "pressureFell" });
  note({
    type: "alert",
    ...is
      ? { level: "warning", code: "memory_short", message: `The host runs out: ${because}` }
      : { level: "info", code: "memory_back", message: `The host has memory again: ${because}` },
  });
}
