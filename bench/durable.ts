/**
 * What durability costs: jobs are accepted into a paused pool, then run to their end. Each accept
 * and each outcome is on disk before it counts. Prints one JSON line.
 *
 * ```sh
 * deno run -A bench/durable.ts --n=10000 --inflight=64 --mode=single|bulk [--data=DIR]
 * ```
 *
 * @module
 */
import { parseArgs } from "node:util";
import type { Runtime } from "../actors/runtime.ts";
import { closedLoop } from "../examples/scanner/lanes.ts";
import { createRuntime, taskFile } from "../mod.ts";
import { oneOf, options, whole } from "./options.ts";
import { head } from "./result.ts";

/** How jobs are submitted: each awaited for itself, or 1,000 in one call. */
export const modes = ["single", "bulk"] as const;

/** What a run of the bench is asked for. */
export interface DurableOptions {
  readonly n: number;
  /** Submits under way at once in mode `single`. */
  readonly inflight: number;
  readonly mode: typeof modes[number];
  /** Data directory; without one a temporary one is made and removed. */
  readonly data?: string;
}

/** Jobs of one bulk submit. */
const bulk = 1_000;
/** Jobs run before the measurement. */
const warmup = 500;

/** Accepts `n` jobs, then completes them; times both. */
export async function durableBench({ n, inflight, mode, data }: DurableOptions) {
  const folder = data ?? await Deno.makeTempDir({ prefix: "flyball-durable-" });
  try {
    await using runtime = await createRuntime({
      data: folder,
      tasks: { noop: taskFile(new URL("./tasks/noop.ts", import.meta.url)) },
    });
    const submit = (count: number) =>
      mode === "bulk" ? submitBulks(runtime, count) : submitEach(runtime, count, inflight);
    await submit(warmup);
    await allDone(runtime, warmup);
    runtime.pool().pause();
    const enqueueMs = await timed(() => submit(n));
    runtime.pool().resume();
    const completeMs = await timed(() => allDone(runtime, warmup + n));
    const perS = (ms: number) => Math.round(n / ms * 1000);
    return {
      ...head("durable"),
      mode,
      n,
      inflight,
      enqueue_per_s: perS(enqueueMs),
      complete_per_s: perS(completeMs),
      e2e_per_s: perS(enqueueMs + completeMs),
    };
  } finally {
    if (data === undefined) await Deno.remove(folder, { recursive: true });
  }
}

async function submitEach(runtime: Runtime, count: number, inFlight: number): Promise<void> {
  const tally = { begun: 0, done: 0 };
  const more = () => tally.begun < count;
  await closedLoop(inFlight, more, (i) => runtime.submit({ task: "noop", input: i }), tally);
}

async function submitBulks(runtime: Runtime, count: number): Promise<void> {
  for (let first = 0; first < count; first += bulk) {
    const size = Math.min(bulk, count - first);
    await runtime.submitAll(
      Array.from({ length: size }, (_, i) => ({ task: "noop", input: first + i })),
    );
  }
}

/** Resolves when `count` jobs have ended since the start; throws where one did not end well. */
async function allDone(runtime: Runtime, count: number): Promise<void> {
  for (;;) {
    const ended = runtime.status().ended;
    const all = Object.values(ended).reduce((sum, jobs) => sum + jobs, 0);
    if (all > (ended["done"] ?? 0)) throw new Error(`Jobs failed: ${JSON.stringify(ended)}`);
    if (all >= count) return;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

async function timed(work: () => Promise<void>): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}

if (import.meta.main) {
  const asked = options((): DurableOptions => {
    const { values } = parseArgs({
      args: Deno.args,
      options: {
        n: { type: "string", default: "10000" },
        inflight: { type: "string", default: "64" },
        mode: { type: "string", default: "single" },
        data: { type: "string" },
      },
    });
    return {
      n: whole("--n", values.n),
      inflight: whole("--inflight", values.inflight),
      mode: oneOf("--mode", values.mode, modes),
      ...(values.data === undefined ? {} : { data: values.data }),
    };
  });
  console.log(JSON.stringify(await durableBench(asked)));
}
