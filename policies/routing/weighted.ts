import { z } from "zod/mini";
import { patience } from "./patience.ts";
import { routingPolicy } from "./routing.ts";
import { even, turn } from "./turns.ts";

/** Weights that can be said, and how large they are at most. */
const weightsMax = 100;
const weightMax = 1_000;

/** Turns by weight, evenly mixed: with 1 and 3 the heavier one has the 1st, 3rd and 4th of four. */
export const weighted = routingPolicy({
  name: "weighted",
  help: "In turn, by weight: `[1, 2, 3]` gives the third worker half of the jobs.",
  options: z.strictObject({
    weights: z._default(
      z.array(z.int().check(z.minimum(1), z.maximum(weightMax))).check(z.maxLength(weightsMax)),
      [],
    ).check(z.describe("Of the workers by seat, the lowest first; the others have 1")),
    ...patience,
  }),
  patienceMs: ({ patienceMs }) => patienceMs,
  start: () => even,
  route: (owed, workers, _chance, { weights }) =>
    turn(owed, workers, ({ place }) => weights[place] ?? 1),
});
