/**
 * Who is measured beside whom.
 *
 * @module
 */

/** One side of a match: a program whose last line is a JSON object of numbers. */
export interface Side {
  readonly label: string;
  /** `deno` and `node` stand for the engines of this bench. */
  readonly argv: readonly [engine: "deno" | "node", ...args: string[]];
}

/** Sides that take turns; the first is ours, the ratios are ours to each of the others. */
export interface Match {
  readonly about: string;
  /** Paths of the numbers to compare. */
  readonly fields: readonly string[];
  readonly sides: readonly [Side, ...Side[]];
}

const deno = (label: string, ...args: string[]): Side => ({
  label,
  argv: ["deno", "run", "-A", ...args],
});
const node = (label: string, ...args: string[]): Side => ({ label, argv: ["node", ...args] });

/** All matches by name. */
export const matches: Readonly<Record<string, Match>> = {
  noop: {
    about: "A task that does nothing, two workers",
    fields: ["k1.p50_us", "k64.per_s", "k1024.per_s", "k64.cpu_us_per_task"],
    sides: [
      deno("flyball", "bench/noop_bench.ts", "--workers=2", "--seconds=2"),
      node("piscina", "bench/peers/noop.mjs", "piscina", "2", "2"),
      node("tinypool", "bench/peers/noop.mjs", "tinypool", "2", "2"),
    ],
  },
  // Each side runs for 5 s: in less, half the time is that of code that is not compiled yet.
  durable: {
    about: "A job accepted, run and done with each write synced, 64 in flight",
    fields: ["enqueue_per_s", "complete_per_s", "e2e_per_s"],
    sides: [
      deno("flyball", "bench/durable.ts", "--n=250000", "--inflight=64", "--mode=single"),
      node("bullmq", "bench/peers/durable.mjs", "50000", "64", "single"),
    ],
  },
  durable_bulk: {
    about: "The same with 1,000 jobs in one submit",
    fields: ["enqueue_per_s", "complete_per_s", "e2e_per_s"],
    sides: [
      deno("flyball", "bench/durable.ts", "--n=400000", "--inflight=64", "--mode=bulk"),
      node("bullmq", "bench/peers/durable.mjs", "50000", "64", "bulk"),
    ],
  },
};
