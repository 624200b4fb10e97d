/**
 * Control groups for single jobs with limits, over version 1 and 2 of the kernel's files.
 *
 * @module
 */
import type { Limits } from "../../messages/limits.ts";
import type { JobGroup } from "../ports.ts";
import type { Cgroup, Cgroups } from "./cgroup.ts";

/** Period over which a share of CPU time is given out, µs. */
const periodUs = 100_000;
/** Processes that were killed take a moment to go; their group is tried again, ms and times. */
const againMs = 50;
const triesMax = 100;

/** Where the weight of a group is said, and what it is where nobody says it. */
const weights = ["io.weight", "io.bfq.weight", "blkio.bfq.weight"];
const usualWeight = 100;

/** Runtimes of one process share the owner's name. */
let made = 0;

/** Makes and takes away groups. */
export class JobGroups {
  /** Why groups hold nobody to a share of CPU time; null where they do. */
  readonly coarse: string | null;
  /** Why groups have no weights at disks; null where they do. */
  readonly weightless: string | null;
  readonly #cgroups: Cgroups;
  readonly #memory: boolean;
  readonly #leftovers = new Set<Cgroup>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Below the groups that this process may make. */
  constructor(cgroups: Cgroups) {
    this.#cgroups = cgroups;
    this.#memory = cgroups.controllers.has("memory");
    this.coarse = cgroups.controllers.has("cpu")
      ? null
      : "control groups have no cpu controller here";
    this.weightless = ["io", "blkio"].some((name) => cgroups.controllers.has(name))
      ? null
      : "control groups have no io controller here";
  }

