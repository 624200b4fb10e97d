/**
 * What is left of commands, workers and services that ended in every way they can.
 *
 * @module
 */
import { DatabaseSync } from "node:sqlite";
import { contain, type Level, levelNames } from "../../../actors/host/containment.ts";
import { hierarchies } from "../../../actors/host/cgroup.ts";
import { createRuntime } from "../../../mod.ts";
import { inFolder } from "../../command_line.ts";
import { fixedAt, processesWith, tempFolder } from "../../live.ts";
import { serveIn } from "../../serving.ts";
import { until } from "../../until.ts";
import { endings, type Visit, visit, zombies } from "../../zoo.ts";
import { once } from "../main_job/once.ts";
import { atMost, exactly, type Row } from "../row.ts";

/** How often what is done. */
interface Counts {
  readonly bomb: number;
  readonly crashes: number;
  readonly kills: number;
}

/** All rows of this part. */
export async function containmentRows(quick: boolean): Promise<readonly Row[]> {
  const counts: Counts = quick
    ? { bomb: 20, crashes: 10, kills: 3 }
    : { bomb: 200, crashes: 500, kills: 50 };
  const { missing } = await contain();
  const levels = ([0, 1, 2, 3] as const).filter((level) => missing[level] === undefined);
  return [
    ...levels.flatMap((level) => zooRows(level, counts.bomb)),
    ...crashRows(counts.crashes),
    ...killRows(counts.kills),
  ];
}

function zooRows(level: Level, bomb: number): readonly Row[] {
  const all = once(async () => {
    const visits: Visit[] = [];
    for (const ending of endings) visits.push(await visit(level, ending, bomb));
    return visits;
  });
  const row = (what: "survivors" | "zombies"): Row => ({
    line: `Job zoo in every ending, 2 s later, level ${level} (${levelNames[level]}): ${what}`,
    run: async () => {
      const visits = await all();
      const seen = visits.reduce((sum, { seen }) => sum + seen, 0);
      const worstMs = Math.max(...visits.map(({ goneMs }) => goneMs));
      const count = visits.reduce((sum, visit) => sum + visit[what], 0);
      return exactly(count, 0, "processes", `of ${seen}; gone after ${Math.round(worstMs)} ms`);
    },
  });
  return [row("survivors"), row("zombies")];
}

/** Folders, sockets, groups and open files that stay. */
function crashRows(crashes: number): readonly Row[] {
  const ours = () => [
    ...names(temporary()).filter((name) => /^flyball-[0-9a-f]+$/.test(name)),
    ...hierarchies().flatMap(({ folder }) => names(folder))
      .filter((name) => name.startsWith("flyball-") && name.includes(`-${Deno.pid}-`)),
  ];
  const files = () => names("/proc/self/fd").length;
  return [{
    line: "500 forced crashes of workers with commands: folders, groups, sockets and fds left",
    run: async () => {
      // What others leave meanwhile is not ours to count.
      await using folder = await tempFolder();
      Deno.env.set("TMPDIR", folder.path);
      await crash(warmingUp);
      const [before, filesBefore] = [ours(), files()];
      await crash(crashes);
      await until(() => processesWith(`OUR_CRASH=${Deno.pid}`).length === 0);
      // Connections are closed a moment after their peers.
      await until(() => files() <= filesBefore).catch(() => {});
      const kept = ours().filter((name) => !before.includes(name));
      const open = Math.max(0, files() - filesBefore);
      const unreaped = zombies().size;
      const left = kept.length + open + unreaped;
      Deno.env.delete("TMPDIR");
      const detail = `${kept.length} folders and groups, ${open} fds, ${unreaped} zombies`;
      return exactly(left, 0, "left", `${detail} of ${crashes} crashes`);
    },
  }];
}

/** What 50 deaths of the service did. */
interface Deaths {
  lost: number;
  /** Runs beyond one a job and beyond what was begun at a kill. */
  excess: number;
  duplicates: number;
  /** Folders, groups and sockets of a killed life that are there when the next one has begun. */
  left: number;
  /** What the killed lives had of them. */
  had: number;
  readonly backMs: number[];
  readonly goneMs: number[];
}

/** What the running service of a folder keeps, by path: its temporary folder, folders of jobs, groups. */
function kept(cwd: string): Map<string, string | null> {
  const below = (path: string) => names(path).map((name) => `${path}/${name}`);
  const pid = processesWith(cwd).find((pid) =>
    Deno.readTextFileSync(`/proc/${pid}/cmdline`).includes("\0serve\0")
  );
  const paths = [
    ...below(`${cwd}/temporary`).flatMap((path) => [path, ...below(path)]),
    ...below(`${cwd}/.flyball/run/jobs`).flatMap((path) => [path, ...below(path)]),
    ...hierarchies().flatMap(({ folder }) => below(folder))
      .filter((path) => path.includes("/flyball-") && path.includes(`-${pid}-`)),
  ];
  return new Map(paths.map((path) => [path, identity(path)]));
}

