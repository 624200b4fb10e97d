/**
 * Operations that get in each other's way: one takes longer while the other one runs, and somebody
 * waits more for cores, memory or a disk then.
 *
 * @module
 */
import type { Contention } from "../../messages/capacity.ts";
import { count, ramp, type Suspect } from "./cause.ts";

/** It was seen in hours that are past, so what is seen now ranks before it. */
const pastWeight = .5;
const resources = { cpu: "cores", memory: "memory", io: "a disk" } as const;

/** Two operations slow each other down. */
export const contention: Suspect = {
  name: "contention",
  examine({ contention, operations }) {
    const runs = (name: string) => operations.some((one) => one.name === name && one.ended > 0);
    const pair = contention.find(({ operation, beside }) => runs(operation) && runs(beside));
    if (!pair) return null;
    const { operation, beside, of, slowdownRatio, slotsBeside } = pair;
    return {
      score: pastWeight * ramp(slowdownRatio, 1, 2),
      because: `${operation} and ${beside} get in each other's way: both need ${resources[of]}`,
      evidence: [
        count("slowdownRatio", slowdownRatio, saysOf(pair)),
        count("slotsBeside", slotsBeside, `Seen in ${slotsBeside} times of ten seconds`),
      ],
      fix: {
        key: `operations.${beside}.shareRatio`,
        value: "25%",
        because: `Fewer of ${beside} run beside ${operation} then`,
      },
    };
  },
};

const saysOf = ({ operation, beside, slowdownRatio }: Contention) =>
  `${operation} takes ${slowdownRatio.toFixed(1)} times as long while ${beside} runs`;
