/**
 * Open files of the service.
 *
 * @module
 */
import { count, outside, ramp, share, type Suspect } from "./cause.ts";

/** It has nearly as many open files as it may. */
export const files: Suspect = {
  name: "files",
  examine({ host: { filesOpen, filesMax } }) {
    if (filesOpen === null || filesMax === null) return null;
    const ratio = filesOpen / filesMax;
    const short = ramp(ratio, .8, .95);
    if (short === 0) return null;
    return {
      score: .95 * short,
      because: `The service has ${filesOpen} of at most ${filesMax} open files`,
      evidence: [
        ...share("filesRatio", ratio, "of the open files it may have are open"),
        count("filesOpen", filesOpen, `${filesOpen} are open`),
      ],
      fix: outside(`Raise its limit before it starts: ulimit -n ${4 * filesMax}`),
    };
  },
};
