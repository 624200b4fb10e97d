/**
 * `flyball simulate TRACE…`: what policies would have made of recorded or made-up jobs. No service is
 * needed.
 *
 * @module
 */
import { basename } from "node:path";
import { Refusal } from "../actors/runtime.ts";
import type { Choice } from "../policies/choice.ts";
import { readTrace } from "../simulation/read_trace.ts";
import { scenarios } from "../simulation/scenarios.ts";
import { type Report, type WhatIf, whatIf } from "../simulation/what_if.ts";
import { readWish, usualOf } from "../simulation/wish.ts";
import type { Workload } from "../simulation/workload.ts";
import { declareReach, openControl, type Reach } from "./control.ts";
import { exit } from "./exit.ts";
import { collect, duration, whole } from "./numbers.ts";
import { askRecorded } from "./recorded.ts";
import { refusing } from "./refusing.ts";
import { replayAll } from "./replay.ts";
import { plot, table } from "./simulate_text.ts";
import { sweepOf } from "./sweep.ts";
import type { Verb } from "./verb.ts";

interface Flags extends Reach {
  readonly record?: number | true;
  readonly replay?: string | true;
  readonly pool?: string;
  readonly policy: readonly string[];
  readonly beside: readonly string[];
  readonly sweep?: string;
  readonly startDelay?: number;
  readonly waitTarget?: number;
  readonly min?: number;
  readonly max?: number;
  readonly cores?: number;
  readonly cpuRatio?: string;
  readonly late?: boolean;
  readonly bin?: number;
  readonly service?: number;
  readonly duration?: string;
  readonly from?: number;
  readonly span?: number;
  readonly seed?: number;
  readonly json?: boolean;
}

/** How much of what was recorded is taken where nothing is said, ms. */
const recordedMs = 3_600_000;
/** Largest trace that is read, bytes of text. */
const textMaxBytes = 256 * 1024 * 1024;

/** The verb `simulate`. */
export const simulate: Verb = {
  declare: (command) =>
    declareReach(command)
      .argument("[traces...]", `CSV files, also gzipped, or ${[...scenarios.keys()].join(", ")}`)
      .option("--record [range]", "what a running service has recorded (the last 1h)", duration)
      .option("--replay [file]", "decide again on what a running service saw, or what a file has")
      .option("--pool <name>", "whose controller saw it (default)")
      .option("--policy <name>", "policy, with options as governor:keepAliveMs=500", collect, [])
      .option("--beside <name>", "policy that has a say beside each of those", collect, [])
      .option(
        "--sweep <name=from..to>",
        "try values of an option: max=4..32, keepAliveMs=0,500,2000",
      )
      .option("--start-delay <duration>", "from the start of a worker to its first job", duration)
      .option("--wait-target <duration>", "wait from which a job is late", duration)
      .option("--min <workers>", "smallest pool", whole(0, 1_000))
      .option("--max <workers>", "largest pool", whole(1, 1_000))
      .option("--cores <number>", "cores of the machine", whole(1, 4_096))
      .option("--cpu-ratio <ratio>", "share of its time for which a job wants a core, 0..1")
      .option("--late", "let late jobs yield to those that can still be in time")
      .option("--bin <duration>", "length of a bin, where lines are counts alone", duration)
      .option("--service <duration>", "mean run time of jobs, where the trace has none", duration)
      .option("--duration <column>", "run time in s: a column, or 0.1+0.02*COLUMN")
      .option("--from <duration>", "begin so far into the trace", duration)
      .option("--span <duration>", "take so much of it", duration)
      .option("--seed <number>", "another seed, another run", whole(0, 2_147_483_647))
      .option("--json", "print JSON"),
  run: async (command) => {
    const flags = command.opts<Flags>();
    if (flags.replay !== undefined) return await replayed(flags);
    const reports: Report[] = [];
    if (command.args.length === 0 && flags.record === undefined) {
      throw new Refusal("usage", "Which trace? A file, a made-up one, or --record");
    }
    const recorded = flags.record === undefined ? [] : [await recordedOf(flags)];
    const given = command.args.map(async (trace) => ({
      workload: await workloadAt(trace, flags),
      seen: scenarios.has(trace) ? usualOf(trace) : {},
    }));
    for (const { workload, seen } of [...recorded, ...await Promise.all(given)]) {
      const wish = wishOf(flags, seen);
      const report = await refusing(() => whatIf(workload, wish));
      reports.push(report);
      if (!flags.json) console.log([table(report), plot(report)].join("\n\n"));
    }
    if (flags.json) console.log(JSON.stringify(reports.length === 1 ? reports[0] : reports));
    return exit.ok;
  },
};

