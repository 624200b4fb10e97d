/**
 * Trees of processes as the actors see them: what they use, and what holds them to limits.
 *
 * @module
 */
import type { Limits } from "../messages/limits.ts";

/** One process in a look at all of them. */
export interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  readonly session: number;
  /** Ticks between the boot and its start: with the pid it names one process for ever. */
  readonly startedTicks: number;
  /** CPU time of its own and of children that it has waited for. */
  readonly cpuMs: number;
  readonly childMs: number;
  readonly residentBytes: number;
}

/** A control group made for one job. */
export interface JobGroup {
  /** The kernel itself keeps it within its memory. */
  readonly holdsMemory: boolean;
  /** The kernel itself keeps it within its CPU time. */
  readonly holdsCpu: boolean;
  /** Words before a program that put it into the group. */
  readonly words: readonly string[];
  /** Puts a process that runs already into it. */
  add(pid: number): boolean;
  /** Sets these limits and no others; false where the kernel does not take one. */
  limit(limits: Limits): boolean;
  /** What all that was in it has used so far. */
  used(): { readonly cpuSeconds: number | null; readonly peakBytes: number | null } & {
    readonly ioBytes: number | null;
    /** Processes that the kernel has killed as the memory was used up. */
    readonly oomKills: number;
  };
  /** Kills all that is in it. */
  kill(): void;
  /** Kills all that is in it and takes it away. */
  end(): void;
}

/** Trees of processes: what they use, and how they are held to limits. */
export interface Trees {
  /** Every process, in one look; none where that can't be seen. */
  list(): { readonly rows: readonly ProcessRow[]; readonly tookMs: number };
  /** One process; null when it is gone or not to be seen. */
  row(pid: number): ProcessRow | null;
  /** This process. */
  readonly self: number;
  /** A process and all that descend from it; none when it is gone or not to be seen. */
  below(pid: number): readonly ProcessRow[];
  /** The pid a process has in its own namespace. */
  innerPid(pid: number): number | null;
  /** Memory of a process with what it shares divided by those it shares it with. */
  shareBytes(pid: number): number | null;
  /** Largest memory since the start or the last `resetPeak`. */
  peakBytes(pid: number): number | null;
  /** False where it can't be reset. */
  resetPeak(pid: number): boolean;
  /** Bytes read and written so far. */
  ioBytes(pid: number): number | null;
  /** Ends processes at once. */
  kill(pids: readonly number[]): void;
  /** Stops processes, or lets them go on. */
  freeze(pids: readonly number[], frozen: boolean): void;
  /** Which limits can be held here, and why not the others. */
  readonly unable: Readonly<Partial<Record<keyof Limits, string>>>;
  /**
   * Why the kernel holds nobody to a share of CPU time here, so that commands are stopped again and
   * again and tasks can have whole cores only; null where it does.
   */
  readonly coarse: string | null;
  /** Why no disk here shares by the weights of groups; null where one does. */
  readonly weightless: string | null;
  /** Numbers of the cores that this process may run on. */
  readonly cores: readonly number[];
  /** Words before a program that start it with these limits. */
  words(limits: Limits): readonly string[];
  /**
   * Holds running processes to these limits; what they were held to `before` and are no more is as
   * it is for us. Rejects with why it can't.
   */
  hold(pids: readonly number[], limits: Limits, before?: Limits): Promise<void>;
  /** A group that holds to the limits a group can hold to; null where there are none or none here. */
  group(limits: Limits): JobGroup | null;
}
