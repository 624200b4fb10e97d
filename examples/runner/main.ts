/**
 * `deno task runner`: projects on their way through prep, implement and verify, with a provider that
 * has limits and moods. Ends by itself, leaves nothing behind, and exits with 1 where a number is
 * not the one that was counted, or a promise is not kept.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { Board } from "./board.ts";
import { checksText, reportText } from "./report.ts";
import { type RunnerOptions, runProjects } from "./runner.ts";

const usage = "Usage: deno task runner [--projects 12] [--rounds 3] [--faults] [--seed 1]";

/** Time between two drawings, ms. */
const drawMs = 250;

const encoder = new TextEncoder();
const write = (text: string) => void Deno.stdout.writeSync(encoder.encode(text));

/** Reads the flags; null where they are none. */
function optionsOf(args: string[]): RunnerOptions | null {
  const number = { type: "string" } as const;
  try {
    const { values } = parseArgs({
      args,
      options: { projects: number, rounds: number, seed: number, faults: { type: "boolean" } },
    });
    const [projects, rounds, seed] = [values.projects ?? 12, values.rounds ?? 3, values.seed ?? 1]
      .map(Number) as [number, number, number];
    const isFine = [projects, rounds].every((count) =>
      Number.isInteger(count) && count >= 1 && count <= 100
    );
    if (!isFine || !Number.isInteger(seed)) return null;
    return { projects, rounds, seed, faults: values.faults ?? false };
  } catch {
    return null;
  }
}

if (import.meta.main) {
  const options = optionsOf(Deno.args);
  if (options === null) {
    console.error(usage);
    Deno.exit(64);
  }
  const board = new Board({ terminal: Deno.stdout.isTerminal(), write }, options.rounds);
  const startMs = performance.now();
  const drawing = setInterval(() => board.draw(performance.now() - startMs), drawMs);
  const interrupt = new AbortController();
  const onInterrupt = () => interrupt.abort();
  Deno.addSignalListener("SIGINT", onInterrupt);
  try {
    const { figures, tally, checks } = await runProjects(options, {
      told: (fact, nowMs) => board.note(fact, nowMs),
      signal: interrupt.signal,
    });
    board.draw(performance.now() - startMs);
    write(`\n${reportText(figures, tally)}\n\n${checksText(checks)}\n`);
    Deno.exitCode = checks.every(({ holds }) => holds) ? 0 : 1;
  } catch (error) {
    if (!interrupt.signal.aborted) throw error;
    Deno.exit(130); // Waits for jobs that stay open would last as long as their patience.
  } finally {
    clearInterval(drawing);
    Deno.removeSignalListener("SIGINT", onInterrupt);
  }
}
