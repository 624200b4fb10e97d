/**
 * Several pools under one budget: who asks quick questions beside a flood, and what sharing costs.
 *
 * @module
 */
import { cpuUsage } from "node:process";
import { type Claim, shares } from "../../../policies/budget/share.ts";
import { type Live, live } from "../../live.ts";
import { until } from "../../until.ts";
import { atMost, exactly, type Row } from "../row.ts";

/** Workers of both pools together. */
const budget = 8;
/** Time between two questions, and how long each and each job of the flood takes, ms. */
const everyMs = 50;
const questionMs = 5;
const batchMs = 50;

interface Beside {
  readonly p95Ms: number;
  readonly worstMs: number;
  readonly questions: number;
  /** Jobs of the flood that waited when the last question was answered. */
  readonly waiting: number;
  /** Most workers at once. */
  readonly workers: number;
}

/** The rows; `quick` asks fewer questions. */
export function poolRows(quick: boolean): readonly Row[] {
  const questions = quick ? 40 : 400;
  let known: Promise<Beside> | null = null;
  const beside = () => known ??= ask(questions);
  return [
    {
      line: "an interactive pool beside a batch pool that floods one budget: p95 of its waits",
      run: async () => {
        const { p95Ms, worstMs, waiting } = await beside();
        if (waiting === 0) throw new Error("the flood was over before the last question");
        const detail = `of ${questions} questions, worst ${worstMs.toFixed(1)} ms; ` +
          `${waiting} jobs of the flood waited at the end`;
        return atMost(p95Ms, 150, "ms", detail);
      },
    },
    {
      line: `workers of both pools above their budget of ${budget}, at any look`,
      run: async () => {
        const { workers } = await beside();
        return exactly(Math.max(0, workers - budget), 0, "workers", `${workers} at most`);
      },
    },
    {
      line: "a budget shared among 3 pools anew",
      run: () => Promise.resolve(atMost(shareUs(quick ? 1_000 : 20_000), 100, "us")),
    },
  ];
}

async function ask(questions: number): Promise<Beside> {
  await using runtime = await live({
    budget: { workers: budget },
    pools: {
      interactive: { workers: { min: 1, max: budget } },
      batch: { workers: { min: 0, max: budget }, slots: { max: 1 } },
    },
    queue: { jobsMax: 1_000_000 },
  });
  const flood = Math.ceil(2 * questions * everyMs * budget / batchMs);
  const nap = { task: "toy", input: { do: "nap", ms: batchMs, value: 0 }, pool: "batch" };
  for (let sent = 0; sent < flood; sent += 1_000) {
    await runtime.submitAll(Array.from({ length: Math.min(1_000, flood - sent) }, () => nap));
  }
  await until(() => runtime.pool("batch").status().workers.ready >= budget - 2);
  let workers = 0;
  const looks = setInterval(() => {
    workers = Math.max(workers, sizeOf(runtime));
  }, 10);
  const ids: string[] = [];
  for (let i = 0; i < questions; i++) {
    const question = { ...nap, input: { ...nap.input, ms: questionMs }, pool: "interactive" };
    ids.push((await runtime.submit(question)).id);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
  const waits: number[] = [];
  for (const id of ids) waits.push((await runtime.wait(id, 30_000))!.outcome!.waitMs);
  clearInterval(looks);
  waits.sort((one, other) => one - other);
  const waiting = runtime.pool("batch").status().queued;
  await runtime.close({ drainMs: 0 });
  const p95Ms = waits[Math.ceil(.95 * waits.length) - 1]!;
  return { p95Ms, worstMs: waits.at(-1)!, questions, waiting, workers };
}

/** Workers of all pools, ready or being started. */
const sizeOf = (runtime: Live): number =>
  runtime.status().pools.reduce(
    (sum, { workers: { ready, starting } }) => sum + ready + starting,
    0,
  );

/** Mean time of the processor, µs. */
function shareUs(count: number): number {
  const claim: Claim = {
    ...{ load: 0, serviceMs: 500, waitMs: 150, weight: 1, floor: 1, least: 1, cap: 24, held: 8 },
    ...{ workerBytes: 40e6, workerCores: .1 },
  };
  const limits = { workers: 24, memoryBytes: 4e9, cpuCores: 4 };
  const share = (i: number) =>
    shares([40, 2, .3].map((load) => ({ ...claim, load: load + i % 7 })), limits);
  for (let i = 0; i < count / 5; i++) share(i);
  const began = cpuUsage();
  for (let i = 0; i < count; i++) share(i);
  const { user, system } = cpuUsage(began);
  return (user + system) / count;
}
