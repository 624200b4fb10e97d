import { z } from "zod/mini";
import { routingPolicy } from "./routing.ts";

/** What pools do where nobody chooses: its rule stands where jobs are sent, so that it costs nothing. */
export const leastLoaded = routingPolicy({
  name: "leastLoaded",
  help: "Who has fewest jobs; of equals who had one last, so that the others are seen idle and go.",
  options: z.strictObject({}),
  patienceMs: () => 0,
  start: () => null,
  route: null,
});