/** Decides again on what was seen. */
async function replayed(flags: Flags): Promise<number> {
  const { replay, pool = "default", policy, json = false } = flags;
  const isFile = typeof replay === "string";
  const recording = isFile ? await textOf(replay) : await askRecording(flags, pool);
  return await refusing(() =>
    Promise.resolve(replayAll(isFile ? basename(replay) : pool, recording, {
      policies: policy.length === 0 ? [] : wishOf(flags, {}).policies!,
      json,
    }))
  );
}

async function recordedOf(flags: Flags) {
  using control = await openControl(flags);
  return await askRecorded(control, typeof flags.record === "number" ? flags.record : recordedMs);
}

async function askRecording(flags: Flags, pool: string): Promise<string> {
  using control = await openControl(flags);
  const path = `/api/v1/pools/${encodeURIComponent(pool)}/recording`;
  return JSON.stringify(await control.ask({ method: "GET", path }));
}

/** The jobs of a scenario or a file. */
async function workloadAt(trace: string, flags: Flags): Promise<Workload> {
  const scenario = scenarios.get(trace);
  if (scenario !== undefined) return scenario.workload();
  const { bin, service, duration, from, span, seed } = flags;
  const text = await textOf(trace);
  return refusing(() =>
    Promise.resolve(readTrace(basename(trace), text, {
      ...(bin !== undefined && { binMs: bin }),
      ...(service !== undefined && { serviceMs: service }),
      ...(duration !== undefined && { duration }),
      ...(from !== undefined && { fromMs: from }),
      ...(span !== undefined && { spanMs: span }),
      ...(seed !== undefined && { seed }),
    }))
  );
}

async function textOf(path: string): Promise<string> {
  try {
    using file = await Deno.open(path);
    const bytes = path.endsWith(".gz")
      ? file.readable.pipeThrough(new DecompressionStream("gzip"))
      : file.readable;
    return await bounded(path, bytes);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    const { message } = error as Error;
    const names = [...scenarios.keys()].join(", ");
    throw error instanceof Deno.errors.NotFound
      ? new Refusal("no_input", `There is no trace ${path}; made-up ones are ${names}`)
      : new Refusal("no_input", `Cannot read ${path}: ${message}`);
  }
}

async function bounded(path: string, stream: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let [text, bytes] = ["", 0];
  for await (const chunk of stream) {
    bytes += chunk.length;
    if (bytes > textMaxBytes) {
      const most = `${textMaxBytes / 1024 / 1024} MiB`;
      throw new Refusal("usage", `${path} is longer than ${most}: give a part of it`);
    }
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** What is asked for, checked as if it came over HTTP. */
function wishOf(flags: Flags, usual: Partial<WhatIf>): WhatIf {
  const { startDelay, waitTarget, min, max, cores, cpuRatio, late, seed } = flags;
  const waitTargetMs = waitTarget ?? usual.waitTargetMs ?? 150;
  const wish = readWish({
    counts: [1],
    ...usual,
    waitTargetMs,
    policies: (flags.policy.length === 0 ? ["governor"] : flags.policy)
      .map((text) => policyOf(text, waitTargetMs)),
    beside: flags.beside.map((text) => policyOf(text, waitTargetMs)),
    ...(flags.sweep !== undefined && { sweep: sweepOf(flags.sweep) }),
    ...(startDelay !== undefined && { startMs: startDelay }),
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
    ...(cores !== undefined && { machine: { ...usual.machine, cores } }),
    ...(cpuRatio !== undefined && { cpuRatio: Number(cpuRatio) }),
    ...(late && { ordering: { name: "punctual", targetMs: waitTargetMs } }),
    ...(seed !== undefined && { seed }),
  });
  if (!("flaws" in wish)) return wish.whatIf;
  const [{ path, message }] = wish.flaws as [(typeof wish.flaws)[number]];
  throw new Refusal("usage", `${path.join(".")} ${message}`.trim());
}

/** `name` or `name:option=value,option=value`; the governor is told the wait that jobs may have. */
function policyOf(text: string, waitTargetMs: number): Choice {
  const [, name = "", options = ""] = /^([^:]*):?(.*)$/s.exec(text) ?? [];
  const pairs = options === "" ? [] : options.split(",").map((pair) => {
    const [, option, value] = /^(\w+)=(.+)$/.exec(pair.trim()) ?? [];
    if (option === undefined) {
      const message = `--policy ${text}: expected NAME or NAME:option=value,…, given ${pair}`;
      throw new Refusal("usage", message);
    }
    return [option, valueOf(value!)];
  });
  return { ...(name === "governor" && { waitTargetMs }), ...Object.fromEntries(pairs), name };
}

function valueOf(text: string): unknown {
  if (text === "null") return null;
  if (text === "true" || text === "false") return text === "true";
  const number = Number(text);
  return Number.isFinite(number) ? number : text;
}
