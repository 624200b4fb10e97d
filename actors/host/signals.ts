/**
 * Signals as shells tell them.
 *
 * @module
 */
import { constants } from "node:os";

const names = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name]));

/** The signal that a program was ended by when a shell says it exited with `code`, else null. */
export const signalOf = (code: number): string | null =>
  code > 128 ? names.get(code - 128) ?? null : null;
