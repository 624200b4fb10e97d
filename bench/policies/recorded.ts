/**
 * Scenarios of real traces, where these lie beside the repository or in the folder named by
 * `TRACES`.
 *
 * @module
 */
import { pathToFileURL } from "node:url";
import { readTrace, type TraceOptions } from "../../simulation/read_trace.ts";
import type { Scenario } from "../../simulation/scenarios.ts";

const dayMs = 86_400_000;

/** File, wait that a job may have, and how the file is to be read. */
const files: Readonly<Record<string, readonly [string, number, TraceOptions]>> = {
  az_code: [
    "azure_llm_code_2023_jobs.csv.gz",
    500,
    { duration: "0.1+0.02*generated_tokens" },
  ],
  az_conv: [
    "azure_llm_conv_2023_jobs.csv.gz",
    1_000,
    { duration: "0.1+0.02*generated_tokens" },
  ],
  nasa: [
    "nasa_http_1s.txt.gz",
    500,
    { binMs: 1_000, fromMs: 12 * dayMs, spanMs: dayMs, times: 3, serviceMs: 1_000 },
  ],
  elb: ["nab_elb_request_count_8c0756.csv.gz", 5_000, { spanMs: 4 * dayMs, serviceMs: 10_000 }],
  taxi: ["nab_nyc_taxi.csv.gz", 5_000, { spanMs: 4 * dayMs, serviceMs: 15_000 }],
};

/** Taxi rides are counted by the half hour; one a second on average is what is simulated of them. */
const perS: Readonly<Record<string, number>> = { taxi: 1 };

/** Those of them that are there. */
export async function recordedScenarios(): Promise<ReadonlyMap<string, Scenario>> {
  const folder = folderOf();
  const found = new Map<string, Scenario>();
  for (const [name, [file, waitTargetMs, options]] of Object.entries(files)) {
    const text = await textOf(new URL(file, folder));
    if (text === null) continue;
    const read = (times: number) => readTrace(name, text, { ...options, times });
    found.set(name, {
      ...{ name, waitTargetMs, world: {} },
      help: file,
      workload() {
        const wanted = perS[name];
        if (wanted === undefined) return read(options.times ?? 1);
        const part = readTrace(name, text, { ...options, times: 1e-3 });
        return read(1e-3 * wanted * part.spanMs / 1_000 / part.atMs.length);
      },
    });
  }
  return found;
}

function folderOf(): URL {
  const named = Deno.env.get("TRACES");
  return named === undefined
    ? new URL("../../../shared/traces/", import.meta.url)
    : pathToFileURL(`${named}/`);
}

async function textOf(file: URL): Promise<string | null> {
  try {
    const bytes = await Deno.readFile(file);
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return await new Response(stream).text();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
