/**
 * `deno task demo`: an elastic pool at work on real files, in three acts, then its rates beside
 * those of pools of fixed size. Ends by itself and leaves nothing behind. With `--cache` the acts
 * look up the hashes of files that have not changed.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { acts, play } from "./acts.ts";
import { runApart } from "./apart.ts";
import { type FileTree, makeFiles } from "./files.ts";
import { Live } from "./live.ts";
import { compare, type Row, sparkline } from "./table.ts";
import { adaptive, baseline, fixed, scanRuntime, type Work, works } from "./variant.ts";
import { Watch } from "./watch.ts";

/** How long the demo takes its time. */
interface Pace {
  readonly files: number;
  /** Length of an act. */
  readonly actMs: number;
  /** Shortest run of a variant. */
  readonly variantMs: number;
  /** Fixed sizes to compare with, and at which works. */
  readonly sizes: readonly number[];
  readonly works: readonly Work[];
}

const unhurried: Pace = {
  files: 10_000,
  actMs: 15_000,
  variantMs: 5_000,
  sizes: [1, 2, 3, 4, 8],
  works,
};
const quick: Pace = { files: 200, actMs: 500, variantMs: 50, sizes: [2], works: ["scan"] };

const encoder = new TextEncoder();
const write = (text: string) => void Deno.stdout.writeSync(encoder.encode(text));

/** Plays the acts on one runtime, then shows how its size went over them. */
async function playActs(
  tree: FileTree,
  pace: Pace,
  signal: AbortSignal,
  cached: boolean,
): Promise<void> {
  const live = new Live({ terminal: Deno.stdout.isTerminal(), write });
  await using runtime = await scanRuntime(null, false, cached);
  using watch = new Watch(runtime);
  const startMs = performance.now();
  let files = 0;
  for (const act of acts) files += await play(act, runtime, tree.paths, live, pace.actMs, signal);
  const { workers } = watch.seen();
  write(`\nworkers over the three acts: ${sparkline(workers, performance.now() - startMs, 60)}\n`);
  const failed = Object.entries(runtime.status().ended)
    .reduce((sum, [ending, count]) => ending === "done" ? sum : sum + count, 0);
  write(`files read: ${files.toLocaleString("en")}, failed: ${failed}\n`);
  const { hits, hitRatio } = runtime.status().cache;
  if (hitRatio !== null) {
    write(`hashes looked up: ${hits.toLocaleString("en")}, ${(100 * hitRatio).toFixed(1)} %\n`);
  }
}

/** Runs adaptive, four workers as before slots, and a sweep of fixed sizes, one after another. */
async function compareSizes(tree: FileTree, pace: Pace, signal: AbortSignal): Promise<void> {
  const variants = [adaptive, baseline(4), ...pace.sizes.map(fixed)];
  const until = { forMs: pace.variantMs };
  for (const work of pace.works) {
    write(`\n${tree.paths.length} files in passes, ${pace.variantMs / 1000} s a variant\n`);
    const rows: Row[] = [];
    for (const variant of variants) {
      if (signal.aborted) return;
      rows.push({ name: variant.name, ...await runApart({ variant, work, until }, tree.paths) });
    }
    write(`${compare(work, rows)}\n${verdict(rows)}\n`);
  }
}

/** How adaptive did beside four fixed workers and beside the best fixed size of the sweep. */
function verdict(rows: readonly Row[]): string {
  const [mine, four, ...sweep] = rows as [Row, Row, ...Row[]];
  const best = sweep.reduce((a, b) => b.filesPerS > a.filesPerS ? b : a);
  const times = (row: Row) => `${(mine.filesPerS / row.filesPerS).toFixed(2)} x ${row.name}`;
  return `adaptive does ${times(four)} and ${times(best)}, the best fixed size`;
}

if (import.meta.main) {
  const { values } = parseArgs({
    args: Deno.args,
    options: { quick: { type: "boolean" }, cache: { type: "boolean" } },
  });
  const pace = values.quick ? quick : unhurried;
  const interrupt = new AbortController();
  const onInterrupt = () => interrupt.abort();
  Deno.addSignalListener("SIGINT", onInterrupt);
  {
    write(`making ${pace.files.toLocaleString("en")} files in a temporary folder\n`);
    using tree = makeFiles(pace.files);
    try {
      await playActs(tree, pace, interrupt.signal, values.cache ?? false);
      await compareSizes(tree, pace, interrupt.signal);
    } catch (error) {
      if (!interrupt.signal.aborted) throw error; // What ran apart was interrupted as well.
    }
  }
  Deno.removeSignalListener("SIGINT", onInterrupt);
  if (interrupt.signal.aborted) Deno.exit(130);
}
