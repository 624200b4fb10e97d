/**
 * Commands that write without end, or do not read.
 *
 * @module
 */
import { inFolder } from "../../command_line.ts";
import { processesWith } from "../../live.ts";
import { serve, type Service } from "../../serving.ts";
import { until } from "../../until.ts";
import { once } from "../main_job/once.ts";
import { atMost, exactly, type Row } from "../row.ts";
import { p95 } from "../sample.ts";

const root = new URL("../../../", import.meta.url);

/** What a flood did to others. */
interface Flood {
  /** Growth of the service's resident memory, MB, at its worst. */
  readonly grewMb: number;
  readonly calmMs: number;
  readonly floodedMs: number;
  readonly keptBytes: number;
}

const residentMb = (pid: number) =>
  Number(/VmRSS:\s+(\d+)/.exec(Deno.readTextFileSync(`/proc/${pid}/status`))![1]) / 1024;

const serviceOf = (cwd: string) =>
  processesWith(cwd).find((pid) =>
    Deno.readTextFileSync(`/proc/${pid}/cmdline`).includes("\0serve\0")
  )!;

/** Times of small jobs, one after another for `ms`. */
async function others(service: Service, ms: number, each: () => void): Promise<number[]> {
  const times: number[] = [];
  for (const end = performance.now() + ms; performance.now() < end;) {
    const startMs = performance.now();
    await service.ask("POST", "/api/v1/jobs?wait=30s", { task: "hello" });
    times.push(performance.now() - startMs);
    each();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return times;
}

async function flood(ms: number): Promise<Flood> {
  let seen!: Flood;
  await inFolder({}, async (cwd) => {
    await using service = await serve(cwd);
    const pid = serviceOf(cwd);
    await others(service, 1_000, () => {});
    const calm = await others(service, ms, () => {});
    const before = residentMb(pid);
    const [job] = await service.submit({ command: ["timeout", String(ms / 1_000), "yes"] });
    await until(async () => (await service.job(job!.id)).state === "running");
    let most = 0;
    const flooded = await others(service, ms * 0.8, () => most = Math.max(most, residentMb(pid)));
    await until(service.idle);
    const { outcome } = await service.job(job!.id);
    seen = {
      grewMb: most - before,
      calmMs: p95(calm),
      floodedMs: p95(flooded),
      keptBytes: outcome!.stdout!.length,
    };
  });
  return seen;
}

/** A command that gets much and reads nothing; the service's memory with it and without. */
async function unread(): Promise<readonly [code: string, grewMb: number, tookMs: number]> {
  let seen: readonly [string, number, number] = ["", NaN, NaN];
  await inFolder({}, async (cwd) => {
    await using service = await serve(cwd);
    const pid = serviceOf(cwd);
    const spec = { command: ["sleep", "600"], stdin: "x".repeat(900_000) };
    const before = residentMb(pid);
    const startMs = performance.now();
    const [job] = await service.submit(spec);
    let most = 0;
    await until(async () => {
      most = Math.max(most, residentMb(pid));
      return (await service.job(job!.id)).state === "failed";
    });
    const tookMs = performance.now() - startMs;
    seen = [(await service.job(job!.id)).outcome!.code!, most - before, tookMs];
  });
  return seen;
}

/** The same with 10 MB, as a worker feeds it: what it costs beyond the input itself. */
async function unreadInWorker(): Promise<number> {
  const program = `
    import { feed } from ${JSON.stringify(new URL("worker/feed.ts", root).href)};
    const stdin = "x".repeat(5_000_000) + "y".repeat(5_000_000);
    stdin.at(7_000_000); // Flattens it.
    const resident = () =>
      Number(/VmRSS:\\s+(\\d+)/.exec(Deno.readTextFileSync("/proc/self/status"))[1]);
    const give = async (argv, text) => {
      const options = { args: argv.slice(1), stdin: "piped", stdout: "null" };
      const child = new Deno.Command(argv[0], options).spawn();
      const taken = await feed(child.stdin, text, 5_000);
      if (!taken) child.kill("SIGKILL");
      await child.status;
      return taken;
    };
    await give(["cat"], stdin.slice(0, 1_000_000));
    const before = resident();
    let most = 0;
    const watch = setInterval(() => most = Math.max(most, resident()), 50);
    if (await give(["sleep", "600"], stdin)) throw new Error("it was taken");
    clearInterval(watch);
    console.log((most - before) / 1024);`;
  const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", program],
  }).output();
  const text = new TextDecoder();
  if (!success) throw new Error(text.decode(stderr).slice(0, 500));
  return Number(text.decode(stdout));
}

/** Rows of this part. */
export function floodRows(quick: boolean): readonly Row[] {
  const measured = once(() => flood(quick ? 2_000 : 5_000));
  const starved = once(unread);
  return [
    {
      line: "yes for 5 s: the service grows by",
      run: async () => atMost((await measured()).grewMb, 32, "MB"),
    },
    {
      line: "yes for 5 s: p95 of other jobs against that without",
      run: async () => {
        const { calmMs, floodedMs } = await measured();
        const detail = `${calmMs.toFixed(1)} ms calm, ${floodedMs.toFixed(1)} ms flooded`;
        return atMost(floodedMs / calmMs, 2, "x", detail);
      },
    },
    {
      line: "yes for 5 s: bytes kept, head and tail",
      run: async () => exactly((await measured()).keptBytes, 131_072, "bytes"),
    },
    {
      line: "900 kB of input to sleep: ended as stdin_timeout after",
      run: async () => {
        const [code, , tookMs] = await starved();
        if (code !== "stdin_timeout") throw new Error(`it ended as ${code}`);
        return atMost(tookMs, 6_000, "ms");
      },
    },
    {
      line: "10 MB of input to sleep, given up after 5 s: the worker grows by",
      run: async () => atMost(await unreadInWorker(), 2, "MB", "beyond the input itself"),
    },
  ];
}
