/**
 * The thread of the service itself, which feeds all workers.
 *
 * @module
 */
import { count, outside, ramp, share, type Suspect, weightOf } from "./cause.ts";

/** The service can't feed its workers any faster. */
export const service: Suspect = {
  name: "service",
  examine(sight) {
    const { threads: { ownRatio, heldRatio }, pool, donePerS, host } = sight;
    const short = ramp(ownRatio, .85, .97);
    if (short === 0) return null;
    // Workers with nothing to do beside it are the proof.
    const idle = Math.max(pool.idle > 0 ? .6 : 0, 1 - (heldRatio ?? 0));
    const full = ramp(host.busyRatio, .9, 1);
    return {
      score: short * weightOf(sight) * (.3 + .7 * idle) * (1 - .5 * full),
      because: "The thread that feeds the workers is busy all the time",
      evidence: [
        ...share("ownRatio", ownRatio, "of the time it wants a core"),
        ...share("heldRatio", heldRatio, "of the time the threads of workers are busy with jobs"),
        count("donePerS", donePerS, `${Math.round(donePerS)} jobs a second are done`),
      ],
      fix: outside("Give each job more to do: one with a hundred items instead of a hundred jobs"),
    };
  },
};
