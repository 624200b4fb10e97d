/**
 * Workers that can't be started, or take long.
 *
 * @module
 */
import { span } from "../span.ts";
import { count, isLate, outside, ramp, shareOf, type Suspect } from "./cause.ts";

/** Workers don't come. */
export const starts: Suspect = {
  name: "starts",
  examine(sight) {
    const { pool } = sight;
    const lacks = isLate(sight) ? shareOf(sight, "start", "workers") : 0;
    const isBroken = pool.isShut || pool.quarantined > 0;
    const slow = lacks * ramp(pool.startP95Ms, 2_000, 10_000);
    if (!isBroken && slow === 0) return null;
    return {
      score: pool.isShut
        ? .5 + .5 * lacks
        : Math.max(slow, pool.quarantined > 0 ? .35 + .6 * lacks : 0),
      because: pool.isShut
        ? "Workers can't be started: they failed again and again"
        : pool.quarantined > 0
        ? "Workers die before they do anything"
        : `A worker takes ${span(pool.startP95Ms!)} to start`,
      evidence: [
        ...(pool.quarantined > 0
          ? [count("quarantined", pool.quarantined, `${pool.quarantined} seats are left alone`)]
          : []),
        ...(pool.startP95Ms === null ? [] : [count(
          "startP95Ms",
          pool.startP95Ms,
          `95 % of the starts took at most ${span(pool.startP95Ms)}`,
        )]),
        count("workers", pool.ready, `${pool.ready} workers are ready`),
      ],
      fix: isBroken
        ? outside("See what they died of: the alerts of the service, and flyball doctor")
        : {
          key: "pools.default.spares",
          value: 2,
          because: "Idle workers that are ready before they are wanted",
        },
    };
  },
};
