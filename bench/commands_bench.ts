/**
 * What a command costs that does nothing, its output captured, its timeout armed and its processes
 * contained: 2 in flight, against `xargs -P2`, GNU parallel and a bare loop over `Deno.Command`.
 * All take turns, and all run `true` with one argument, as programs do that run it for each line:
 * with one it looks for its language first, a third more than without. Prints one JSON line.
 *
 * ```sh
 * deno run -A bench/commands_bench.ts --commands=10000 --runs=7 [--output=FILE]
 * ```
 *
 * @module
 */
import { parseArgs } from "node:util";
import { createRuntime } from "../mod.ts";
import { options, whole } from "./options.ts";
import { head, store } from "./result.ts";
import { median } from "./statistics.ts";

/** Commands in flight. */
const flights = 2;
const main = new URL("../main.ts", import.meta.url).pathname;

/** One way of running `true N` so many times; returns how many that were a second. */
type Way = (commands: number) => Promise<number>;

/** The ways that this machine has, by name. */
export async function ways(): Promise<Readonly<Record<string, Way>>> {
  return {
    flyball: (commands) => ours(commands, 3),
    flyball_uncontained: (commands) => ours(commands, 0),
    flyball_map: piped([Deno.execPath(), "run", "-A", main, "map", "-j", "2", "--", "true"]),
    xargs: piped(["xargs", `-P${flights}`, "-n1", "true"]),
    deno_command: bare,
    ...await exists("parallel") && { parallel: piped(["parallel", `-j${flights}`, "true"], 4) },
  };
}

/** Commands a second of each way, medians over `runs` that take turns, and ours over each other. */
export async function commandsBench(commands: number, runs: number) {
  const all = await ways();
  const rates: Record<string, number[]> = {};
  for (let run = 0; run < runs; run++) {
    for (const [name, way] of Object.entries(all)) {
      (rates[name] ??= []).push(Math.round(await way(commands)));
    }
  }
  const against = (ours: string, theirs: string) =>
    median(rates[ours]!.map((rate, run) => rate / rates[theirs]![run]!));
  const others = Object.keys(all).filter((name) => !name.startsWith("flyball"));
  return {
    ...head("commands"),
    commands,
    runs,
    per_s: Object.fromEntries(Object.entries(rates).map(([name, all]) => [name, median(all)])),
    vs: Object.fromEntries(others.map((name) => [name, against("flyball", name)])),
    map_vs: Object.fromEntries(others.map((name) => [name, against("flyball_map", name)])),
    contained_vs_uncontained: against("flyball", "flyball_uncontained"),
  };
}

async function ours(commands: number, level: 0 | 3): Promise<number> {
  await using runtime = await createRuntime({ config: { containment: { level } } });
  const run = (n: number) => runtime.command(["true", String(n)], { timeoutMs: 60_000 });
  await Promise.all(Array.from({ length: 4 * flights }, (_, n) => run(n)));
  return await loop(commands, async (n) => {
    const { type } = await run(n);
    if (type !== "done") throw new Error(`a command has ended ${type}`);
  });
}

const bare: Way = (commands) =>
  loop(
    commands,
    (n) => {
      const args = [String(n)];
      return new Deno.Command("true", { args, stdin: "null", stdout: "piped", stderr: "piped" })
        .output();
    },
  );

async function loop(commands: number, run: (n: number) => Promise<unknown>): Promise<number> {
  let begun = 0;
  const startMs = performance.now();
  await Promise.all(Array.from({ length: flights }, async () => {
    while (begun++ < commands) await run(begun);
  }));
  return commands / (performance.now() - startMs) * 1_000;
}

/** A program that runs a command for each line of its input; a slow one is given a part of them. */
function piped(argv: readonly string[], part = 1): Way {
  return async (all) => {
    const commands = Math.ceil(all / part);
    const lines = Array.from({ length: commands }, (_, i) => `${i}\n`).join("");
    const startMs = performance.now();
    const child = new Deno.Command(argv[0]!, {
      args: argv.slice(1),
      stdin: "piped",
      stdout: "null",
      stderr: "null",
    }).spawn();
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(lines));
    await writer.close();
    const { success } = await child.status;
    if (!success) throw new Error(`${argv[0]} has failed`);
    return commands / (performance.now() - startMs) * 1_000;
  };
}

async function exists(program: string): Promise<boolean> {
  const { success } = await new Deno.Command("sh", {
    args: ["-c", `command -v ${program}`],
    stdout: "null",
  }).output();
  return success;
}

if (import.meta.main) {
  const { commands, runs, output } = options(() => {
    const { values } = parseArgs({
      args: Deno.args,
      options: {
        commands: { type: "string", default: "10000" },
        runs: { type: "string", default: "7" },
        output: { type: "string" },
      },
    });
    return {
      commands: whole("--commands", values.commands),
      runs: whole("--runs", values.runs),
      output: values.output,
    };
  });
  const result = await commandsBench(commands, runs);
  if (output) await store(result, output);
  console.log(JSON.stringify(result));
}
