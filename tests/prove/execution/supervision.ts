/**
 * What fails is started again, not for ever and not at everybody's cost; starts and stops are quick.
 *
 * @module
 */
import { inFolder } from "../../command_line.ts";
import { fixedAt, live, lives, processesWith, tempFolder } from "../../live.ts";
import { serve, serveIn } from "../../serving.ts";
import { until } from "../../until.ts";
import { once } from "../main_job/once.ts";
import { atMost, exactly, type Row } from "../row.ts";
import { median, medianRatio, p95 } from "../sample.ts";

/** Ticks of `/proc/PID/stat` in a second. */
const ticksPerS = 100;

/** CPU time of a process, s. */
function cpuS(pid: number): number {
  const fields = Deno.readTextFileSync(`/proc/${pid}/stat`).split(") ")[1]!.split(" ");
  return (Number(fields[11]) + Number(fields[12])) / ticksPerS;
}

/** What a service did whose workers could not be started. */
interface Loop {
  readonly spawns: number;
  readonly cpuRatio: number;
  /** What `/readyz` said then. */
  readonly ready: string;
  readonly alerts: readonly string[];
}

/**
 * A service that runs from a copy of Deno which is taken away: from then on every worker is a
 * program that does not exist. Its only worker is killed, and it is watched for `watchedMs`.
 */
async function crashLoop(watchedMs: number): Promise<Loop> {
  let seen: Loop | undefined;
  await inFolder({}, async (cwd) => {
    const deno = `${cwd}/deno`;
    await Deno.copyFile(Deno.execPath(), deno);
    await using service = await serveIn({ cwd, program: deno });
    await until(async () => (await service.status()).size === 1);
    await Deno.remove(deno);
    const [pid, ...workers] = processesWith(cwd);
    for (const worker of workers) Deno.kill(worker, "SIGKILL");
    await until(async () => (await service.status()).size === 0);
    const [startMs, startS] = [performance.now(), cpuS(pid!)];
    await new Promise((resolve) => setTimeout(resolve, watchedMs));
    const cpuRatio = (cpuS(pid!) - startS) / ((performance.now() - startMs) / 1_000);
    const { status, body } = await service.ask("GET", "/readyz");
    service.started.kill("SIGKILL");
    const facts = (await service.started.ended).stderr.split("\n")
      .flatMap((line) => line.startsWith("{") ? JSON.parse(line) : []);
    seen = {
      // The first of them was well.
      spawns: facts.filter(({ type, state }) => type === "worker" && state === "spawning").length -
        1,
      cpuRatio,
      ready: `${status} ${body.code}`,
      alerts: facts.flatMap(({ type, code }) => type === "alert" ? code : []),
    };
  });
  return seen!;
}

/** Time from the second signal to the end of the service, with a job that would go on, ms. */
async function hardStop(): Promise<number> {
  let tookMs = NaN;
  await inFolder({}, async (cwd) => {
    await using service = await serve(cwd);
    const command = ["sh", "-c", `echo >> ${cwd}/runs; trap '' TERM; sleep 600`];
    await service.submit({ command });
    await until(async () => (await service.status()).running === 1);
    service.started.kill("SIGTERM");
    await service.started.line(/letting running jobs end/);
    const startMs = performance.now();
    service.started.kill("SIGTERM");
    await service.started.ended;
    tookMs = performance.now() - startMs;
    await until(() => processesWith(cwd).length === 0);
  });
  return tookMs;
}

/** Times until a pool of one whose idle worker is killed again and again is back at size, ms. */
async function comeBack(kills: number): Promise<readonly number[]> {
  await using runtime = await live(fixedAt(1));
  const isBack = (victim?: number) => () => {
    const [pid] = runtime.workerPids;
    return pid !== undefined && pid !== victim && lives(pid) && runtime.status().size === 1;
  };
  await until(isBack());
  const times: number[] = [];
  for (let kill = 0; kill < kills; kill++) {
    const victim = runtime.workerPids[0]!;
    const startMs = performance.now();
    Deno.kill(victim, "SIGKILL");
    await until(isBack(victim));
    times.push(performance.now() - startMs);
  }
  return times;
}

/** How often a start of a worker takes the time of an empty program, in turns. */
async function starts(runs: number) {
  await using folder = await tempFolder();
  const empty = `${folder.path}/empty.ts`;
  await Deno.writeTextFile(empty, "");
  await using runtime = await live(fixedAt(1));
  await until(() => runtime.status().size === 1);
  const pool = runtime.pool();
  const stop = new AbortController();
  const facts = runtime.facts({ signal: stop.signal });
  const mine: number[] = [];
  const measured = await medianRatio({
    runs,
    ours: async () => {
      const startMs = performance.now();
      pool.pin(2);
      for (let isReady = false; !isReady;) {
        const { value } = await facts.next();
        isReady = "fact" in value && value.fact.type === "worker" && value.fact.state === "ready";
      }
      mine.push(performance.now() - startMs);
      pool.pin(1);
      await until(() => runtime.workerPids.length === 1);
      return mine.at(-1)!;
    },
    theirs: async () => {
      const startMs = performance.now();
      await new Deno.Command(Deno.execPath(), {
        args: ["run", "--quiet", "--no-config", "--no-lock", empty],
        stdout: "null",
        stderr: "null",
      }).output();
      return performance.now() - startMs;
    },
  });
  stop.abort();
  return { ratio: measured.ratio, medianMs: median(mine) };
}

/** Rows of supervision. */
export function supervisionRows(quick: boolean): readonly Row[] {
  const watchedS = quick ? 10 : 60;
  const loop = once(() => crashLoop(watchedS * 1_000));
  const about = `workers can't be started (program gone), ${watchedS} s`;
  return [
    {
      line: `${about}: starts tried`,
      run: async () => {
        const { spawns, alerts } = await loop();
        return atMost(spawns, 12, "starts", `alerts ${[...new Set(alerts)].join(", ")}`);
      },
    },
    {
      line: `${about}: CPU of the service`,
      run: async () => atMost((await loop()).cpuRatio * 100, 5, "%", "of one core"),
    },
    {
      line: `${about}: /readyz says 503 no_workers`,
      run: async () => {
        const { ready } = await loop();
        return exactly(ready === "503 no_workers" ? 1 : 0, 1, "answers", ready);
      },
    },
    {
      line: "second signal with a running command: to the end of the service",
      run: async () => {
        const times: number[] = [];
        for (let i = 0; i < (quick ? 3 : 20); i++) times.push(await hardStop());
        if (quick) return atMost(Math.max(...times), 1_000, "ms", `worst of ${times.length}`);
        return atMost(
          p95(times),
          1_000,
          "ms",
          `p95 of 20, worst ${Math.round(Math.max(...times))}`,
        );
      },
    },
    {
      line: "an idle worker, alone in its pool, is killed 20 times: each is back after",
      run: async () => {
        const kills = quick ? 8 : 20;
        const times = await comeBack(kills);
        return atMost(Math.max(...times), 1_000, "ms", `worst of ${kills} in a row`);
      },
    },
    {
      line: "start of a worker, spawn to ready, against `deno run` of an empty program, in turns",
      run: async () => {
        const runs = quick ? 9 : 41;
        const { ratio, medianMs } = await starts(runs);
        return atMost(
          ratio,
          1.75,
          "x",
          `median of ${runs}; a start took ${medianMs.toFixed(1)} ms`,
        );
      },
    },
  ];
}
