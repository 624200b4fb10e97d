/**
 * Processes and threads that the control group allows.
 *
 * @module
 */
import { count, outside, ramp, share, type Suspect } from "./cause.ts";

/** There are nearly as many processes as there may be. */
export const processes: Suspect = {
  name: "processes",
  examine({ host: { processes, processesMax } }) {
    if (processes === null || processesMax === null || processesMax === 0) return null;
    const ratio = processes / processesMax;
    const short = ramp(ratio, .8, .95);
    if (short === 0) return null;
    return {
      score: .95 * short,
      because:
        `The control group has ${processes} of at most ${processesMax} processes and threads`,
      evidence: [
        ...share("processesRatio", ratio, "of the processes it may have are there"),
        count("processes", processes, `${processes} processes and threads`),
      ],
      fix: outside(`Raise pids.max of the control group above ${processesMax}`),
    };
  },
};
