import { z } from "zod/mini";
import { patience } from "./patience.ts";
import { routingPolicy } from "./routing.ts";
import { even, turn } from "./turns.ts";

/** One job each, in turn, however much they have to do. */
export const roundRobin = routingPolicy({
  name: "roundRobin",
  help: "One after another: as many jobs for each.",
  options: z.strictObject(patience),
  patienceMs: ({ patienceMs }) => patienceMs,
  start: () => even,
  route: (owed, workers) => turn(owed, workers, () => 1),
});