  /** A group for the limits that a group can hold to; null where there are none. */
  make(limits: Limits): JobGroup | null {
    const able = {
      memory: this.#memory,
      cpu: this.coarse === null,
      io: this.weightless === null,
    };
    const held = within(limits, able);
    if (Object.keys(held).length === 0) return null;
    let group: Cgroup;
    try {
      group = this.#cgroups.create(`job${++made}`, ["memory", "cpu", "cpuacct", "io", "blkio"]);
    } catch {
      return null; // The watchdog holds what it can.
    }
    if (limit(group, held)) return new Group(group, able, held, () => this.#end(group));
    this.#end(group);
    return null;
  }

  /** Takes away what is left. Processes must be gone. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    for (let tries = 0; tries < triesMax && this.#leftovers.size > 0; tries++) {
      this.#clear();
      if (this.#leftovers.size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  #end(group: Cgroup): void {
    group.kill();
    if (group.remove()) return;
    this.#leftovers.add(group);
    this.#again(triesMax);
  }

  #again(tries: number): void {
    clearTimeout(this.#timer);
    if (tries === 0) return;
    this.#timer = setTimeout(() => {
      this.#clear();
      if (this.#leftovers.size > 0) this.#again(tries - 1);
    }, againMs);
  }

  #clear(): void {
    for (const group of this.#leftovers) if (group.remove()) this.#leftovers.delete(group);
  }
}

/** What groups can hold to here. */
interface Able {
  readonly memory: boolean;
  readonly cpu: boolean;
  readonly io: boolean;
}

/** Of some limits those that a group holds to. */
const within = ({ memoryBytes, cpuCores, ioRatio }: Limits, able: Able): Limits => ({
  ...(able.memory && memoryBytes !== undefined && { memoryBytes }),
  ...(able.cpu && cpuCores !== undefined && { cpuCores }),
  ...(able.io && ioRatio !== undefined && { ioRatio }),
});

/** One job's group. */
class Group implements JobGroup {
  readonly words: readonly string[];
  readonly #group: Cgroup;
  readonly #able: Able;
  #held: Limits;
  readonly #end: () => void;

  constructor(group: Cgroup, able: Able, held: Limits, end: () => void) {
    this.#group = group;
    this.#able = able;
    this.#held = held;
    this.#end = end;
    // 0 is whoever writes it, in every namespace of pids.
    const enter = 'n=$1; shift; while [ $n -gt 0 ]; do echo 0 > "$1/cgroup.procs" || exit 126; ' +
      'shift; n=$((n-1)); done; exec "$@"';
    const { folders } = group;
    this.words = ["/bin/sh", "-c", enter, "sh", String(folders.length), ...folders];
  }

  get holdsMemory(): boolean {
    return this.#held.memoryBytes !== undefined;
  }

  get holdsCpu(): boolean {
    return this.#held.cpuCores !== undefined;
  }

  add(pid: number): boolean {
    return this.#group.add(pid);
  }

  limit(limits: Limits): boolean {
    const held = within(limits, this.#able);
    if (!limit(this.#group, held)) return false;
    lift(this.#group, this.#held, held);
    this.#held = held;
    return true;
  }

  used() {
    const read = (file: string) => this.#group.read(file);
    const peak = count(read("memory.peak") ?? read("memory.max_usage_in_bytes"));
    const cpuUs = count(read("cpu.stat")?.match(/^usage_usec (\d+)$/m)?.[1] ?? null);
    const cpuNs = count(read("cpuacct.usage"));
    const kills = (read("memory.events") ?? read("memory.oom_control"))
      ?.match(/^oom_kill (\d+)$/m)?.[1];
    return {
      cpuSeconds: cpuNs !== null ? cpuNs / 1e9 : cpuUs !== null ? cpuUs / 1e6 : null,
      peakBytes: peak,
      ioBytes: ioBytes(read("io.stat"), read("blkio.throttle.io_service_bytes")),
      oomKills: Number(kills ?? 0),
    };
  }

  kill(): void {
    this.#group.kill();
  }

  end(): void {
    this.#end();
  }
}

/** Writes limits; false where the kernel does not take one. */
function limit(group: Cgroup, { memoryBytes, cpuCores, ioRatio }: Limits): boolean {
  let taken = true;
  if (memoryBytes !== undefined) {
    const text = String(memoryBytes);
    // Version 2: nothing goes to swap, and who is out of memory goes as a whole.
    group.write("memory.swap.max", "0");
    group.write("memory.oom.group", "1");
    // Version 1 has a limit with swap that can't be below the one without: it goes first or last.
    group.write("memory.memsw.limit_in_bytes", text);
    taken = group.write("memory.max", text) || group.write("memory.limit_in_bytes", text);
    group.write("memory.memsw.limit_in_bytes", text);
  }
  if (cpuCores !== undefined) {
    const quotaUs = Math.max(1_000, Math.round(cpuCores * periodUs));
    taken &&= group.write("cpu.max", `${quotaUs} ${periodUs}`) ||
      (group.write("cpu.cfs_period_us", String(periodUs)) &&
        group.write("cpu.cfs_quota_us", String(quotaUs)));
  }
  if (ioRatio !== undefined) taken &&= weigh(group, ioRatio);
  return taken;
}

/** Each scheduler has a file of its own, and any of them may be a disk's. */
const weigh = (group: Cgroup, ratio: number): boolean =>
  weights.map((file) => group.write(file, String(Math.round(usualWeight * ratio)))).some(Boolean);

/** Takes away what was held and is no more. */
function lift(group: Cgroup, before: Limits, after: Limits): void {
  if (before.memoryBytes !== undefined && after.memoryBytes === undefined) {
    group.write("memory.memsw.limit_in_bytes", "-1");
    group.write("memory.max", "max") || group.write("memory.limit_in_bytes", "-1");
  }
  if (before.cpuCores !== undefined && after.cpuCores === undefined) {
    group.write("cpu.max", `max ${periodUs}`) || group.write("cpu.cfs_quota_us", "-1");
  }
  if (before.ioRatio !== undefined && after.ioRatio === undefined) weigh(group, 1);
}

const count = (text: string | null): number | null => {
  const number = Number(text?.trim() || NaN);
  return Number.isFinite(number) ? number : null;
};

/** Bytes read and written on all devices: of version 2, or of version 1. */
function ioBytes(stat: string | null, service: string | null): number | null {
  const all = stat?.matchAll(/\b[rw]bytes=(\d+)/g) ?? service?.matchAll(/ (?:Read|Write) (\d+)$/gm);
  return all ? [...all].reduce((sum, [, bytes]) => sum + Number(bytes), 0) : null;
}
