/**
 * Staged runs and the folders of jobs: spans that add up, warm starts, turns, nothing left.
 *
 * @module
 */
import type { JobSpec } from "../../../messages/job.ts";
import type { Outcome } from "../../../messages/outcome.ts";
import { createRuntime } from "../../../mod.ts";
import job from "../../../examples/runner/job.json" with { type: "json" };
import { tempFolder } from "../../live.ts";
import { until } from "../../until.ts";
import { atMost, exactly, type Row } from "../row.ts";
import { median } from "../sample.ts";

type Runtime = Awaited<ReturnType<typeof createRuntime>>;

async function outcomeOf(runtime: Runtime, spec: JobSpec): Promise<Outcome> {
  const { id } = await runtime.submit(spec);
  return (await runtime.wait(id, 60_000))!.outcome!;
}

/** Time from the start of a run to the end of its first stage, ms. */
const startMs = ({ workspace, stages }: Outcome) => workspace!.tookMs + stages![0]!.tookMs;

/** Each pair is a project's first and second run of the example. */
async function warmRatio(pairs: number) {
  await using data = await tempFolder();
  await using runtime = await createRuntime({ data: data.path });
  const ratios: number[] = [];
  for (let n = 0; n < pairs; n++) {
    const spec: JobSpec = { ...job, projectId: `p${n}` };
    const cold = await outcomeOf(runtime, spec);
    const warm = await outcomeOf(runtime, spec);
    if (cold.workspace!.warm || !warm.workspace!.warm) throw new Error("not cold, then warm");
    ratios.push(startMs(warm) / startMs(cold));
  }
  return atMost(100 * median(ratios), 25, "%", `median of ${pairs} projects`);
}

/** How far the parts of a run are from the whole of it, at most. */
async function spanGap(runs: number) {
  await using runtime = await createRuntime();
  const stages = ["prep", "implement", "verify"].map((name) => ({
    name,
    command: ["sleep", "0.02"],
  }));
  let gapMs = 0;
  for (let n = 0; n < runs; n++) {
    const { stages: spans, workspace, durationMs } = await outcomeOf(runtime, { stages });
    const sumMs = spans!.reduce((sum, { tookMs }) => sum + tookMs, workspace!.tookMs);
    gapMs = Math.max(gapMs, Math.abs(durationMs - sumMs));
  }
  return atMost(gapMs, 1, "ms", `worst of ${runs} runs of 3 stages`);
}

/** Runs note when they come and go; counts how many were in at once. */
async function together(projects: readonly string[]): Promise<number> {
  await using data = await tempFolder();
  await using runtime = await createRuntime({ data: `${data.path}/data` });
  const note = (what: string) => ["sh", "-c", `echo ${what} >> ${data.path}/turns; sleep 0.05`];
  const stages = [{ name: "in", command: note("1") }, { name: "out", command: note("-1") }];
  const accepted = await runtime.submitAll(projects.map((projectId) => ({ projectId, stages })));
  for (const { id } of accepted) await runtime.wait(id, 60_000);
  const turns = (await Deno.readTextFile(`${data.path}/turns`)).trim().split("\n").map(Number);
  if (turns.length !== 2 * projects.length) throw new Error(`${turns.length} turns`);
  let [inside, most] = [0, 0];
  for (const turn of turns) most = Math.max(most, inside += turn);
  return most;
}

const many = (count: number) => Array.from({ length: count }, (_, n) => n);

/** Commands that end in every way, and workers that are killed under them. */
async function leftovers(endings: number) {
  await using data = await tempFolder();
  await using runtime = await createRuntime({ data: data.path });
  const mess = "mkdir -p a/b; echo left > a/b/c; chmod 500 a/b";
  const ways: readonly JobSpec[] = [
    { command: ["sh", "-c", mess] },
    { command: ["sh", "-c", `${mess}; exit 1`] },
    { command: ["sh", "-c", `${mess}; kill -SEGV $$`] },
    { command: ["sh", "-c", `${mess}; exec sleep 300`], timeoutMs: 200 },
    { command: ["sh", "-c", `${mess}; exec sleep 300`], onLoss: "fail", queueTimeoutMs: 60_000 },
  ];
  const jobs = runtime.submitAll(many(endings).map((n) => ways[n % ways.length]!));
  const open = new Set((await jobs).map(({ id }) => id));
  const endless = [...open].filter((_, n) => n % ways.length === 4);
  const ended = Promise.all([...open].map(async (id) => {
    while (!(await runtime.wait(id, 1_000))?.outcome);
    open.delete(id);
  }));
  // What never ends by itself is ended by turns: by a cancel, or by the death of its worker.
  const began = async (id: string) => (await runtime.job(id))!.state === "running";
  for (const [n, id] of endless.entries()) {
    await until(async () => !open.has(id) || await began(id));
    if (!open.has(id)) continue;
    if (n % 10 < 5) await runtime.cancel(id);
    else for (const pid of runtime.workerPids) kill(pid);
  }
  await ended;
  const left = () => {
    const jobs = `${data.path}/run/jobs`;
    return entries(jobs).flatMap((worker) => entries(`${jobs}/${worker}`));
  };
  await until(() => left().length === 0).catch(() => {});
  return exactly(left().length, 0, "folders", `after ${endings} endings`);
}

function kill(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch { /* it has just gone */ }
}

function entries(path: string): string[] {
  try {
    return [...Deno.readDirSync(path)].map(({ name }) => name);
  } catch {
    return [];
  }
}

/** All rows. */
export function kindRows(quick: boolean): readonly Row[] {
  const plan = quick
    ? { warmStarts: 1, spans: 3, turns: 6, endings: 20 }
    : { warmStarts: 7, spans: 50, turns: 20, endings: 500 };
  return [
    {
      line: "A warm start of a project's workspace takes at most 25 % of a cold one",
      run: () => warmRatio(plan.warmStarts),
    },
    {
      line: "The spans of a staged run make up the run to within 1 ms",
      run: () => spanGap(plan.spans),
    },
    {
      line: "Staged runs of one project never overlap",
      run: async () =>
        exactly(
          await together(many(plan.turns).map(() => "p")),
          1,
          "at once",
          `${plan.turns} runs`,
        ),
    },
    {
      line: "Staged runs of at most 5 projects are under way at once",
      run: async () =>
        atMost(
          await together(many(plan.turns).map((n) => `p${n}`)),
          5,
          "at once",
          `${plan.turns} projects`,
        ),
    },
    {
      line: "Endings of every kind and killed workers leave no folder of a job",
      run: () => leftovers(plan.endings),
    },
  ];
}
