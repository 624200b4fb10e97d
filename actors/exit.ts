/**
 * An exit in words.
 *
 * @module
 */
import type { Exit } from "./ports.ts";

/** How a process ended: what it was, and the last line it said. */
export function describeExit({ code, signal, stderrTail }: Exit): string {
  const last = stderrTail.trim().split("\n").at(-1)?.slice(0, 200) ?? "";
  const how = signal !== null ? `ended by ${signal}` : `exited with ${code}`;
  return last === "" ? how : `${how}: ${last}`;
}
