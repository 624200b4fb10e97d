/**
 * How long a job waits for the worker that was chosen.
 *
 * @module
 */
import { z } from "zod/mini";
import { patienceMsMax } from "./routing.ts";

/**
 * The option of policies that choose among all workers, and not only among those with room: these are
 * chosen by how quickly they told of room, where many jobs come at once.
 */
export const patience = {
  patienceMs: z._default(z.int().check(z.minimum(0), z.maximum(patienceMsMax)), 100).check(
    z.describe(
      "Longest wait for a worker that was chosen and has no room, while another has some",
    ),
  ),
};
