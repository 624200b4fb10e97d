/**
 * Jobs and workers that do not end by themselves, and those that are let alone.
 *
 * @module
 */
import type { Outcome } from "../../../messages/outcome.ts";
import { inFolder } from "../../command_line.ts";
import { ending, fixedAt, type Live, live, lives, processesWith } from "../../live.ts";
import { serve, type Service } from "../../serving.ts";
import { until } from "../../until.ts";
import { atMost, exactly, type Row } from "../row.ts";

/** Time a job has between being asked to end and being ended, ms. */
const graceMs = 5_000;

const ready = (runtime: Live, workers: number) =>
  until(() => runtime.status().size === workers && runtime.workerPids.every(lives));

/** Stops a worker and returns the time until another one has taken its place. */
async function replaceStopped(): Promise<number> {
  await using runtime = await live(fixedAt(1));
  await ready(runtime, 1);
  const victim = await runtime.run("toy", { do: "pid" }) as number;
  const nap = runtime.run("toy", { do: "nap", ms: 200, value: "whole" });
  await until(() => runtime.status().running === 1);
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 150));
  const startMs = performance.now();
  Deno.kill(victim, "SIGSTOP");
  await until(() => {
    const [pid] = runtime.workerPids;
    return pid !== undefined && pid !== victim && lives(pid) && runtime.status().size === 1;
  });
  const tookMs = performance.now() - startMs;
  if (await nap !== "whole") throw new Error("its job did not end");
  return tookMs;
}

/** An endless task of 1 s beside a long one that has to survive four of them. */
async function endEndless(times: number): Promise<readonly [worstMs: number, Outcome | string]> {
  await using runtime = await live(fixedAt(1));
  await ready(runtime, 1);
  await runtime.run("toy", { do: "nap", ms: 1 });
  const napMs = 1_000;
  const neighbour = runtime.map("toy", [{ do: "nap", ms: napMs, value: "whole" }], {
    settle: true,
  });
  const first = neighbour.next();
  await until(() => runtime.status().running === 1);
  let worstMs = 0;
  for (let i = 0; i < times; i++) {
    const naps = [1, 2, 3].map(() => runtime.run("toy", { do: "nap", ms: napMs }));
    await until(() => runtime.status().running >= 3);
    const startMs = performance.now();
    const { code } = await ending(runtime, { do: "hang" }, { timeoutMs: 1_000 });
    worstMs = Math.max(worstMs, performance.now() - startMs);
    if (code !== "run_timeout") throw new Error(`it ended as ${code}`);
    await Promise.all(naps);
  }
  const outcome = (await first).value as Outcome;
  const { dead = 0 } = runtime.status().ended;
  return [worstMs, dead === 0 ? outcome : `${dead} neighbours were called poison`];
}

/** Lets a task compute, with nothing heard of its worker, and returns the workers it had. */
async function compute(ms: number): Promise<number> {
  await using runtime = await live(fixedAt(1));
  await ready(runtime, 1);
  await runtime.run("toy", { do: "echo" });
  const before = runtime.workerPids[0];
  const value = await runtime.run("toy", { do: "spin", ms, value: "whole" });
  return value === "whole" && runtime.workerPids[0] === before ? 1 : 2;
}

const workersOf = (cwd: string) =>
  processesWith(cwd).filter((pid) => {
    try {
      const line = Deno.readTextFileSync(`/proc/${pid}/cmdline`);
      // What holds a worker carries its words too.
      return line.startsWith(Deno.execPath()) && line.includes("worker/main.bundle.js");
    } catch {
      return false;
    }
  });

/** Freezes a service with work in it and returns how many of its workers were gone afterwards. */
async function freeze(ms: number): Promise<readonly [gone: number, detail: string]> {
  let answer: readonly [number, string] = [NaN, ""];
  await inFolder({}, async (cwd) => {
    await using service = await serve(cwd, "--set", "pools.default.workers.min=3");
    await until(() => workersOf(cwd).length >= 3);
    const jobs = await submit(service, ms);
    await until(async () => (await service.status()).running >= 4);
    const pid = processesWith(cwd).find((pid) =>
      Deno.readTextFileSync(`/proc/${pid}/cmdline`).includes("\0serve\0")
    )!;
    Deno.kill(pid, "SIGSTOP");
    await new Promise((resolve) => setTimeout(resolve, ms));
    Deno.kill(pid, "SIGCONT");
    await until(service.idle);
    const views = await Promise.all(jobs.map((id) => service.job(id)));
    const wrong = views.filter(({ state, attempt }) => state !== "done" || attempt !== 1);
    service.started.kill("SIGTERM");
    const { stderr } = await service.started.ended;
    const ended = killed(stderr);
    const detail = `${jobs.length - wrong.length} jobs done in their first attempt`;
    answer = [ended.length + wrong.length, [detail, ...ended].join(", ")];
  });
  return answer;
}

