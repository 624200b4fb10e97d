/**
 * One side of what measuring costs, in a process of its own: `on` measures, watches and asks all that
 * there is, `off` counts nothing and asks nothing. Prints one JSON line.
 *
 * @module
 */
import { cpuUsage, memoryUsage } from "node:process";
import { Series } from "../../../actors/series/series.ts";
import { type Live, live } from "../../live.ts";

/** What a side took. */
export interface Side {
  /** CPU time of this process for a job that does nothing, us. */
  readonly cpuUs: number;
  /** Time of a job that holds its thread for 1 ms, two workers, ms. */
  readonly jobMs: number;
  /** Resident memory of this process at the end, bytes. */
  readonly rssBytes: number;
}

/** Jobs in flight at once. */
const inFlight = 64;

/** Runs so many jobs, some at once. */
async function runAll(jobs: number, run: () => Promise<unknown>): Promise<void> {
  let left = jobs;
  await Promise.all(Array.from({ length: inFlight }, async () => {
    while (left-- > 0) await run();
  }));
}

const two = { workers: { min: 2, max: 2 }, policy: { name: "fixed", workers: 2 } } as const;
const rules = [
  "cpu",
  "memory",
  "senses",
  "files",
  "errors",
  "backlog",
  "latency",
  "overrun",
  "waste",
];

/** All rules and objectives, or none. */
const configOf = (isOn: boolean) => ({
  pools: { default: two },
  ...(isOn
    ? {
      slo: { all: { latencyMs: 1_000 } },
      costs: { workerPerHour: 1, cpuPerHour: 1 },
      alerts: {
        rules: {
          latency: { waitMs: 1_000 },
          anomaly: { series: ["cpuRatio", "memoryRatio", "queued", "accepted", "done", "failed"] },
        },
      },
    }
    : {
      alerts: {
        rules: Object.fromEntries(
          [...rules, "costs", "slower", "breakers", "anomaly"].map((name) => [
            name,
            { enabled: false },
          ]),
        ),
      },
    }),
} as Parameters<typeof live>[0]);

/** Asks all there is to ask, each second, until the signal. */
async function ask(runtime: Live, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await runtime.metrics.prometheus();
    await runtime.metrics.operations();
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}

async function measure(isOn: boolean, jobs: number): Promise<Side> {
  if (!isOn) {
    const nothing = () => {};
    Object.assign(Series.prototype, { accepted: nothing, began: nothing, ended: nothing });
    Object.assign(Series.prototype, { tried: nothing, tick: nothing });
  }
  await using runtime = await live(configOf(isOn));
  const stop = new AbortController();
  const asking = isOn ? ask(runtime, stop.signal) : null;
  const noop = () => runtime.run("toy", { do: "echo" });
  await runAll(jobs / 5, noop);
  const before = cpuUsage();
  await runAll(jobs, noop);
  const { user, system } = cpuUsage(before);
  const brief = Math.ceil(jobs / 50);
  const startMs = performance.now();
  await runAll(brief, () => runtime.run("toy", { do: "block", ms: 1 }));
  const tookMs = performance.now() - startMs;
  const { rss } = memoryUsage();
  stop.abort();
  await asking;
  return { cpuUs: (user + system) / jobs, jobMs: 2 * tookMs / brief, rssBytes: rss };
}

if (import.meta.main) {
  const [side, jobs] = Deno.args;
  console.log(JSON.stringify(await measure(side === "on", Number(jobs))));
}
