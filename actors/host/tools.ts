/**
 * The programs that hold processes to limits that are no control group's: one takes words before a
 * program to start, another changes what runs already.
 *
 * @module
 */
import type { Limits } from "../../messages/limits.ts";
import type { ReadText } from "./read_text.ts";

/** Nicer than this there is nothing. */
const niceMax = 19;

/** One limit and who holds a process to it. A value is the text that the programs take. */
interface Tool {
  readonly program: string;
  /** How a value is written for a program that is started. */
  readonly text: (value: never) => string;
  /** Words before a program that start it so. */
  readonly start: (text: string) => readonly string[];
  /** Words that change processes, or all threads of one, that run already. */
  readonly hold: (text: string, ids: readonly string[]) => readonly string[];
}

const ioClasses: Readonly<Record<string, string>> = { bestEffort: "2", idle: "3" };

const tools = {
  openFiles: {
    program: "prlimit",
    text: (count: number) => `${count}:${count}`,
    start: (text) => [`--nofile=${text}`, "--"],
    hold: (text, [pid]) => ["prlimit", "--pid", pid!, `--nofile=${text}`],
  },
  nice: {
    program: "nice",
    text: (nice: number) => String(nice),
    start: (text) => ["-n", text],
    hold: (text, ids) => ["renice", "-n", text, "-p", ...ids],
  },
  ioClass: {
    program: "ionice",
    text: (name: string) => ioClasses[name]!,
    start: (text) => ["-c", text],
    hold: (text, ids) => ["ionice", "-c", text, "-p", ...ids],
  },
  affinity: {
    program: "taskset",
    text: (cores: readonly number[]) => cores.join(","),
    start: (text) => ["-c", text],
    hold: (text, [pid]) => ["taskset", "-a", "-c", "-p", text, pid!],
  },
} as const satisfies Record<string, Tool>;

type ToolName = keyof typeof tools;

const toolNames = Object.keys(tools) as ToolName[];

/** Threads of a process have priorities of their own; these tools take many of them at once. */
const perThread: ReadonlySet<ToolName> = new Set(["nice", "ioClass"]);

/** The tools of this machine. */
export class Tools {
  /** Limits that nobody here can hold a process to, and why. */
  readonly missing: Readonly<Partial<Record<ToolName, string>>> = missingTools();
  readonly #read: ReadText;

  /** What is usual here is read through `read`. */
  constructor(read: ReadText) {
    this.#read = read;
  }

  /** Words before a program that start it with these limits. */
  words(limits: Limits): readonly string[] {
    return toolNames.flatMap((name) => {
      const { program, start } = tools[name];
      const text = textOf(name, limits);
      return text === null ? [] : [program, ...start(text)];
    });
  }

  /**
   * Holds running processes to `limits`; what they were held to `before` and are no more is as it is
   * for us. Rejects with why it can't. What is gone meanwhile needs no limit.
   */
  async hold(pids: readonly number[], limits: Limits, before: Limits = {}): Promise<void> {
    for (const name of toolNames) {
      if (limits[name] === undefined && before[name] === undefined) continue;
      const text = this.#running(name, limits);
      if (text === null) continue;
      for (const pid of pids) {
        const ids = perThread.has(name) ? threads(pid) : [String(pid)];
        if (ids.length === 0) continue;
        const because = await run(tools[name].hold(text, ids));
        // A thread that has just ended makes the tool complain about it alone.
        if (because !== null && threads(pid).length > 0 && /permitted|invalid/i.test(because)) {
          throw new Error(because);
        }
      }
    }
  }

  /** What a process is set to that runs already; null where nobody knows what is usual. */
  #running(name: ToolName, limits: Limits): string | null {
    // `nice` adds to the niceness of who starts a program, `renice` sets it.
    if (name === "nice") return String(Math.min(niceMax, this.#ownNice() + (limits.nice ?? 0)));
    return textOf(name, limits) ?? this.#usual(name);
  }

  #usual(name: ToolName): string | null {
    if (name === "ioClass") return ioClasses["bestEffort"]!;
    if (name === "affinity") return ownCores(this.#read).join(",");
    const [, soft, hard] = this.#read("/proc/self/limits")
      ?.match(/^Max open files +(\d+|unlimited) +(\d+|unlimited) /m) ?? [];
    return soft === undefined ? null : `${soft}:${hard}`;
  }

  #ownNice(): number {
    const stat = this.#read("/proc/self/stat");
    const nice = Number(stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[16]);
    return Number.isInteger(nice) ? nice : 0;
  }
}

const textOf = (name: ToolName, limits: Limits): string | null =>
  limits[name] === undefined ? null : tools[name].text(limits[name] as never);

/** Cores as the kernel lists them: `0-3,8`. */
export function ownCores(read: ReadText): readonly number[] {
  const list = read("/proc/self/status")?.match(/^Cpus_allowed_list:\s+([\d,-]{1,4096})$/m)?.[1];
  if (list === undefined) return Array.from({ length: navigator.hardwareConcurrency }, (_, i) => i);
  return list.split(",").flatMap((range) => {
    const [from = 0, to = from] = range.split("-").map(Number);
    return Array.from({ length: to - from + 1 }, (_, i) => from + i);
  });
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
