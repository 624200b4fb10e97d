import { z } from "zod/mini";
import { orderingPolicy, patience } from "./ordering.ts";

/**
 * Serves those first who can still be served in time: under overload first come, first served makes
 * everybody late, this some. Those that are late have every eighth turn.
 */
export const punctual = orderingPolicy({
  name: "punctual",
  help: "As classic, but jobs that are late already yield to those that can still be in time.",
  options: z.strictObject({
    ...patience,
    targetMs: z._default(z.int().check(z.minimum(1)), 1_000).check(
      z.describe("Wait after which a job is late"),
    ),
  }),
  lateMs: ({ targetMs }) => targetMs,
  compare: null,
});
