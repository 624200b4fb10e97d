/**
 * A whole service under a steady load from outside: agents that send a job each over HTTP and wait
 * for its outcome, at a set rate, while clients follow the stream of facts; then the service is
 * killed and started again. Prints one JSON line.
 *
 * ```sh
 * deno run -A bench/service_bench.ts [--workers=100] [--clients=50] [--rate=1000] [--seconds=20]
 *   [--output=FILE]
 * ```
 *
 * @module
 */
import type { Buffer } from "node:buffer";
import { parseArgs } from "node:util";
import { Line } from "./line.ts";
import { number, options, whole } from "./options.ts";
import { head, type Result, store } from "./result.ts";
import { type Served, sleep, startService, until } from "./served.ts";
import { quantile, rounded } from "./statistics.ts";

const tasks = new URL("./tasks", import.meta.url).pathname;
/** Agents that send: each has one job on its way at a time. */
const agents = 100;
/** Jobs that are on disk when the service is killed, each of which takes so long. */
const kept = { jobs: 20, ms: 200 };

/** The same load before it is measured: until then code is not compiled. */
const warmupSeconds = 5;

/** What is asked of the service. */
export interface ServiceLoad {
  readonly workers: number;
  /** Clients that follow the stream. */
  readonly clients: number;
  readonly ratePerS: number;
  readonly seconds: number;
}

/** What is stored of it. */
export interface ServiceResult extends Result, ServiceLoad {
  readonly messages_per_s: number;
  /** From when a message was due to its outcome. */
  readonly latency_ms: Readonly<Record<"p50" | "p95" | "p99" | "max", number>>;
  /** Messages whose outcome did not come, or was not `done`. */
  readonly error_ratio: number;
  /** Clients that were still there at the end, and what they were told. */
  readonly stream: { readonly clients: number; readonly gaps: number; readonly mib: number };
  /** From the kill until all that was accepted is done by the next start. */
  readonly recovery_ms: number;
}

/** Measures a service under `load`, then its way back after a kill. */
export async function serviceBench(load: ServiceLoad): Promise<ServiceResult> {
  const data = await Deno.makeTempDir({ prefix: "flyball-service-" });
  const size = JSON.stringify(load.workers);
  const flags = [
    ...["--set", `pools.default.workers.min=${size}`],
    ...["--set", `pools.default.workers.max=${size}`],
  ];
  try {
    const served = await startService(data, tasks, ...flags);
    try {
      await until(async () => (await ask(served, "/api/v1/status")).size >= load.workers);
      await ask(served, "/api/v1/jobs?wait=10s", { task: "noop", input: 1 }); // Modules are loaded.
      const clients = await follow(served, load.clients);
      await steady(served, { ...load, seconds: Math.min(warmupSeconds, load.seconds) });
      const { latenciesMs, wrong, tookMs } = await steady(served, load);
      const stream = await clients.close();
      const sorted = Float64Array.from(latenciesMs).sort();
      return {
        ...head("service"),
        ...load,
        messages_per_s: rounded(latenciesMs.length / (tookMs / 1_000)),
        latency_ms: {
          p50: rounded(quantile(sorted, .5)),
          p95: rounded(quantile(sorted, .95)),
          p99: rounded(quantile(sorted, .99)),
          max: rounded(sorted.at(-1) ?? NaN),
        },
        error_ratio: rounded(wrong / Math.max(1, latenciesMs.length + wrong)),
        stream,
        recovery_ms: Math.round(await recovery(served, data, flags)),
      };
    } finally {
      await served.kill();
    }
  } finally {
    await Deno.remove(data, { recursive: true });
  }
}

// deno-lint-ignore no-explicit-any
async function ask({ url }: Served, path: string, body?: unknown): Promise<any> {
  const response = await fetch(url + path, {
    ...(body === undefined ? {} : {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    }),
  });
  return await response.json();
}

/** One message: true when its outcome came back and is `done`. */
async function send(line: Line, input: unknown): Promise<boolean> {
  const { status, body } = await line.post("/api/v1/jobs?wait=10s", { task: "noop", input });
  return status === 200 && JSON.parse(body).jobs[0].state === "done";
}

/**
 * Sends messages when they are due, and measures each from then: who is late because the service is
 * slow has waited, too.
 */
async function steady({ url }: Served, { ratePerS, seconds }: ServiceLoad) {
  const latenciesMs: number[] = [];
  let [next, wrong] = [0, 0];
  const all = ratePerS * seconds;
  const startMs = performance.now();
  await Promise.all(Array.from({ length: agents }, async () => {
    using line = await Line.to(Number(new URL(url).port));
    while (next < all) {
      const number = next++;
      const dueMs = startMs + 1_000 * number / ratePerS;
      if (dueMs > performance.now()) await sleep(dueMs - performance.now());
      if (await send(line, number)) latenciesMs.push(performance.now() - dueMs);
      else wrong++;
    }
  }));
  return { latenciesMs, wrong, tookMs: performance.now() - startMs };
}

/** Clients that read the stream of facts as it comes. */
async function follow({ url }: Served, count: number) {
  let [bytes, gaps, lost, isOver] = [0, 0, 0, false];
  const tell = (piece: Buffer) => {
    bytes += piece.length;
    if (piece.includes("event: gap")) gaps++;
  };
  const lines: Line[] = [];
  const reading: Promise<void>[] = [];
  for (let i = 0; i < count; i++) {
    const line = await Line.to(Number(new URL(url).port));
    lines.push(line);
    reading.push(
      line.follow("/api/v1/events", tell).catch(() => {}).then(() => {
        if (!isOver) lost++; // It ended though nobody has asked it to.
      }),
    );
  }
  return {
    async close() {
      isOver = true;
      for (const line of lines) line[Symbol.dispose]();
      await Promise.all(reading);
      return { clients: count - lost, gaps, mib: rounded(bytes / 2 ** 20) };
    },
  };
}

/** From the kill of the service until all that it had accepted is done by its next start. */
async function recovery(served: Served, data: string, flags: readonly string[]): Promise<number> {
  const jobs = Array.from({ length: kept.jobs }, () => ({ task: "nap", input: kept.ms }));
  const { jobs: accepted } = await ask(served, "/api/v1/jobs", { jobs });
  const startMs = performance.now();
  await served.kill();
  await using again = await startService(data, tasks, ...flags);
  for (const { id } of accepted as readonly { readonly id: string }[]) {
    await until(async () => (await ask(again, `/api/v1/jobs/${id}`)).state === "done");
  }
  return performance.now() - startMs;
}

if (import.meta.main) {
  const { output, ...load } = options(() => {
    const { values } = parseArgs({
      args: Deno.args,
      options: {
        workers: { type: "string", default: "100" },
        clients: { type: "string", default: "50" },
        rate: { type: "string", default: "1000" },
        seconds: { type: "string", default: "20" },
        output: { type: "string" },
      },
    });
    return {
      workers: whole("--workers", values.workers),
      clients: whole("--clients", values.clients, 0),
      ratePerS: number("--rate", values.rate, 1),
      seconds: number("--seconds", values.seconds, 0.1),
      output: values.output,
    };
  });
  const result = await serviceBench(load);
  if (output) await store(result, output);
  console.log(JSON.stringify(result));
}
