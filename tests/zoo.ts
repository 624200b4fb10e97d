/**
 * Programs that try to outlive their end, and every way of ending them.
 *
 * @module
 */
import type { Level } from "../actors/host/containment.ts";
import { createRuntime, type Runtime } from "../mod.ts";
import { fixedAt, lives, processesWith, tempFolder } from "./live.ts";
import { until } from "./until.ts";

/** Shell text that leaves processes behind, by what it does. */
export const animals = (bomb: number): Readonly<Record<string, string>> => ({
  background: "sleep 600 &",
  nohup: "nohup sleep 600 > /dev/null 2>&1 &",
  setsid: "setsid sleep 600 > /dev/null 2>&1 &",
  "double fork": "(setsid sh -c 'sleep 600 & sleep 600 &' > /dev/null 2>&1 &)",
  "ignores TERM": "trap '' TERM HUP INT; setsid sleep 600 > /dev/null 2>&1 &",
  "fork bomb": `i=0; while [ $i -lt ${bomb} ]; do i=$((i + 2)); ` +
    "sleep 600 & setsid sleep 600 > /dev/null 2>&1 & done",
});

/** How a command or what holds it comes to its end. */
export const endings = [
  "success",
  "failure",
  "cancel",
  "timeout",
  "worker death",
  "service kill -9",
] as const;

/** One of {@link endings}. */
export type ZooEnding = typeof endings[number];

/** What was left 2 s after all had ended. */
export interface Visit {
  readonly survivors: number;
  readonly zombies: number;
  /** Processes that there were before the end. */
  readonly seen: number;
  /** Until the last of them was gone; Infinity when not within 2 s. */
  readonly goneMs: number;
}

/** Time within which nothing may be left, ms. */
const goneWithinMs = 2_000;

const ends: Readonly<Record<ZooEnding, string>> = {
  success: "exit 0",
  failure: "exit 3",
  cancel: "wait; sleep 600",
  timeout: "wait; sleep 600",
  "worker death": "wait; sleep 600",
  "service kill -9": "wait; sleep 600",
};

/** Runs all animals at once at `level`, ends them, and looks at what is left. */
export async function visit(level: Level, ending: ZooEnding, bomb: number): Promise<Visit> {
  await using folder = await tempFolder();
  const { path } = folder;
  const scripts = Object.entries(animals(bomb)).map(([name, text]) =>
    `${text}\n: > '${path}/${name}'; while [ ! -e '${path}/go' ]; do sleep 0.01; done; ${
      ends[ending]
    }`
  );
  const ready = () => Object.keys(animals(bomb)).every((name) => exists(`${path}/${name}`));
  const mark = `ZOO=${path}`;
  if (ending === "service kill -9") return await killed(level, scripts, path, ready, mark);
  await using runtime = await createRuntime({ config: { ...fixedAt(1), containment: { level } } });
  const stop = new AbortController();
  const outcomes = scripts.map((script) =>
    runtime.command(["sh", "-c", script], {
      env: { ZOO: path },
      onLoss: "fail",
      signal: stop.signal,
      ...(ending === "timeout" && { timeoutMs: 2_500 }),
    })
  );
  await until(ready);
  const seen = processesWith(mark).length;
  await Deno.writeTextFile(`${path}/go`, "");
  if (ending === "cancel") stop.abort("enough");
  if (ending === "worker death") Deno.kill(runtime.workerPids[0]!, "SIGKILL");
  await Promise.all(outcomes);
  return { seen, ...await left(mark) };
}

/** The same in a service of its own, which is killed. */
async function killed(
  level: Level,
  scripts: readonly string[],
  path: string,
  ready: () => boolean,
  mark: string,
): Promise<Visit> {
  const keeper = new URL("./zoo_keeper.ts", import.meta.url).pathname;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "--no-check", keeper, String(level), path, ...scripts],
    stdin: "null",
  }).spawn();
  await until(ready);
  const seen = processesWith(mark).length;
  await Deno.writeTextFile(`${path}/go`, "");
  child.kill("SIGKILL");
  await child.status;
  return { seen, ...await left(mark) };
}

/** Waits 2 s at most until nothing carries `mark`. */
async function left(mark: string): Promise<Omit<Visit, "seen">> {
  const startMs = performance.now();
  const tookMs = () => performance.now() - startMs;
  while (processesWith(mark).length + zombies().size > 0 && tookMs() < goneWithinMs) {
    await pause(20);
  }
  const goneMs = tookMs();
  const survivors = processesWith(mark).length;
  const result = {
    survivors,
    zombies: await unburied(),
    goneMs: survivors > 0 ? Infinity : goneMs,
  };
  for (const pid of processesWith(mark)) Deno.kill(pid, "SIGKILL");
  return result;
}

/** How many stay zombies: those of others, who run beside us, come and go. */
async function unburied(): Promise<number> {
  let lasting = zombies();
  for (let looks = 0; lasting.size > 0 && looks < 10; looks++) {
    await pause(30);
    lasting = lasting.intersection(zombies());
  }
  return lasting.size;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Ended processes that descend from this one and that nobody has waited for. */
export function zombies(): ReadonlySet<number> {
  const parents = new Map<number, number>();
  const ended: number[] = [];
  for (const { name } of Deno.readDirSync("/proc")) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    try {
      const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
      parents.set(pid, Number(stat.split(") ").at(-1)!.split(" ")[1]));
      if (!lives(pid)) ended.push(pid);
    } catch { /* it has just gone */ }
  }
  const ours = (pid: number): boolean => {
    const parent = parents.get(pid);
    return parent !== undefined && (parent === Deno.pid || ours(parent));
  };
  return new Set(ended.filter(ours));
}

/** Runs the animals until it is killed. */
export async function keep(runtime: Runtime, scripts: readonly string[], path: string) {
  const env = { ZOO: path };
  await Promise.all(scripts.map((script) => runtime.command(["sh", "-c", script], { env })));
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}
