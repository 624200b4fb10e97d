/**
 * The quota of a control group: there are more cores than we may use.
 *
 * @module
 */
import { count, outside, ramp, share, type Suspect, weightOf } from "./cause.ts";

/** A quota of CPU time is used up. */
export const quota: Suspect = {
  name: "quota",
  examine(sight) {
    const { quotaCores, quotaUsedRatio, cpuPressureRatio } = sight.host;
    const short = ramp(quotaUsedRatio, .8, .95);
    if (quotaCores === null || short === 0) return null;
    return {
      score: short * weightOf(sight, "threshold"),
      because: `The control group allows ${quotaCores} cores, and they are used up`,
      evidence: [
        ...share("quotaUsedRatio", quotaUsedRatio, "of the quota is used"),
        count("quotaCores", quotaCores, `${quotaCores} cores are allowed`),
        ...share("cpuPressureRatio", cpuPressureRatio, "of the time somebody waited for a core"),
      ],
      fix: outside(
        `Raise cpu.max of the control group, or the container's limit, above ${quotaCores} cores`,
      ),
    };
  },
};
