/**
 * What a job goes through, tried out before one comes: code that runs for the first time is slow,
 * and many workers run it at one moment when a burst meets them at rest.
 *
 * @module
 */
import { Bench, type Parts } from "./bench.ts";
import { Link } from "./link.ts";
import { soon } from "./own.ts";

/** Jobs that are enough for the code to be compiled. */
const jobs = 32;

/** A job of no operation, attempt 1, without input, time limit and trace. */
const job = [0, 1, 0, null, 0, ""];

/** Ends jobs on a bench of their own. What is said of them goes nowhere. */
export function rehearse(parts: Parts): void {
  const nowhere = {
    read: () => Promise.resolve(null),
    write: ({ length }: Uint8Array) => Promise.resolve(length),
  };
  const bench = new Bench(new Link(nowhere), parts);
  for (let i = 0; i < jobs; i++) {
    bench.add(job, 0);
    bench.pump();
  }
  soon(() => {});
}
