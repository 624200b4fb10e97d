/**
 * Process trees as Linux shows them in /proc, and the tools that hold them to limits.
 *
 * @module
 */
import type { Limits } from "../../messages/limits.ts";
import type { ProcessRow, Trees } from "../ports.ts";
import type { JobGroups } from "./job_groups.ts";
import { type ReadText, readText } from "./read_text.ts";

/** Size of a page, and length of a tick of the clock that CPU time is counted in. */
const pageBytes = 4096;
const tickMs = 10;

/** Who holds a process to a limit that is no group's: words to start it with, words for running ones. */
const tools = {
  openFiles: {
    program: "prlimit",
    start: (count: number) => [`--nofile=${count}:${count}`, "--"],
    hold: (count: number, [pid]: readonly string[]) => [
      "prlimit",
      "--pid",
      pid!,
      `--nofile=${count}:${count}`,
    ],
  },
  nice: {
    program: "nice",
    start: (nice: number) => ["-n", String(nice)],
    hold: (nice: number, ids: readonly string[]) => ["renice", "-n", String(nice), "-p", ...ids],
  },
  ioClass: {
    program: "ionice",
    start: (name: string) => ["-c", ioClasses[name]!],
    hold: (
      name: string,
      ids: readonly string[],
    ) => ["ionice", "-c", ioClasses[name]!, "-p", ...ids],
  },
  affinity: {
    program: "taskset",
    start: (cores: readonly number[]) => ["-c", cores.join(",")],
    hold: (cores: readonly number[], [pid]: readonly string[]) => [
      "taskset",
      "-a",
      "-c",
      "-p",
      cores.join(","),
      pid!,
    ],
  },
} as const;

const ioClasses: Readonly<Record<string, string>> = { bestEffort: "2", idle: "3" };

/** Threads of a process have priorities of their own; these tools take many of them at once. */
const perThread: ReadonlySet<string> = new Set(["nice", "ioClass"]);

type ToolName = keyof typeof tools;

const toolNames = Object.keys(tools) as ToolName[];

/** The process trees of this machine; `groups` makes control groups where that is possible. */
export function trees(groups: JobGroups | null, read: ReadText = readText): Trees {
  const row = (pid: number) => rowOf(pid, read(`/proc/${pid}/stat`));
  return {
    list() {
      const fromMs = performance.now();
      const rows = pids().flatMap((pid) => row(pid) ?? []);
      return { rows, tookMs: performance.now() - fromMs };
    },
    row,
    innerPid(pid) {
      const chain = read(`/proc/${pid}/status`)?.match(/^NSpid:((?:\s+\d{1,10})+)$/m)?.[1];
      return chain === undefined ? null : Number(chain.trim().split(/\s+/).at(-1));
    },
    shareBytes: (pid) => kib(read(`/proc/${pid}/smaps_rollup`), "Pss"),
    peakBytes: (pid) => kib(read(`/proc/${pid}/status`), "VmHWM"),
    resetPeak(pid) {
      try {
        Deno.writeTextFileSync(`/proc/${pid}/clear_refs`, "5", { create: false });
        return true;
      } catch {
        return false; // gone, or not ours
      }
    },
    ioBytes(pid) {
      const [, got, put] =
        read(`/proc/${pid}/io`)?.match(/^read_bytes: (\d{1,18})\nwrite_bytes: (\d{1,18})$/m) ?? [];
      return got && put ? Number(got) + Number(put) : null;
    },
    kill(all) {
      for (const pid of all) {
        try {
          Deno.kill(pid, "SIGKILL");
        } catch { /* it has just gone */ }
      }
    },
    unable: { ...missingTools(), ...(groups ? groups.unable : { cpuCores: noGroups }) },
    cores: ownCores(read),
    words: (limits) =>
      toolNames.flatMap((name) => {
        const value = limits[name];
        return value === undefined
          ? []
          : [tools[name].program, ...tools[name].start(value as never)];
      }),
    hold,
    group: (limits) => groups?.make(limits) ?? null,
  };
}

const noGroups = "no control group can be made here";

/** Cores as the kernel lists them: `0-3,8`. */
function ownCores(read: ReadText): readonly number[] {
  const list = read("/proc/self/status")?.match(/^Cpus_allowed_list:\s+([\d,-]{1,4096})$/m)?.[1];
  if (list === undefined) return Array.from({ length: navigator.hardwareConcurrency }, (_, i) => i);
  return list.split(",").flatMap((range) => {
    const [from = 0, to = from] = range.split("-").map(Number);
    return Array.from({ length: to - from + 1 }, (_, i) => from + i);
  });
}

function pids(): number[] {
  try {
    return [...Deno.readDirSync("/proc")].flatMap(({ name }) =>
      /^\d+$/.test(name) ? Number(name) : []
    );
  } catch {
    return [];
  }
}

function rowOf(pid: number, stat: string | null): ProcessRow | null {
  // The fields stand after the name, which may hold anything.
  const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
  if (!fields || fields.length < 22 || /[ZX]/.test(fields[0]!)) return null;
  const at = (index: number) => Number(fields[index]);
  return {
    pid,
    parent: at(1),
    session: at(3),
    startedTicks: at(19),
    cpuMs: (at(11) + at(12)) * tickMs,
    childMs: (at(13) + at(14)) * tickMs,
    residentBytes: at(21) * pageBytes,
  };
}

function kib(text: string | null, name: string): number | null {
  const count = text?.match(new RegExp(`^${name}:\\s+(\\d{1,15}) kB$`, "m"))?.[1];
  return count === undefined ? null : Number(count) * 1024;
}

/** Runs the tools for every process, one after another: what is gone meanwhile needs no limit. */
async function hold(pids: readonly number[], limits: Limits): Promise<void> {
  for (const name of toolNames) {
    const value = limits[name];
    if (value === undefined) continue;
    for (const pid of pids) {
      const ids = perThread.has(name) ? threads(pid) : [String(pid)];
      if (ids.length === 0) continue;
      const because = await run(tools[name].hold(value as never, ids));
      // A thread that has just ended makes the tool complain about it alone.
      if (because !== null && threads(pid).length > 0 && /permitted|invalid/i.test(because)) {
        throw new Error(because);
      }
    }
  }
}

/** Runs a tool; returns what it complained about. */
async function run([program, ...args]: readonly string[]): Promise<string | null> {
  const { success, stderr } = await new Deno.Command(program!, { args, stdout: "null" }).output();
  return success ? null : new TextDecoder().decode(stderr).trim().slice(0, 200);
}

function threads(pid: number): string[] {
  try {
    return [...Deno.readDirSync(`/proc/${pid}/task`)].map(({ name }) => name);
  } catch {
    return [];
  }
}

function missingTools(): Partial<Record<ToolName, string>> {
  const folders = (Deno.env.get("PATH") ?? "/usr/bin:/bin").split(":");
  const has = (program: string) =>
    folders.some((folder) => {
      try {
        return Deno.statSync(`${folder}/${program}`).isFile;
      } catch {
        return false;
      }
    });
  const missing = toolNames.filter((name) => !has(tools[name].program));
  return Object.fromEntries(
    missing.map((name) => [name, `there is no program ${tools[name].program}`]),
  );
}
