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

const elastic = (label: string, ...args: string[]): Side =>
  deno(label, "bench/elastic_bench.ts", ...args);
const peer = (name: string, label: string, ...args: string[]): Side =>
  node(label, "bench/peers/elastic.mjs", name, ...args);

/** A burst that meets 2 workers that may become 32; the peers' pools do so, too. */
const burst = (kind: string, tasks: number): [Side, ...Side[]] => [
  elastic("flyball", "burst", `--kind=${kind}`, `--tasks=${tasks}`, "--min=2", "--max=32"),
  ...["tinypool", "piscina", "poolifier"].map((name) =>
    peer(name, name, "burst", kind, "2", "32", String(tasks))
  ),
];
/** Sizes set by hand, of ours. */
const byHand = (workers: number, slots: number, seconds: number): Side =>
  elastic(
    `fixed ${workers} x ${slots}`,
    ...[
      "waits",
      `--min=${workers}`,
      `--max=${workers}`,
      `--slots=${slots}`,
      `--seconds=${seconds}`,
    ],
  );

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
  burst_block: {
    about: "2,000 tasks at once that hold their thread for 20 ms, 2 to 32 workers (ideal 1,250 ms)",
    fields: ["drain_ms", "peak_workers", "worker_s"],
    sides: [
      ...burst("block", 2_000),
      elastic("announced", "burst", "--min=2", "--max=32", "--ahead", "--rest=4000"),
    ],
  },
  burst_wait: {
    about: "2,000 tasks at once that wait for 20 ms, 2 to 32 workers",
    fields: ["drain_ms", "peak_workers", "worker_s"],
    sides: burst("nap", 2_000),
  },
  burst_cpu: {
    about: "200 tasks at once that compute for 20 ms, 2 to 32 workers",
    fields: ["drain_ms", "peak_workers", "worker_s"],
    sides: [
      burst("cpu", 200)[0],
      elastic("fixed 2", "burst", "--kind=cpu", "--tasks=200", "--min=2", "--max=2"),
    ],
  },
  waits: {
    about: "Tasks that wait for 20 ms, 1,024 under way, from a cold start",
    fields: ["per_s", "pss_mib"],
    sides: [
      elastic("flyball", "waits", "--seconds=5"),
      byHand(32, 1, 5),
      ...[1, 2, 4].map((workers) => byHand(workers, 512, 5)),
      peer("piscina", "piscina 2 x 512", "waits", "2", "512", "5"),
    ],
  },
};
