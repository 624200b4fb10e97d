/**
 * Cores: all of them are busy, with our jobs or with others' programs.
 *
 * @module
 */
import { count, isLate, outside, ramp, share, type Suspect, weightOf } from "./cause.ts";

/** Below this share of what is used the cores are not busy with us. */
const oursRatio = .4;

/** All cores are busy. */
export const cpu: Suspect = {
  name: "cpu",
  examine(sight) {
    const { host, threads, donePerS } = sight;
    const { cores, busyRatio, ownCores, cpuPressureRatio } = host;
    const free = busyRatio === null ? 1 : ramp(busyRatio, .5, .85);
    // Pressure alone is no proof: a quota makes it too.
    const short = Math.max(
      ramp(busyRatio, .8, .95),
      free * ramp(cpuPressureRatio, .2, .6),
      free * ramp(threads.starvedRatio, .2, .5),
    );
    if (short === 0) return null;
    // What is taken from us, or kept from us, is another cause; cores that wait for a disk are idle.
    const lost = Math.max(ramp(host.stealRatio, .1, .3), ramp(host.quotaUsedRatio, .85, .95));
    // The kernel works hard as well where memory is short.
    const thrash = ramp(host.memoryPressureRatio, .1, .4);
    const used = busyRatio === null ? null : busyRatio * cores;
    const isOurs = ownCores === null || used === null || ownCores >= oursRatio * used;
    const fix = !isOurs
      ? outside("Other programs of this machine use its cores: move them, or this service")
      : isLate(sight) && donePerS > 0
      ? {
        key: "admission.ratePerS",
        value: Math.max(1, Math.ceil(donePerS)),
        because: "More cores help. Until then only so much gets done in a second; more only waits",
      }
      : outside("More cores help, or less work for each job");
    return {
      score: short * weightOf(sight, "threshold") * (1 - .8 * lost) * (1 - .6 * thrash),
      because: isOurs
        ? `The ${cores} cores are busy`
        : `The ${cores} cores are busy with other programs`,
      evidence: [
        ...share("busyRatio", busyRatio, "of the cores are busy"),
        ...share("cpuPressureRatio", cpuPressureRatio, "of the time somebody waited for a core"),
        ...share(
          "starvedRatio",
          threads.starvedRatio,
          "of the time workers wanted one they had none",
        ),
        ...(ownCores === null
          ? []
          : [count("ownCores", ownCores, `${ownCores.toFixed(1)} cores are used by our jobs`)]),
      ],
      fix,
    };
  },
};
