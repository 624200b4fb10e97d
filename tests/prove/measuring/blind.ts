/**
 * A live service whose sampler hangs: it is blind and shrinks nothing, says so once, and sees again.
 *
 * @module
 */
import { Sampler } from "../../../actors/sampler.ts";
import { gather, live } from "../../live.ts";
import { until } from "../../until.ts";
import { atMost, exactly, type Row } from "../row.ts";
import { once } from "../main_job/once.ts";

/** How long it is blind, ms: many times as long as idle workers are kept. */
const blindMs = 20_000;

interface Seen {
  readonly shrunk: number;
  readonly alerts: readonly string[];
  readonly recoveryMs: number;
}

async function blind(forMs: number): Promise<Seen> {
  const policy = { name: "governor", keepAliveMs: 200 } as const;
  await using runtime = await live({ pools: { default: { workers: { min: 1, max: 4 }, policy } } });
  await using gathered = gather(runtime);
  const codes = () => gathered.of("alert").map(({ code }) => code);
  const { sample } = Sampler.prototype;
  const stop = new AbortController();
  const busy = Array.from({ length: 16 }, async () => {
    while (!stop.signal.aborted) await runtime.run("toy", { do: "block", ms: 25 });
  });
  try {
    await until(() => runtime.status().size > 1);
    Sampler.prototype.sample = () => {};
    await until(() => codes().includes("senses_blind"));
    const from = gathered.facts.length;
    stop.abort();
    await Promise.all(busy);
    await new Promise((resolve) => setTimeout(resolve, forMs));
    const resized = gathered.facts.slice(from).filter((fact) => fact.type === "resized");
    const shrunk = resized.filter(({ from, actual }) => actual < from).length;
    const startMs = performance.now();
    Sampler.prototype.sample = sample;
    await until(() => codes().includes("senses_back"));
    return { shrunk, alerts: codes(), recoveryMs: performance.now() - startMs };
  } finally {
    stop.abort();
    Sampler.prototype.sample = sample;
  }
}

/** Rows of this part. */
export function blindRows(quick: boolean): readonly Row[] {
  const seen = once(() => blind(quick ? 3_000 : blindMs));
  return [
    {
      line: "a live service whose sampler hangs: times it shrinks while it is blind and idle",
      run: async () => {
        const { shrunk, alerts } = await seen();
        return exactly(shrunk, 0, "times", `alerts ${alerts.join(", ")}`);
      },
    },
    {
      line: "a live service whose sampler hangs: until it sees again",
      run: async () => atMost(Math.round((await seen()).recoveryMs), 3_000, "ms"),
    },
  ];
}
