/**
 * The pool goes 2 -> 8 -> 2 under load, counted by living pids.
 *
 * @module
 */
import { gather, live, lives } from "../../live.ts";
import { until } from "../../until.ts";
import { exactly, type Row } from "../row.ts";
import { once } from "./once.ts";

/** What was seen of one way up and back. */
interface Tide {
  /** Living worker processes, each change. */
  readonly sizes: readonly number[];
  readonly done: number;
  /** Jobs that were accepted and did not end `done`: failed, stopped or lost. */
  readonly failed: number;
  readonly resizes: number;
  /** Resizes without an adopted decision, a reason or a trigger. */
  readonly unexplained: number;
}

const config = {
  pools: {
    default: {
      workers: { min: 2, max: 8 },
      policy: { name: "governor", keepAliveMs: 300, cpuHighRatio: 1 },
    },
  },
} as const;

/** Jobs in flight, and how long each holds its thread without burning CPU. */
const load = { lines: 24, holdMs: 25 };
/** Jobs to be done at the largest size. */
const doneAtTop = 200;

async function tide(): Promise<Tide> {
  await using runtime = await live(config);
  await using gathered = gather(runtime);
  const sizes: number[] = [];
  const alive = () => {
    const count = runtime.workerPids.filter(lives).length;
    if (count !== sizes.at(-1)) sizes.push(count);
    return count;
  };
  await until(() => alive() === 2 && runtime.status().size === 2);
  let loaded = true;
  let begun = 0;
  let done = 0;
  const lines = Array.from({ length: load.lines }, async () => {
    while (loaded) {
      begun++;
      await runtime.run("toy", { do: "block", ms: load.holdMs });
      done++;
    }
  });
  try {
    await until(() => alive() === 8 && runtime.status().size === 8);
    const before = done;
    await until(() => alive() === 8 && done >= before + doneAtTop);
  } finally {
    loaded = false;
    await Promise.allSettled(lines);
  }
  await until(() => alive() === 2 && runtime.status().size === 2);
  const decisions = new Map(runtime.decisions().map((decision) => [decision.id, decision]));
  const resized = gathered.of("resized");
  const explained = resized.filter(({ decision, trigger }) => {
    const made = decisions.get(decision);
    return made?.adopted && made.because.length > 0 && trigger.length > 0;
  });
  return {
    sizes,
    done,
    failed: begun - (runtime.status().ended["done"] ?? 0),
    resizes: resized.length,
    unexplained: resized.length - explained.length,
  };
}

/** Rows over `tries` ways up and back. */
export function elasticRows(tries: number): readonly Row[] {
  const tides = once(async () => {
    const seen: Tide[] = [];
    for (let attempt = 1; attempt <= tries; attempt++) seen.push(await tide());
    return seen;
  });
  const sum = (seen: readonly Tide[], of: (tide: Tide) => number) =>
    seen.reduce((total, tide) => total + of(tide), 0);
  return [
    {
      line: "pool 2 -> 8 -> 2 under load, by living pids: tries that went all the way",
      run: async () => {
        const seen = await tides();
        const whole = seen.filter(({ sizes }) =>
          sizes.includes(8) && sizes.at(-1) === 2 && Math.min(...sizes.slice(1)) >= 2 &&
          Math.max(...sizes) === 8
        );
        const told = `the first went ${seen[0]!.sizes.join(" ")}`;
        return exactly(whole.length, tries, "tries", told);
      },
    },
    {
      line: "pool 2 -> 8 -> 2: jobs stopped or failed",
      run: async () => {
        const seen = await tides();
        const done = sum(seen, ({ done }) => done);
        return exactly(sum(seen, ({ failed }) => failed), 0, "jobs", `${done} done`);
      },
    },
    {
      line: "pool 2 -> 8 -> 2: resizes without a decision and its reason",
      run: async () => {
        const seen = await tides();
        const resizes = `${sum(seen, ({ resizes }) => resizes)} resizes`;
        return exactly(sum(seen, ({ unexplained }) => unexplained), 0, "resizes", resizes);
      },
    },
  ];
}