/** What tells a file from another one of the same path; null when there is none. */
function identity(path: string): string | null {
  try {
    const { ino, birthtime } = Deno.lstatSync(path);
    return `${ino} ${birthtime?.getTime()}`;
  } catch {
    return null;
  }
}

/** Crashes in which a process opens what it keeps open, whatever follows. */
const warmingUp = 10;

/** Kills the worker of a command that has fled it, `times` times. */
async function crash(times: number): Promise<void> {
  await using runtime = await createRuntime({ config: fixedAt(1) });
  for (let death = 0; death < times; death++) {
    // A worker that was of use is replaced at once.
    await runtime.command(["true"]);
    const job = runtime.command(["sh", "-c", "setsid sleep 300 & sleep 300"], {
      onLoss: "fail",
      env: { OUR_CRASH: String(Deno.pid) },
    });
    await until(() => runtime.status().running > 0);
    for (const pid of runtime.workerPids) Deno.kill(pid, "SIGKILL");
    await job;
  }
}

/** Jobs handed to each life. */
const jobsEach = 30;

async function kills(times: number): Promise<Deaths> {
  const deaths: Deaths = {
    ...{ lost: 0, excess: 0, duplicates: 0, left: 0, had: 0 },
    ...{ backMs: [], goneMs: [] },
  };
  await inFolder({}, async (cwd) => {
    const ids: string[] = [];
    let before: ReadonlyMap<string, string | null> = new Map();
    Deno.mkdirSync(`${cwd}/temporary`);
    for (let life = 0; life <= times; life++) {
      const startMs = performance.now();
      await using service = await serveIn({ cwd, env: { TMPDIR: `${cwd}/temporary` } });
      const specs = Array.from({ length: jobsEach }, (_, i) => ({
        command: ["sh", "-c", `echo ${life}.${i} >> ${cwd}/runs; setsid sleep 0.02 & wait`],
      }));
      const run = lines(cwd).length;
      for (const { id } of await service.submit({ jobs: specs })) ids.push(id);
      await until(() => lines(cwd).length > run);
      if (life > 0) deaths.backMs.push(performance.now() - startMs);
      const old = () =>
        [...before].filter(([path, was]) => was !== null && was === identity(path)).length +
        names(`${cwd}/.flyball/trash`).length;
      await until(() => old() === 0).catch(() => deaths.left += old());
      if (life === times) {
        await until(service.idle);
        for (const id of ids) if ((await service.job(id)).state !== "done") deaths.lost++;
        break;
      }
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 400));
      before = kept(cwd);
      deaths.had += before.size;
      service.started.kill("SIGKILL");
      await service.started.ended;
      const killedMs = performance.now();
      await until(() => processesWith(cwd).length === 0);
      deaths.goneMs.push(performance.now() - killedMs);
      // Begun and without an ending on disk: they may run again, no others.
      deaths.excess -= new Set(lines(cwd)).size - ended(cwd);
    }
    const runs = lines(cwd);
    deaths.duplicates = runs.length - new Set(runs).size;
    deaths.excess += deaths.duplicates;
  });
  return deaths;
}

function killRows(times: number): readonly Row[] {
  const all = once(() => kills(times));
  const detail = `${times} kills at random`;
  return [
    {
      line: "kill -9 of the service 50 times at random: accepted jobs lost",
      run: async () => exactly((await all()).lost, 0, "jobs", detail),
    },
    {
      line: "kill -9 of the service 50 times at random: runs beyond those begun at a kill",
      run: async () => {
        const { excess, duplicates } = await all();
        return atMost(Math.max(0, excess), 0, "runs", `${duplicates} ran twice; ${detail}`);
      },
    },
    {
      line: "kill -9 of the service 50 times at random: back to work, worst",
      run: async () => atMost(Math.max(...(await all()).backMs), 5_000, "ms", detail),
    },
    {
      line: "kill -9 of the service 50 times at random: until no process is left, worst",
      run: async () => atMost(Math.max(...(await all()).goneMs), 1_000, "ms", detail),
    },
    {
      line:
        "kill -9 of the service 50 times at random: folders, groups and sockets of it left later",
      run: async () => {
        const { left, had } = await all();
        return exactly(left, 0, "left", `of ${had}, when the next start is at work; ${detail}`);
      },
    },
  ];
}

const lines = (cwd: string): string[] => {
  try {
    return Deno.readTextFileSync(`${cwd}/runs`).trim().split("\n");
  } catch {
    return [];
  }
};

function ended(cwd: string): number {
  const db = new DatabaseSync(`${cwd}/.flyball/flyball.db`);
  try {
    return Number(db.prepare("select count(*) as count from outcomes").get()!.count);
  } finally {
    db.close();
  }
}

const temporary = () => Deno.env.get("TMPDIR") ?? "/tmp";

function names(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name);
  } catch {
    return [];
  }
}