/** Why workers were killed or died, as the service's log tells. */
function killed(log: string): string[] {
  return log.split("\n").filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as Record<string, string>)
    .filter(({ type, state }) => type === "worker" && state === "gone")
    .map(({ because }) => because!)
    .filter((because) => /was |held|did not|missed|ended by|exited with [^0]/.test(because));
}

/** Two that end while nobody hears it, within their time, and two that go on after it. */
async function submit(service: Service, ms: number): Promise<string[]> {
  const nap = (napMs: number) => ({
    task: "sleep",
    input: { ms: napMs },
    timeoutMs: Math.round(ms * 0.8),
  });
  const command = (napMs: number) => ({ command: ["sleep", String(napMs / 1_000)] });
  const specs = [nap(ms * 0.5), command(ms * 0.5), command(ms * 1.2), command(ms * 1.2)];
  return (await service.submit({ jobs: specs })).map(({ id }) => id);
}

/** Cancels commands that run, each with a child, and returns the time until all of them are gone. */
async function cancelAll(commands: number): Promise<number> {
  const mark = `CANCEL_MARK=${crypto.randomUUID()}`;
  await using runtime = await live(fixedAt(8));
  await ready(runtime, 8);
  const stop = new AbortController();
  const line = "sleep 600 & sleep 600";
  const [name, value] = mark.split("=") as [string, string];
  const outcomes = Array.from(
    { length: commands },
    () => runtime.command(["sh", "-c", line], { env: { [name]: value }, signal: stop.signal }),
  );
  await until(() => processesWith(mark).length >= commands * 3);
  const startMs = performance.now();
  stop.abort("enough");
  await until(() => processesWith(mark).length === 0);
  const tookMs = performance.now() - startMs;
  const ended = await Promise.all(outcomes);
  const other = ended.filter(({ type }) => type !== "cancelled").length;
  if (other > 0) throw new Error(`${other} did not end as cancelled`);
  return tookMs;
}

/** Rows of this part. */
export function endingRows(quick: boolean): readonly Row[] {
  const stops = quick ? 1 : 5;
  const hangs = quick ? 1 : 4;
  const spinMs = quick ? 6_500 : 30_000;
  const frozenMs = quick ? 6_000 : 10_000;
  return [
    {
      line: "a SIGSTOPped worker is replaced",
      run: async () => {
        const times: number[] = [];
        for (let i = 0; i < stops; i++) times.push(await replaceStopped());
        return atMost(Math.max(...times), 6_000, "ms", `worst of ${stops} tries`);
      },
    },
    {
      line: "a task looping for ever with 1 s ends at its timeout + grace, its neighbours are done",
      run: async () => {
        const [worstMs, neighbour] = await endEndless(hangs);
        if (typeof neighbour === "string") throw new Error(neighbour);
        if (neighbour.type !== "done") throw new Error(`a neighbour ended ${neighbour.code}`);
        const detail = `worst of ${hangs} in a row, no neighbour was called poison`;
        return atMost(worstMs, 1_000 + graceMs + 1_000, "ms", detail);
      },
    },
    {
      line: "a CPU task of 30 s is left alone: workers it had",
      run: async () => exactly(await compute(spinMs), 1, "workers", `${spinMs / 1_000} s`),
    },
    {
      line: "100 running commands with a child each are cancelled: all processes are gone after",
      run: async () => {
        const commands = quick ? 20 : 100;
        return atMost(await cancelAll(commands), 2_000, "ms", `${commands} commands`);
      },
    },
    {
      line: "a service frozen 10 s kills no worker and no job: killed",
      run: async () => {
        const [gone, detail] = await freeze(frozenMs);
        return exactly(gone, 0, "killed", `${frozenMs / 1_000} s, ${detail}`);
      },
    },
  ];
}
