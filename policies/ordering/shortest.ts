import { z } from "zod/mini";
import { orderingPolicy, patience, type Waiter } from "./ordering.ts";

/** Shorter jobs are not told apart, ms. */
const leastMs = 1;

/**
 * Serves what is expected to be short first. What has waited counts for more the shorter it is
 * expected to run, without end: so a long job is passed by at first and not for ever (highest
 * response ratio next, Brinch Hansen 1971).
 */
export const shortest = orderingPolicy({
  name: "shortest",
  help: "Class, then rank, then the shortest by its operation's usual time, against its wait.",
  options: z.strictObject(patience),
  lateMs: () => null,
  compare: (one, other, nowMs, of) =>
    stretch(other, nowMs, of(other)) - stretch(one, nowMs, of(one)),
});

/** How many times its own run a job has waited. */
const stretch = ({ dueMs }: Waiter, nowMs: number, expectedMs: number): number =>
  // One ms for all who came this very instant, so that the shortest of them goes first.
  (leastMs + nowMs - dueMs) / Math.max(leastMs, expectedMs);
