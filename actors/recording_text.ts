/**
 * Lines of a recording as text: JSON, and numbers that JSON does not have.
 *
 * @module
 */
import type { RecordingLine } from "../messages/recording.ts";

/** Before the name of a number that JSON has no word for. */
const mark = "\u0001";

const odd: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  [`${mark}Infinity`, Infinity],
  [`${mark}-Infinity`, -Infinity],
  [`${mark}NaN`, NaN],
  [`${mark}-0`, -0],
]);

/** A line without its end. */
export function recordingLine(line: RecordingLine): string {
  return JSON.stringify(line, (_name, value: unknown) => {
    if (typeof value !== "number") return value;
    if (Object.is(value, -0)) return `${mark}-0`;
    return Number.isFinite(value) ? value : mark + value;
  });
}

/** What a line says; a SyntaxError where it is none. */
export function readRecordingLine(text: string): RecordingLine {
  return JSON.parse(text, (_name, value: unknown) => {
    return typeof value === "string" && odd.has(value) ? odd.get(value) : value;
  }) as RecordingLine;
}
