/**
 * The runtime under a load that asks for another size: a burst, or tasks that wait. Prints one JSON
 * line.
 *
 * ```sh
 * deno run -A bench/elastic_bench.ts burst --kind=block --tasks=2000 --min=2 --max=32 [--ahead]
 * deno run -A bench/elastic_bench.ts waits --seconds=5 [--min=32 --max=32 --slots=1]
 * ```
 *
 * Equal `--min` and `--max` fix the size; without both nothing is set by hand. `--ahead` has the
 * largest size announced, as a forecast or a schedule does; `--rest` is the time until the burst, ms.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { poolConfig, type Sizing } from "../examples/scanner/sizing.ts";
import { createRuntime, taskFile } from "../mod.ts";
import { type Burst, type BurstKind, burstKinds, measureBurst } from "./burst.ts";
import { number, oneOf, options, whole } from "./options.ts";
import { measureWaits, type Waits } from "./waits.ts";

/** A runtime that knows the tasks, with a pool of that size; null: nothing is set by hand. */
async function pool(sizing: Sizing | null, ahead = false) {
  const here = (name: BurstKind) =>
    taskFile(new URL(`./tasks/${name}.ts`, import.meta.url), { trusted: true });
  const announced = { name: "schedule" as const, windows: [{ min: sizing?.max ?? 1 }] };
  const runtime = await createRuntime({
    tasks: Object.fromEntries(burstKinds.map((kind) => [kind, here(kind)])),
    config: {
      pools: { default: { ...poolConfig(sizing), ...(ahead && { policies: [announced] }) } },
    },
  });
  return {
    run: (name: BurstKind, argument: number) => runtime.run(name, argument),
    size: () => runtime.workerPids.length,
    [Symbol.asyncDispose]: () => runtime.close(),
  };
}

/** Measures a burst. */
export async function burstBench(
  { kind, tasks, sizing, ahead = false, restMs }: {
    readonly kind: BurstKind;
    readonly tasks: number;
    readonly sizing: Sizing;
    /** Whether the largest size is announced. Default false. */
    readonly ahead?: boolean;
    /** Rest before it, ms. Default 1,500. */
    readonly restMs?: number;
  },
): Promise<Burst> {
  await using elastic = await pool(sizing, ahead);
  return await measureBurst(elastic, kind, tasks, restMs);
}

/** Measures tasks that wait. */
export async function waitsBench(sizing: Sizing | null, seconds: number): Promise<Waits> {
  await using elastic = await pool(sizing);
  return await measureWaits(elastic, seconds);
}

if (import.meta.main) {
  const measure = options(() => {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        kind: { type: "string", default: "block" },
        tasks: { type: "string", default: "2000" },
        seconds: { type: "string", default: "5" },
        min: { type: "string" },
        max: { type: "string" },
        slots: { type: "string", default: "0" },
        ahead: { type: "boolean", default: false },
        rest: { type: "string", default: "1500" },
      },
    });
    const sizing = values.min === undefined || values.max === undefined ? null : {
      min: whole("--min", values.min),
      max: whole("--max", values.max),
      slots: whole("--slots", values.slots, 0),
    };
    const seconds = number("--seconds", values.seconds, .05);
    if (oneOf("WORK", positionals[0] ?? "", ["burst", "waits"]) === "waits") {
      return () => waitsBench(sizing, seconds);
    }
    const kind = oneOf("--kind", values.kind, burstKinds);
    const tasks = whole("--tasks", values.tasks);
    const { ahead } = values;
    const restMs = whole("--rest", values.rest, 0);
    return () =>
      burstBench({ kind, tasks, ahead, restMs, sizing: sizing ?? { min: 2, max: 32, slots: 0 } });
  });
  console.log(JSON.stringify(await measure()));
}
