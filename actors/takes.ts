/**
 * Who takes jobs.
 *
 * @module
 */
import type { Lane } from "./lane.ts";

/** A worker, as far as it matters whether it takes jobs. */
interface Taking {
  readonly open: boolean;
  readonly exclusive: boolean;
  readonly resting: boolean;
  readonly reserved: Pick<Lane, "hasSuspects"> | null;
}

/** Whether a worker takes jobs, if not now then as soon as it has room. */
export const takes = ({ open, exclusive, resting, reserved }: Taking): boolean =>
  open && !exclusive && !resting && !reserved?.hasSuspects;
