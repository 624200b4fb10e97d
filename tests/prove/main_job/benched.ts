/**
 * What `bench/` measures, against the limits of `bench/targets.json`: each bench runs once, as its
 * own program, and every row reads its result.
 *
 * @module
 */
import { benches } from "../../../bench/benches.ts";
import { at, type Result, resultsFolder } from "../../../bench/result.ts";
import { readTargets, type Target } from "../../../bench/target.ts";
import { atLeast, atMost, type Measured, type Row } from "../row.ts";
import { p95, triesMin } from "../sample.ts";
import { once } from "./once.ts";

const root = new URL("../../../", import.meta.url);

/** What a bench is given beyond its usual words: at full count, and for a quick run. */
const words: Readonly<Record<string, { full: readonly string[]; quick: readonly string[] }>> = {
  noop: { full: [], quick: ["--seconds=0.3"] },
  idle: { full: ["--bursts=20"], quick: ["--settle=5", "--idle=2", "--bursts=2"] },
  service: { full: [], quick: ["--workers=10", "--clients=5", "--seconds=1"] },
  scan: { full: [], quick: ["--quick"] },
  versus_noop: { full: ["--rounds=7"], quick: ["--rounds=1"] },
  versus_durable: { full: ["--rounds=7"], quick: ["--rounds=1"] },
  versus_durable_bulk: { full: ["--rounds=7"], quick: ["--rounds=1"] },
};

/** What must be there for a bench; without it the rows say so. */
const needs: Readonly<Record<string, readonly Need[]>> = {
  versus_noop: ["piscina", "tinypool"].map(peer),
  versus_durable: [peer("bullmq"), program("redis-server")],
  versus_durable_bulk: [peer("bullmq"), program("redis-server")],
  scan: [program("python3")],
};

/** Something to look for, and what to say where it is missing. */
interface Need {
  readonly there: () => boolean;
  readonly missing: string;
}

/** A package that is compared with. */
export function peer(name: string): Need {
  const folder = new URL(`bench/peers/node_modules/${name}/`, root);
  return {
    there: () => exists(folder),
    missing: `${name} is not installed: bench/peers/README.md says how`,
  };
}

function program(name: string): Need {
  const folders = () => (Deno.env.get("PATH") ?? "").split(":");
  return {
    there: () => folders().some((folder) => exists(`${folder}/${name}`)),
    missing: `${name} is not installed`,
  };
}

function exists(path: string | URL): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

/** Runs a bench; at full count its result is stored as `deno task bench` would. */
export async function measure(bench: string, quick: boolean): Promise<Result> {
  const missing = needs[bench]?.find(({ there }) => !there());
  if (missing) throw new Error(`Skipped: ${missing.missing}`);
  const folder = quick ? await Deno.makeTempDir({ prefix: "flyball-prove-" }) : null;
  try {
    const file = folder
      ? `${folder}/result.json`
      : new URL(`${bench}.json`, resultsFolder).pathname;
    const more = words[bench]?.[quick ? "quick" : "full"] ?? [];
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", ...benches[bench]!, ...more, `--output=${file}`],
      cwd: root,
      stdout: "null",
      stderr: "piped",
    }).output();
    const said = new TextDecoder().decode(stderr).trim();
    if (!success) throw new Error(`${bench} failed: ${said.slice(-500)}`);
    return JSON.parse(await Deno.readTextFile(file));
  } finally {
    if (folder) await Deno.remove(folder, { recursive: true });
  }
}

/** A row for each target. */
export async function benchRows(quick: boolean): Promise<readonly Row[]> {
  const targets = (await readTargets()).toSorted((a, b) => cost(a) - cost(b));
  const results = new Map(
    targets.map(({ bench }) => [bench, once(() => measure(bench, quick))]),
  );
  return targets.map((target): Row => ({
    line: target.name,
    run: async () => read(await results.get(target.bench)!(), target),
  }));
}

/** Short benches first. */
const order = ["noop", "idle", "service", "versus_noop", "versus_durable", "scan"];
const cost = ({ bench }: Target): number => order.indexOf(bench);

/** What a result says about a target. */
function read(result: Result, target: Target): Measured {
  const { field, comparison, limit, unit } = target;
  const [value, detail] = field === "burst.first_extra_ready_ms"
    ? burst(result)
    : [at(result, field), spread(result, field)];
  const number = typeof value === "number" ? value : NaN;
  return (comparison === ">=" ? atLeast : atMost)(number, limit, unit, detail);
}

/** The target's median is not enough here: a burst that is met late is one that hurts. */
function burst(result: Result): [number, string] {
  const runs = at(result, "burst.runs") as readonly { readonly first_extra_ready_ms: number }[];
  const times = runs.map(({ first_extra_ready_ms }) => first_extra_ready_ms);
  const worst = Math.max(...times);
  if (times.length < triesMin) return [worst, `worst of ${times.length} bursts`];
  return [p95(times), `p95 of ${times.length} bursts, worst ${worst} ms`];
}

/** How sure a median is, where the result has its interval. */
export function spread(result: Result, field: string): string | undefined {
  if (!field.endsWith(".median")) return undefined;
  const side = (name: string) => at(result, field.replace(/median$/, name));
  const rounds = at(result, "rounds");
  return `median of ${rounds} interleaved ${rounds === 1 ? "run" : "runs"}, 95 %: ${side("low")}` +
    ` to ${side("high")}`;
}
