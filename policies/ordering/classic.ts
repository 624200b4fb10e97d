import { z } from "zod/mini";
import { orderingPolicy, patience } from "./ordering.ts";

/** First come, first served, and operations take turns. */
export const classic = orderingPolicy({
  name: "classic",
  help: "Class, then rank, then first come, first served; operations take turns.",
  options: z.strictObject(patience),
  lateMs: () => null,
  compare: null,
});
