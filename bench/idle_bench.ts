/**
 * What Flyball costs while it has nothing to do, and how soon it grows when that changes.
 *
 * ```sh
 * deno run -A bench/idle_bench.ts [--settle=5] [--idle=10] [--bursts=5] [--output=FILE]
 * ```
 *
 * @module
 */
import { parseArgs } from "node:util";
import { memoryOf, processTree, treeCpuMs } from "../examples/scanner/gauge.ts";
import { MiB } from "../examples/scanner/table.ts";
import { createRuntime, taskFile } from "../mod.ts";
import { number, options, whole } from "./options.ts";
import { head, store } from "./result.ts";
import { sleep, startService, until } from "./served.ts";
import { median, rounded } from "./statistics.ts";

/** Longest wait for anything that must happen. */
const ceilingMs = 30_000;
/** A burst: so many jobs, each of which holds its thread for so long. */
const burst = { jobs: 200, holdMs: 20 };

/** Memory and CPU of an idle service. */
export interface Idle {
  readonly serve_rss_mib: number;
  /** Largest of the service's workers. */
  readonly worker_rss_mib: number;
  readonly workers: number;
  /** CPU time of service and workers as a share of one core. */
  readonly cpu_ratio: number;
}

/** Starts `serve`, looks at it `settleS` after its start and for `idleS` from there. */
export async function measureIdle(settleS: number, idleS: number): Promise<Idle> {
  const data = await Deno.makeTempDir({ prefix: "flyball-idle-" });
  const startMs = performance.now();
  try {
    await using service = await startService(data, "examples/tasks");
    await sleep(startMs + settleS * 1000 - performance.now());
    const workers = processTree(service.pid).slice(1);
    if (workers.length === 0) throw new Error("The service has no worker");
    const rssMiB = (pid: number) => memoryOf([pid]).rssBytes / MiB;
    const memory = {
      serve_rss_mib: rounded(rssMiB(service.pid)),
      worker_rss_mib: rounded(Math.max(...workers.map(rssMiB))),
      workers: workers.length,
    };
    const cpuMs = treeCpuMs(service.pid);
    await sleep(idleS * 1000);
    const usedMs = treeCpuMs(service.pid) - cpuMs;
    return { ...memory, cpu_ratio: rounded(usedMs / (idleS * 1000)) };
  } finally {
    await Deno.remove(data, { recursive: true });
  }
}

/** What followed a burst. */
export interface Burst {
  /** From the first submit to the first worker that was ready after it. */
  readonly first_extra_ready_ms: number;
  readonly drain_ms: number;
}

/** Sends one burst of `count` jobs into an idle runtime that decides everything itself. */
export async function measureBurst(count = burst.jobs): Promise<Burst> {
  await using runtime = await createRuntime({
    tasks: { block: taskFile(new URL("./tasks/block.ts", import.meta.url)) },
  });
  await runtime.run("block", 1);
  await until(() => runtime.status().pools[0]!.workers.starting === 0);
  const reader = new AbortController();
  const facts = runtime.facts({ signal: reader.signal });
  const startAt = Date.now();
  const startMs = performance.now();
  const jobs = Promise.all(
    Array.from({ length: count }, () => runtime.run("block", burst.holdMs)),
  );
  const giveUp = setTimeout(() => reader.abort(), ceilingMs);
  let readyAt: number | undefined;
  for await (const entry of facts) {
    if (!("fact" in entry)) continue;
    const { at, fact } = entry;
    if (fact.type !== "worker" || fact.state !== "ready" || at < startAt) continue;
    readyAt = at;
    break;
  }
  clearTimeout(giveUp);
  await jobs;
  if (readyAt === undefined) throw new Error(`No worker was added within ${ceilingMs} ms`);
  return {
    first_extra_ready_ms: readyAt - startAt,
    drain_ms: Math.round(performance.now() - startMs),
  };
}

if (import.meta.main) {
  const asked = options(() => {
    const { values } = parseArgs({
      args: Deno.args,
      options: {
        settle: { type: "string", default: "5" },
        idle: { type: "string", default: "10" },
        bursts: { type: "string", default: "5" },
        output: { type: "string" },
      },
    });
    return {
      settleS: number("--settle", values.settle),
      idleS: number("--idle", values.idle, 0.1),
      bursts: whole("--bursts", values.bursts),
      output: values.output,
    };
  });
  const idle = await measureIdle(asked.settleS, asked.idleS);
  const bursts: Burst[] = [];
  for (let i = 0; i < asked.bursts; i++) bursts.push(await measureBurst());
  const result = {
    ...head("idle"),
    ...idle,
    burst: {
      jobs: burst.jobs,
      first_extra_ready_ms: median(bursts.map((one) => one.first_extra_ready_ms)),
      drain_ms: median(bursts.map((one) => one.drain_ms)),
      runs: bursts,
    },
  };
  if (asked.output) await store(result, asked.output);
  console.log(JSON.stringify(result));
}
