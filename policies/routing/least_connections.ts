import { z } from "zod/mini";
import { patience } from "./patience.ts";
import { routingPolicy } from "./routing.ts";

/** The seat that had the last job, before the first one. */
const nobody = -1;

/** Never a busier one; equals take turns, so that all are kept busy. Remembers who had the last. */
export const leastConnections = routingPolicy({
  name: "leastConnections",
  help: "Who has fewest jobs; equals take turns.",
  options: z.strictObject(patience),
  patienceMs: ({ patienceMs }) => patienceMs,
  start: () => nobody,
  route(last, workers) {
    const fewest = workers.reduce((least, { jobs }) => Math.min(least, jobs), Infinity);
    const equals = workers.filter(({ jobs }) => jobs === fewest);
    const { seat } = equals.find((worker) => worker.seat > last) ?? equals[0]!;
    return [seat, seat];
  },
});
