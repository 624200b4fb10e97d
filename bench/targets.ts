/**
 * Says for each target whether the stored measurements keep it; exits 1 when one is missed.
 *
 * ```sh
 * deno task targets                      # judge what is stored
 * deno run -A bench/targets.ts --run     # measure everything again, write BENCHMARKS.md
 * deno run -A bench/targets.ts --run idle noop
 * ```
 *
 * @module
 */
import { parseArgs } from "node:util";
import { table } from "../examples/scanner/table.ts";
import { benches, storedResults } from "./benches.ts";
import { oneOf, options } from "./options.ts";
import { writeReport } from "./report.ts";
import { resultsFolder } from "./result.ts";
import { judge, type Judged, readTargets } from "./target.ts";

/** Measures a bench anew; false when it failed, then its stored result stays. */
async function measure(bench: string): Promise<boolean> {
  const output = new URL(`${bench}.json`, resultsFolder).pathname;
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", ...benches[bench]!, `--output=${output}`],
    cwd: new URL("..", import.meta.url),
    stdout: "null",
    stderr: "inherit",
  }).output();
  if (!success) console.error(`${bench} could not be measured; its stored result stays`);
  return success;
}

/** The judgement, one row a target. */
export function targetsTable(judged: readonly Judged[]): string {
  const rows = judged.map(({ kept, measured, comparison, limit, unit, name, bench }) => [
    kept ? "kept" : measured === null ? "not measured" : "MISSED",
    measured === null ? "-" : String(measured),
    `${comparison} ${limit}`,
    unit,
    `${name} (${bench})`,
  ]);
  return table(["", "measured", "limit", "unit", "target"], rows);
}

if (import.meta.main) {
  const asked = options(() => {
    const { values, positionals } = parseArgs({
      args: Deno.args,
      allowPositionals: true,
      options: { run: { type: "boolean", default: false } },
    });
    const names = Object.keys(benches);
    const chosen = positionals.map((name) => oneOf("BENCH", name, names));
    return { run: values.run, chosen: chosen.length > 0 ? chosen : names };
  });
  let failed = 0;
  if (asked.run) {
    for (const bench of asked.chosen) if (!await measure(bench)) failed++;
    await writeReport();
  }
  const judged = judge(await readTargets(), await storedResults());
  console.log(targetsTable(judged));
  const missed = judged.filter(({ kept }) => !kept).length;
  console.log(`\n${judged.length - missed} of ${judged.length} targets kept`);
  if (missed + failed > 0) Deno.exit(1);
}
