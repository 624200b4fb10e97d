import { z } from "zod/mini";
import { patience } from "./patience.ts";
import { routingPolicy } from "./routing.ts";

/**
 * Who has fewer jobs of two by chance: of n jobs on n workers none has more than about log2 log2 n,
 * where by chance alone it is log n / log log n (Azar, Broder, Karlin, Upfal 1994).
 */
export const powerOfTwo = routingPolicy({
  name: "powerOfTwo",
  help: "Who has fewer jobs of two that are drawn by lot.",
  options: z.strictObject(patience),
  patienceMs: ({ patienceMs }) => patienceMs,
  start: () => null,
  route(memory, workers, chance) {
    const others = workers.length - 1;
    // One number draws both: the first of all, the second of the others.
    const drawn = Math.floor(chance * workers.length * Math.max(1, others));
    const first = workers[Math.floor(drawn / Math.max(1, others))]!;
    if (others === 0) return [first.seat, memory];
    const at = drawn % others;
    const second = workers[at < workers.indexOf(first) ? at : at + 1]!;
    return [second.jobs < first.jobs ? second.seat : first.seat, memory];
  },
});
