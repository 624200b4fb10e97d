/**
 * What a task costs that does nothing: rate, round trip and CPU time with 1, 64 and 1,024 in
 * flight. Prints one JSON line.
 *
 * ```sh
 * deno run -A bench/noop_bench.ts --workers=2 --seconds=2 [--trace-ratio=0.01] [--output=FILE]
 * ```
 *
 * @module
 */
import { parseArgs } from "node:util";
import { closedLoop } from "../examples/scanner/lanes.ts";
import { poolConfig } from "../examples/scanner/sizing.ts";
import { createRuntime, taskFile } from "../mod.ts";
import { measureNoop } from "./noop.ts";
import { number, options, whole } from "./options.ts";
import { head, store } from "./result.ts";

/** Measures a pool of `workers`, every accounting on, each phase for `seconds`. */
export async function noopBench(workers: number, seconds: number, traceRatio = 1) {
  await using runtime = await createRuntime({
    tasks: { noop: taskFile(new URL("./tasks/noop.ts", import.meta.url)) },
    config: {
      pools: { default: poolConfig({ min: workers, max: workers, slots: 0 }) },
      tracing: { jobsRatio: traceRatio },
    },
  });
  const phases = await measureNoop(runtime, seconds);
  return { ...head("noop"), workers, ...phases, ...await countEvents(runtime, seconds) };
}

/** XState events a second under full load: machines steer, they never see a single task. */
async function countEvents(
  runtime: Awaited<ReturnType<typeof createRuntime>>,
  seconds: number,
): Promise<{ xstate_events_per_s: number }> {
  let events = 0;
  const stop = runtime.inspect({
    next: ({ type }) => {
      if (type === "@xstate.event") events++;
    },
  });
  const startMs = performance.now();
  const untilMs = startMs + seconds * 1000;
  await closedLoop(64, () => performance.now() < untilMs, (i) => runtime.run("noop", i));
  stop();
  return { xstate_events_per_s: Math.round(events / (performance.now() - startMs) * 1000) };
}

if (import.meta.main) {
  const { workers, seconds, traceRatio, output } = options(() => {
    const { values } = parseArgs({
      args: Deno.args,
      options: {
        workers: { type: "string", default: "2" },
        seconds: { type: "string", default: "2" },
        "trace-ratio": { type: "string", default: "1" },
        output: { type: "string" },
      },
    });
    return {
      workers: whole("--workers", values.workers),
      seconds: number("--seconds", values.seconds, 0.01),
      traceRatio: number("--trace-ratio", values["trace-ratio"], 0),
      output: values.output,
    };
  });
  const result = await noopBench(workers, seconds, traceRatio);
  if (output) await store(result, output);
  console.log(JSON.stringify(result));
}
