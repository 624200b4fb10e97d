/**
 * Cores that other machines on the same hardware have.
 *
 * @module
 */
import { outside, ramp, share, type Suspect, weightOf } from "./cause.ts";

/** Other machines take the cores. */
export const stolen: Suspect = {
  name: "stolen",
  examine(sight) {
    const { stealRatio, busyRatio } = sight.host;
    const short = ramp(stealRatio, .05, .2);
    if (short === 0) return null;
    return {
      score: short * weightOf(sight),
      because: "Other machines on the same hardware take the cores",
      evidence: [
        ...share("stealRatio", stealRatio, "of the cores' time is stolen"),
        ...share("busyRatio", busyRatio, "of the cores are busy"),
      ],
      fix: outside("Ask for a machine with cores of its own; nothing here can give them back"),
    };
  },
};
