/**
 * Workers die under their jobs.
 *
 * @module
 */
import { fixedAt, gather, type Live, live, lives, tempFolder } from "../../live.ts";
import { until } from "../../until.ts";
import { atMost, exactly, type Row } from "../row.ts";
import { p95, triesMin } from "../sample.ts";
import { once } from "./once.ts";

const workers = 4;
/** Longest time to be back at size, ms. */
const backMs = 1_000;

/** How much is done and killed. */
export interface DeathPlan {
  readonly jobs: number;
  readonly deaths: number;
}

interface Deaths {
  readonly done: number;
  /** Jobs that ended more than once, or that never ran. */
  readonly wrong: number;
  /** From each kill to a pool of full size, every worker in it alive and ready. */
  readonly backMs: readonly number[];
}

const whole = (runtime: Live) =>
  runtime.status().size === workers && runtime.workerPids.length === workers &&
  runtime.workerPids.every(lives);

/** Kills a worker that lives and returns the time until the pool is whole again. */
async function killOne(runtime: Live, death: number): Promise<number> {
  const pids = runtime.workerPids.filter(lives);
  const victim = pids[death % pids.length]!;
  const startMs = performance.now();
  Deno.kill(victim, "SIGKILL");
  await until(() => !runtime.workerPids.includes(victim) && whole(runtime));
  return performance.now() - startMs;
}

async function killMany({ jobs, deaths }: DeathPlan): Promise<Deaths> {
  await using folder = await tempFolder();
  await using runtime = await live(fixedAt(workers));
  await until(() => whole(runtime));
  await using gathered = gather(runtime);
  // Half of them hold the thread of their worker, half are programs that leave a line.
  const specs = Array.from(
    { length: jobs },
    (_, n) =>
      n % 2 === 0
        ? { task: "toy", input: { do: "block", ms: 20, value: n } }
        : { command: ["sh", "-c", `echo ${n} >> ${folder.path}/runs; sleep 0.02`] },
  );
  const accepted = await runtime.submitAll(specs);
  const endings = () =>
    gathered.of("jobs").filter(({ move }) => move === "ended").flatMap(({ ids }) => ids);
  const times: number[] = [];
  const step = Math.floor(jobs / (deaths + 1));
  for (let death = 1; death <= deaths; death++) {
    await until(() => endings().length >= Math.min(death * step, jobs - 1));
    times.push(await killOne(runtime, death));
  }
  await until(() => endings().length >= jobs);
  const views = await Promise.all(accepted.map(({ id }) => runtime.job(id)));
  const runs = (await Deno.readTextFile(`${folder.path}/runs`)).trim().split("\n");
  const twice = endings().length - new Set(endings()).size;
  return {
    done: views.filter((view) => view?.state === "done").length,
    wrong: twice + Math.floor(jobs / 2) - new Set(runs).size,
    backMs: times,
  };
}

/** Rows over one run of {@link DeathPlan}. */
export function deathRows(plan: DeathPlan): readonly Row[] {
  const measured = once(() => killMany(plan));
  return [
    {
      line: "kill -9 of workers during 500 jobs: jobs done",
      run: async () => {
        const { done, backMs: { length } } = await measured();
        return exactly(done, plan.jobs, "jobs", `${length} deaths`);
      },
    },
    {
      line: "kill -9 of workers during 500 jobs: jobs that ended twice or never ran",
      run: async () => exactly((await measured()).wrong, 0, "jobs"),
    },
    {
      line: "kill -9 of a worker: the pool is back at size, every worker ready",
      run: async () => {
        const { backMs: times } = await measured();
        const worst = Math.max(...times);
        if (times.length < triesMin) {
          return atMost(worst, backMs, "ms", `worst of ${times.length} deaths`);
        }
        const late = times.filter((ms) => ms > backMs).length;
        const seen = `worst ${Math.round(worst)} ms, ${late} over the limit`;
        const detail = `p95 of ${times.length} deaths, ${seen}`;
        return atMost(p95(times), backMs, "ms", detail);
      },
    },
  ];
}
