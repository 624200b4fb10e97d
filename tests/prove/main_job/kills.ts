/**
 * The service dies amid what it has accepted, and starts again.
 *
 * @module
 */
import { DatabaseSync } from "node:sqlite";
import type { JobView } from "../../../messages/job.ts";
import { inFolder } from "../../command_line.ts";
import { processesWith } from "../../live.ts";
import { serve, type Service } from "../../serving.ts";
import { until } from "../../until.ts";
import { exactly, type Row } from "../row.ts";
import { once } from "./once.ts";

/** How much is accepted, and how often the service is killed amid it. */
export interface KillPlan {
  readonly jobs: number;
  readonly tries: number;
}

/** What one death of the service did. */
interface Kill {
  /** Acknowledged jobs that the next life did not bring to `done`. */
  readonly lost: number;
  /** Endings told beyond one a job, and endings that were rewritten. */
  readonly doubled: number;
  /** Processes of either life that live on after the second one's end. */
  readonly left: number;
  readonly doneBefore: number;
}

/** Jobs of one submit. */
const bulk = 50;

/** Endings on disk by job, as text. */
function endings(cwd: string): Map<number, string> {
  const db = new DatabaseSync(`${cwd}/.flyball/flyball.db`);
  try {
    const rows = db.prepare("select id, endedAt, outcome from outcomes").all();
    return new Map(rows.map(({ id, endedAt, outcome }) => [Number(id), `${endedAt} ${outcome}`]));
  } finally {
    db.close();
  }
}

/** Submits `jobs` that each leave a line, and returns their ids as acknowledged. */
async function submit(service: Service, cwd: string, jobs: number): Promise<string[]> {
  const ids: string[] = [];
  for (let from = 0; from < jobs; from += bulk) {
    const specs = Array.from({ length: Math.min(bulk, jobs - from) }, (_, i) => ({
      command: ["sh", "-c", `echo ${from + i} >> ${cwd}/runs; sleep 0.02`],
    }));
    for (const { id } of await service.submit({ jobs: specs })) ids.push(id);
  }
  return ids;
}

/** Kills the service when `endedMin` of `jobs` have ended, and lets a second life do the rest. */
async function kill(cwd: string, jobs: number, endedMin: number): Promise<Kill> {
  let ids: string[];
  {
    await using first = await serve(cwd);
    // A program that leaves its session: neither its worker's death nor ours reaches it.
    const flee = `setsid sh -c 'echo > ${cwd}/fled; exec sleep 600' & wait`;
    await first.submit({ command: ["sh", "-c", flee], priority: "high", retries: 0 });
    await until(() => exists(`${cwd}/fled`));
    ids = await submit(first, cwd, jobs);
    await until(async () => ((await first.status()).ended.done ?? 0) >= endedMin);
    first.started.kill("SIGKILL");
    await first.started.ended;
  }
  await until(() => processesWith(cwd).length === 0);
  const before = endings(cwd);
  let ended: number;
  const views: JobView[] = [];
  {
    await using second = await serve(cwd);
    await second.ask("DELETE", "/api/v1/jobs/j1");
    await until(second.idle);
    for (const id of ids) views.push(await second.job(id));
    ended = Object.values<number>((await second.status()).ended).reduce((a, b) => a + b, 0);
    second.started.kill("SIGTERM");
    await second.started.ended;
  }
  const after = endings(cwd);
  const rewritten = [...before].filter(([id, text]) => after.get(id) !== text).length;
  return {
    lost: views.filter(({ state }) => state !== "done").length + jobs - new Set(ids).size,
    // The one that fled is the job more.
    doubled: Math.max(0, before.size + ended - (jobs + 1)) + rewritten,
    left: processesWith(cwd).length,
    doneBefore: before.size,
  };
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).size > 0;
  } catch {
    return false;
  }
}

/** Rows over `tries` deaths. */
export function killRows({ jobs, tries }: KillPlan): readonly Row[] {
  const kills = once(async () => {
    const seen: Kill[] = [];
    for (let attempt = 1; attempt <= tries; attempt++) {
      const endedMin = Math.round(jobs * attempt / (tries + 1));
      await inFolder({}, async (cwd) => void seen.push(await kill(cwd, jobs, endedMin)));
    }
    return seen;
  });
  const row = (what: string, unit: string, of: (kill: Kill) => number): Row => ({
    line: `kill -9 of serve amid 500 accepted jobs, then restart: ${what}`,
    run: async () => {
      const seen = await kills();
      const before = seen.map(({ doneBefore }) => doneBefore).join(", ");
      const detail = `${tries} kills, with ${before} of ${jobs} ended`;
      return exactly(seen.reduce((sum, kill) => sum + of(kill), 0), 0, unit, detail);
    },
  });
  return [
    row("accepted jobs lost", "jobs", ({ lost }) => lost),
    row("double endings", "endings", ({ doubled }) => doubled),
    row("processes left", "processes", ({ left }) => left),
  ];
}
