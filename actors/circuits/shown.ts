/**
 * Breakers as people see them.
 *
 * @module
 */
import type { BreakerStatus } from "../../messages/status.ts";
import type { Circuits } from "./circuits.ts";

/** Breakers that are shown at once. */
const shownMax = 32;

/** Those that are not closed; `sinceWallMs` turns monotonic instants into wall time. */
export function shown({ all }: Pick<Circuits, "all">, sinceWallMs: number): BreakerStatus[] {
  const open = [...all.values()].filter(({ isClosed }) => !isClosed);
  return open.slice(0, shownMax).map(({ name, held, snapshot }) => {
    const untilMs = snapshot!.context.deadlines.open?.untilMs;
    return {
      name,
      state: untilMs === undefined ? "halfOpen" : "open",
      held,
      until: untilMs === undefined ? null : new Date(untilMs + sinceWallMs).toISOString(),
    };
  });
}
