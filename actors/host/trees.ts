/**
 * Process trees as Linux shows them in /proc, and what holds them to limits.
 *
 * @module
 */
import type { ProcessRow, Trees } from "../ports.ts";
import type { JobGroups } from "./job_groups.ts";
import { childrenOfThreads } from "./family.ts";
import { type KernelFiles, kernelFiles } from "./kernel_files.ts";
import { ownCores, Tools } from "./tools.ts";
import { weightless } from "./weightless.ts";

/** Size of a page, and length of a tick of the clock that CPU time is counted in. */
const pageBytes = 4096;
const tickMs = 10;
/** Processes of one tree that are looked at. */
const familyMax = 1_024;

/** The process trees of this machine; `groups` makes control groups where that is possible. */
export function trees(groups: JobGroups | null, files: KernelFiles = kernelFiles()): Trees {
  const { read } = files;
  const row = (pid: number) => rowOf(pid, read(`/proc/${pid}/stat`));
  const tools = new Tools(read);
  return {
    list() {
      const fromMs = performance.now();
      const rows = pids().flatMap((pid) => row(pid) ?? []);
      return { rows, tookMs: performance.now() - fromMs };
    },
    row,
    self: Deno.pid,
    below(pid) {
      const pids = new Set([pid]);
      const rows: ProcessRow[] = [];
      for (const each of pids) {
        const found = row(each);
        if (!found) continue;
        if (rows.push(found) === familyMax) break;
        for (const child of childrenOfThreads(each, files)) pids.add(child);
      }
      return rows;
    },
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
    freeze(all, frozen) {
      for (const pid of all) {
        try {
          Deno.kill(pid, frozen ? "SIGSTOP" : "SIGCONT");
        } catch { /* it has just gone */ }
      }
    },
    unable: row(Deno.pid) === null ? { ...tools.missing, cpuCores: unseen } : tools.missing,
    coarse: groups ? groups.coarse : noGroups,
    get weightless() {
      return groups ? groups.weightless ?? weightless(files) : noGroups;
    },
    cores: ownCores(read),
    words: (limits) => tools.words(limits),
    hold: (pids, limits, before) => tools.hold(pids, limits, before),
    group: (limits) => groups?.make(limits) ?? null,
  };
}

const noGroups = "no control group can be made here";
const unseen = "processes can't be seen here";

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
