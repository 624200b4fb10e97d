/**
 * Tells the scaling machine what a reading says of the machine: that it can't be seen, or that memory
 * runs out.
 *
 * @module
 */
import type { ControlFact } from "../messages/facts.ts";
import type { Reading } from "../messages/signals.ts";
import { type FallbackOptions, fallbackWords } from "../policies/scaling/fallback.ts";
import type { Scaler } from "./scaler.ts";

/** Share of time in which somebody waits for memory (PSI some avg10) that is an emergency. */
const stalledHighRatio = 0.1;
/** Share of memory in use that is an emergency. */
const usedHighRatio = 0.95;

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
  feel(reading, pressure, scaler);
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
  { memoryRatio, memoryPressureRatio }: Reading,
  pressure: Value["pressure"],
  scaler: Pick<Scaler, "tell">,
): void {
  const stalled = memoryPressureRatio ?? 0;
  const used = memoryRatio ?? 0;
  if (pressure === "calm" && (stalled > stalledHighRatio || used > usedHighRatio)) {
    const because = `memory ${percent(memoryRatio)} used, stalled ` +
      `${percent(memoryPressureRatio)} of the time`;
    scaler.tell({ type: "pressureRose", because });
  } else if (
    pressure === "emergency" && stalled < stalledHighRatio / 2 && used < usedHighRatio - 0.05
  ) scaler.tell({ type: "pressureFell" });
}

const percent = (ratio: number | null) =>
  ratio === null ? "an unknown share" : `${Math.round(ratio * 100)} %`;
