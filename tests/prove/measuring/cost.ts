/**
 * What measuring costs: everything on against everything off, in processes that take turns.
 *
 * @module
 */
import { node } from "../../../bench/peers.ts";
import { peer } from "../main_job/benched.ts";
import { once } from "../main_job/once.ts";
import { atLeast, atMost, type Row } from "../row.ts";
import { median, runsDefault } from "../sample.ts";
import type { Side } from "./cost_side.ts";

const root = new URL("../../../", import.meta.url);
const program = new URL("./cost_side.ts", import.meta.url).pathname;
/** Jobs of a run that do nothing. */
const jobsFull = 200_000;

/** Runs a program to its end; returns what its last line says. */
async function lastLine(
  engine: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
) {
  const { success, stdout, stderr } = await new Deno.Command(engine, {
    args: [...args],
    cwd: root,
    env,
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
  if (!success) throw new Error(text(stderr).split("\n").at(-1));
  return JSON.parse(text(stdout).split("\n").at(-1)!);
}

/** Both sides in turn; the difference of medians of what `of` reads. */
async function sides(quick: boolean): Promise<Readonly<Record<"on" | "off", readonly Side[]>>> {
  const found = { on: [] as Side[], off: [] as Side[] };
  const jobs = String(quick ? 5_000 : jobsFull);
  for (let run = 0; run < (quick ? 1 : runsDefault); run++) {
    for (const side of run % 2 === 0 ? ["on", "off"] as const : ["off", "on"] as const) {
      const args = ["run", "-A", "--v8-flags=--expose-gc", program, side, jobs];
      found[side].push(await lastLine(Deno.execPath(), args));
    }
  }
  return found;
}

/** A collector that takes what comes and does nothing with it: the row is about who sends. */
function discarding() {
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    await request.arrayBuffer();
    return new Response();
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** Rate of no-op jobs, 64 in flight, to piscina's, while all is measured and 1 % is traced. */
async function tracedToPiscina(quick: boolean): Promise<readonly number[]> {
  const { there, missing } = peer("piscina");
  if (!there()) throw new Error(`Skipped: ${missing}`);
  await using collector = discarding();
  const env = {
    OTEL_DENO: "true",
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_TRACES_SAMPLER: "parentbased_always_on",
  };
  const seconds = quick ? "0.3" : "2";
  const ours = () =>
    lastLine(
      Deno.execPath(),
      [
        ...["run", "-A", "bench/noop_bench.ts", "--workers=2"],
        ...[`--seconds=${seconds}`, "--trace-ratio=0.01"],
      ],
      env,
    );
  const theirs = () => lastLine(node, ["bench/peers/noop.mjs", "piscina", "2", seconds]);
  const ratios: number[] = [];
  for (let run = 0; run < (quick ? 1 : runsDefault); run++) {
    const first = run % 2 === 0 ? await ours() : await theirs();
    const second = run % 2 === 0 ? await theirs() : await ours();
    const [own, other] = run % 2 === 0 ? [first, second] : [second, first];
    ratios.push(own.k64.per_s / other.k64.per_s);
  }
  return ratios;
}

/** Rows of this part. */
export function costRows(quick: boolean): readonly Row[] {
  const both = once(() => sides(quick));
  const between = async (of: (side: Side) => number) => {
    const { on, off } = await both();
    const [one, other] = [median(on.map(of)), median(off.map(of))];
    const told = `${on.length} runs each, on ${one.toPrecision(4)}, off ${other.toPrecision(4)}`;
    return { one, other, told };
  };
  const about = "everything measured, watched and asked for against nothing";
  return [
    {
      line: `${about}: CPU of the service for a job that does nothing`,
      run: async () => {
        const { one, other, told } = await between(({ cpuUs }) => cpuUs);
        return atMost(one - other, 1, "us", told);
      },
    },
    {
      line: `${about}: time of jobs of 1 ms`,
      run: async () => {
        const { one, other, told } = await between(({ jobMs }) => jobMs);
        return atMost(one / other, 1.05, "x", told);
      },
    },
    {
      line: `${about}: memory of the service`,
      run: async () => {
        const { one, other, told } = await between(({ rssBytes }) => rssBytes / 1e6);
        return atMost(one - other, 10, "MB", told);
      },
    },
    {
      line: "jobs that do nothing, 64 in flight, 1 % of them traced: rate to piscina's",
      run: async () => {
        const ratios = await tracedToPiscina(quick);
        return atLeast(median(ratios), 4, "x", ratios.map((one) => one.toFixed(2)).join(", "));
      },
    },
  ];
}
