/**
 * Disks: jobs wait for them to read and write.
 *
 * @module
 */
import type { Sight } from "../../messages/diagnosis.ts";
import { count, megabytes, outside, ramp, share, type Suspect, weightOf } from "./cause.ts";

/** A disk is busy all the time. */
export const disk: Suspect = {
  name: "disk",
  examine(sight) {
    const { diskBusyRatio, ioPressureRatio, ioWaitRatio, diskBytesPerS } = sight.host;
    // A disk can be busy all the time and still have room: what counts is that somebody waits.
    const waits = Math.max(ramp(ioPressureRatio, .15, .5), ramp(ioWaitRatio, .1, .35));
    const busy = ramp(diskBusyRatio, .7, .95);
    const short = diskBusyRatio === null
      ? waits
      : ioPressureRatio === null && ioWaitRatio === null
      ? .7 * busy
      : Math.max(waits * (.4 + .6 * busy), .5 * busy);
    if (short === 0) return null;
    // Who swaps keeps a disk busy too.
    const swaps = Math.max(
      ramp(sight.host.memoryPressureRatio, .05, .25),
      ramp(sight.host.swapBytesPerS, 1e6, 2e7),
    );
    return {
      score: short * weightOf(sight) * (1 - .7 * swaps),
      because: "Jobs wait for a disk",
      evidence: [
        ...share("ioPressureRatio", ioPressureRatio, "of the time somebody waited for a disk"),
        ...share("diskBusyRatio", diskBusyRatio, "of the time the busiest disk was busy"),
        ...share("ioWaitRatio", ioWaitRatio, "of the cores' time was idle, waiting for a disk"),
        ...(diskBytesPerS === null ? [] : [count(
          "diskBytesPerS",
          diskBytesPerS,
          `${megabytes(diskBytesPerS)}/s are read and written`,
        )]),
      ],
      fix: fixOf(sight),
    };
  },
};

/** Who reads and writes most steps back. */
function fixOf({ operations }: Sight) {
  const [most] = [...operations].sort((a, b) => (b.ioBytes ?? 0) - (a.ioBytes ?? 0));
  if (!most?.ioBytes) return outside("A faster disk helps, or fewer programs that use this one");
  return {
    key: `operations.${most.name}.limits.ioClass`,
    value: "idle",
    because: `${most.name} reads and writes most: so it uses the disk when nobody else does`,
  };
}
