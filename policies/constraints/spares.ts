/**
 * Workers laid ready.
 *
 * @module
 */
import { z } from "zod/mini";
import { constraint } from "./constraint.ts";

const options = z.strictObject({
  spares: z._default(z.int().check(z.nonnegative()), 0).check(
    z.describe("Idle workers kept ready besides those that have jobs, within the largest size."),
  ),
});

/** Keeps idle workers ready for jobs that can't wait for a start. */
export const spares = constraint({
  name: "spares",
  help: "Keeps idle workers ready besides those that have jobs.",
  options,
  constrain: (_reading, { spares }) =>
    spares === 0 ? null : { floor: 0, spares, because: `spares ${spares}` },
});
