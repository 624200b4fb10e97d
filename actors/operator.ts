/**
 * What the operator says of a pool, as the scaling machine knows it, for people.
 *
 * @module
 */
import type { Moment } from "../machines/freeze.ts";
import type { ScalingSnapshot } from "../machines/scaling.ts";
import type { OperatorStatus } from "../messages/status.ts";

/** The operator has said nothing. */
export const letAlone: OperatorStatus = Object.freeze({
  state: "auto",
  workers: null,
  until: null,
});

/** What holds now. */
export function operatorOf(
  { value: { operator: state }, context: { held, deadlines } }: ScalingSnapshot,
  { nowMs, wallMs }: Moment,
): OperatorStatus {
  if (state === "auto") return letAlone;
  const { operator: ends } = deadlines;
  return {
    state,
    workers: held === null ? null : held.most ?? held.least,
    until: ends === undefined
      ? null
      : new Date(Math.round(ends.untilMs - nowMs + wallMs)).toISOString(),
  };
}

/** Whether no job is begun because of it. */
export const begunNone = ({ state, workers }: OperatorStatus): boolean =>
  state === "paused" || state === "drained" || (state === "pinned" && workers === 0);

/** In words: `pinned to 4 workers by the operator until 2026-01-01T12:00:00.000Z`. */
export function operatorWords({ state, workers, until }: OperatorStatus): string {
  const size = workers === 1 ? "1 worker" : `${workers} workers`;
  const words = {
    auto: "let alone",
    paused: "paused",
    pausedIn: `kept from shrinking below ${size}`,
    pausedOut: `kept from growing above ${size}`,
    pinned: `pinned to ${size}`,
    drained: "drained",
  }[state];
  return `${words} by the operator${until === null ? "" : ` until ${until}`}`;
}

/** How long it still lasts, ms; null where nobody has said. */
export const lastsMs = ({ until }: OperatorStatus, wallMs: number): number | null =>
  until === null ? null : Math.max(0, Date.parse(until) - wallMs);
