/**
 * Retries, breakers and the way back, with real processes and kills.
 *
 * @module
 */
import type { JobSpec, JobView } from "../../../messages/job.ts";
import { inFolder } from "../../command_line.ts";
import { live } from "../../live.ts";
import { serve, type Service } from "../../serving.ts";
import { until } from "../../until.ts";
import { atMost, exactly, type Row } from "../row.ts";

/** Jobs of the storm, and of the jobs that are put back. */
const stormJobs = 1_000;
const deadJobs = 100;
/** How long a breaker is open, and how long its service is down, ms. */
const openMs = 10_000;
const downMs = 3_000;

const host = { key: "host:a" };
const failing: JobSpec = { command: ["false"] };

/** All rows about retries. */
export const retryRows = (quick: boolean): readonly Row[] => [
  {
    line: "a storm: jobs that all fail, with 5 retries each, are 10 % of the load and 10 besides",
    run: () => storm(quick ? 100 : stormJobs),
  },
  {
    line: "a breaker that is open when its service is killed is half open in time, within 1 s",
    run: async () => {
      let lateMs = NaN;
      await inFolder({}, async (cwd) => void (lateMs = await killOpen(cwd)));
      return atMost(Math.abs(lateMs), 1_000, "ms", `open for ${openMs} ms, down for ${downMs} ms`);
    },
  },
  {
    line: "jobs that were put back just before their service is killed are run again, each once",
    run: async () => {
      const count = quick ? 20 : deadJobs;
      let wrong = NaN;
      await inFolder({}, async (cwd) => void (wrong = await killRedriven(cwd, count)));
      return exactly(wrong, 0, "jobs", `of ${count}`);
    },
  },
];

async function storm(count: number) {
  await using runtime = await live({ breakers: { "operation:*": { jobs: "none" } } });
  const spec = { ...failing, retries: 5, backoff: { baseMs: 100 } };
  const accepted = await runtime.submitAll(Array.from({ length: count }, () => spec));
  let attempts = 0;
  let refused = 0;
  for (const { id } of accepted) {
    const { outcome } = (await runtime.wait(id, 120_000))!;
    attempts += outcome!.attempts;
    if (outcome!.code === "retry_budget") refused++;
  }
  const told = `${count} jobs, ${attempts} attempts, ${refused} were refused another one`;
  return atMost(attempts - count, 10 + count / 10, "retries", told);
}

/** How late the job that is tried begins, after a kill while the breaker is open. */
async function killOpen(cwd: string): Promise<number> {
  const flags = ["--set", `breakers.host:*.openMs=${openMs}`];
  let id = "";
  let dueAt = NaN;
  {
    await using service = await serve(cwd, ...flags);
    await service.submit({ jobs: Array.from({ length: 20 }, () => ({ ...failing, ...host })) });
    await until(async () => (await service.status()).breakers.length === 1);
    dueAt = Date.parse((await service.status()).breakers[0].until);
    id = (await service.submit({ command: ["true"], ...host }))[0]!.id;
    service.started.kill("SIGKILL");
    await service.started.ended;
  }
  await new Promise((resolve) => setTimeout(resolve, downMs));
  await using service = await serve(cwd, ...flags);
  await until(async () => (await service.job(id)).state === "done");
  return Date.parse((await service.job(id)).startedAt!) - dueAt;
}

/** Jobs that were not run once more, after a kill right after all were put back. */
async function killRedriven(cwd: string, count: number): Promise<number> {
  const spec = { shell: 'echo run >> "$0.$1"; exit 1', cwd: "." };
  const flags = ["--set", "commands.shell=true"];
  const runs = (n: number) => Deno.readTextFileSync(`${cwd}/sh.${n}`).split("\n").length - 1;
  const ask = (service: Service, path: string) => service.ask("POST", path);
  let ids: string[] = [];
  {
    await using service = await serve(cwd, ...flags);
    const jobs = Array.from({ length: count }, (_, n) => ({ ...spec, args: [String(n)] }));
    ids = (await service.submit({ jobs })).map(({ id }) => id);
    await until(service.idle);
    await service.ask("PATCH", "/api/v1/pools/default", { paused: true });
    await Promise.all(ids.map((id) => ask(service, `/api/v1/jobs/${id}/retry`)));
    service.started.kill("SIGKILL");
    await service.started.ended;
  }
  await using service = await serve(cwd, ...flags);
  await service.ask("PATCH", "/api/v1/pools/default", { paused: false });
  await until(service.idle);
  const views: JobView[] = await Promise.all(ids.map(service.job));
  return views.filter(({ state }, n) => state !== "failed" || runs(n) !== 2).length;
}
