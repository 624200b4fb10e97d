/**
 * A recorded load, job by job, on real workers and in the simulator: both are to cost the same.
 *
 * @module
 */
import { recordedScenarios } from "../../../bench/policies/recorded.ts";
import { createRuntime, type RuntimeOf, taskFile } from "../../../mod.ts";
import { simulate } from "../../../simulation/simulate.ts";
import { type Workload, workMs } from "../../../simulation/workload.ts";
import { atMost, type Row } from "../row.ts";
import { median } from "../sample.ts";

const tasks = { nap: taskFile(new URL("../../../bench/tasks/nap.ts", import.meta.url)) };

/** The trace, the part of it that is played, and most workers. */
const trace = "az_code";
const spanMs = 600_000;
const workersMax = 100;
/** Price of a late job, in mean run times. */
const latePriceRuns = 10;

/** What a run of real workers came to. */
interface Live {
  readonly cost: number;
  readonly latePercent: number;
  /** Median time to the first job of a worker, and its standard deviation over its mean. */
  readonly startMs: number;
  readonly startJitterRatio: number;
}

/** The row; `quick` plays a part of it once. */
export function replayRows(quick: boolean): readonly Row[] {
  const [runs, playedMs] = quick ? [1, 15_000] : [3, spanMs];
  return [{
    line: `the first 10 minutes of ${trace} with one slot: cost on real workers to the simulator's`,
    async missing() {
      const isHere = (await recordedScenarios()).has(trace);
      return isHere ? null : `the trace is not here; TRACES names the folder that has it`;
    },
    async run() {
      const scenario = (await recordedScenarios()).get(trace)!;
      const workload = beginning(scenario.workload(), playedMs);
      const { waitTargetMs } = scenario;
      const off: number[] = [];
      const told: string[] = [];
      for (let run = 0; run < runs; run++) {
        const live = await play(workload, waitTargetMs);
        const simulated = await foreseen(workload, waitTargetMs, live);
        off.push(100 * Math.abs(live.cost / simulated.cost - 1));
        told.push(
          `${live.cost.toFixed(3)} to ${simulated.cost.toFixed(3)} with starts of ` +
            `${live.startMs.toFixed(0)} ms, late ${live.latePercent.toFixed(1)} to ` +
            `${simulated.latePercent.toFixed(1)} %`,
        );
      }
      return atMost(median(off), 10, "% off", `${workload.atMs.length} jobs; ${told.join("; ")}`);
    },
  }];
}

/** What comes within the first `spanMs`. */
function beginning(workload: Workload, spanMs: number): Workload {
  const after = workload.atMs.findIndex((atMs) => atMs > spanMs);
  const jobs = after < 0 ? workload.atMs.length : after;
  const { atMs, serviceMs } = workload;
  return { ...workload, spanMs, atMs: atMs.slice(0, jobs), serviceMs: serviceMs.slice(0, jobs) };
}

/** An idle worker costs as much as a busy one, as in the table of policies. */
const policyOf = (
  waitTargetMs: number,
) => ({ name: "governor", waitTargetMs, keepAliveMs: null } as const);

/** Lets real workers do it. */
async function play(workload: Workload, waitTargetMs: number): Promise<Live> {
  await using runtime = await createRuntime({
    tasks,
    config: {
      pools: {
        default: {
          workers: { min: 1, max: workersMax },
          slots: { max: 1 },
          policy: policyOf(waitTargetMs),
        },
      },
    },
  });
  await settled(runtime);
  const fromAt = Date.now();
  const ids = await submitted(runtime, workload);
  const waits: number[] = [];
  for (const id of ids) waits.push((await runtime.wait(id, 600_000))!.outcome!.waitMs);
  // The simulator counts workers until the span is over, whenever the last job came.
  await until(fromAt + workload.spanMs);
  const lives = await livesOf(runtime, fromAt, Date.now());
  const work = workMs(workload);
  const late = waits.filter((ms) => ms > waitTargetMs).length;
  const meanMs = work / workload.atMs.length;
  const starts = lives.flatMap(({ startMs }) => startMs ?? []);
  const mean = starts.reduce((sum, ms) => sum + ms, 0) / starts.length;
  const variance = starts.reduce((sum, ms) => sum + (ms - mean) ** 2, 0) / starts.length;
  return {
    cost: (lives.reduce((sum, { ms }) => sum + ms, 0) + latePriceRuns * meanMs * late) / work,
    latePercent: 100 * late / waits.length,
    startMs: mean,
    startJitterRatio: Math.sqrt(variance) / mean,
  };
}

type Runtime = RuntimeOf<typeof tasks>;

/** Waits for the first worker. */
async function settled(runtime: Runtime): Promise<void> {
  while (runtime.pool("default").status().workers.ready === 0) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Waits for an instant, wall clock ms. */
const until = (at: number) =>
  new Promise((resolve) => setTimeout(resolve, Math.max(0, at - Date.now())));

/** Hands in each job when it comes. */
async function submitted(runtime: Runtime, { atMs, serviceMs }: Workload): Promise<string[]> {
  const startMs = performance.now();
  const ids: string[] = [];
  for (let i = 0; i < atMs.length; i++) {
    const leftMs = startMs + atMs[i]! - performance.now();
    if (leftMs > 0) await new Promise((resolve) => setTimeout(resolve, leftMs));
    ids.push((await runtime.submit({ task: "nap", input: serviceMs[i]! })).id);
  }
  return ids;
}

/** How long each worker lived between two instants, and how long it took to start where it did. */
async function livesOf(runtime: Runtime, fromAt: number, untilAt: number) {
  const seen = new Map<string, { bornAt: number; readyAt?: number; goneAt?: number }>();
  const stop = AbortSignal.timeout(1_000);
  for await (const stamped of runtime.facts({ from: 0, types: ["worker"], signal: stop })) {
    if (!("fact" in stamped)) throw new Error("facts about workers are missing");
    const { at, fact } = stamped;
    if (fact.type !== "worker") continue;
    const name = `${fact.seat}.${fact.generation}`;
    const life = seen.get(name) ?? { bornAt: at };
    seen.set(name, life);
    if (fact.state === "ready") life.readyAt = at;
    if (fact.state === "gone") life.goneAt = at;
  }
  return [...seen.values()].map(({ bornAt, readyAt, goneAt = untilAt }) => ({
    ms: Math.max(0, Math.min(goneAt, untilAt) - Math.max(bornAt, fromAt)),
    startMs: readyAt === undefined || bornAt < fromAt ? null : readyAt - bornAt,
  }));
}

/** What the simulator says of the same, with starts as they were. */
function foreseen(workload: Workload, waitTargetMs: number, live: Live) {
  const { startMs, startJitterRatio } = live;
  return simulate(workload, {
    ...{ min: 1, max: workersMax, startMs, startJitterRatio, waitTargetMs, latePriceRuns },
    policy: { ...policyOf(waitTargetMs), workersMax },
    machine: { cores: navigator.hardwareConcurrency },
  });
}
