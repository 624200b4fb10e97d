/**
 * The limits of operations, and whether this machine can hold a job to what it asks for.
 *
 * @module
 */
import type { JobSpec } from "../../messages/job.ts";
import type { Limits } from "../../messages/limits.ts";
import type { Thresholds } from "../../policies/limits/threshold.ts";
import { ByName } from "../by_name.ts";
import { type Job, operationOf } from "../job.ts";
import type { Trees } from "../ports.ts";
import { Refusal } from "../runtime.ts";
import { keysOf, operationKey } from "../turns/keys_of.ts";
import { tighter } from "./tighter.ts";

/** Least memory of a task, bytes: its worker is part of it. */
const taskBytesMin = 96 * 2 ** 20;

/** What a configuration says of operations. */
type Operations = Readonly<
  Record<string, {
    readonly limits: Limits;
    readonly thresholds?: Thresholds;
    readonly retry?: { readonly retries: number | null };
  }>
>;

/** Limits by operation; they can be changed while jobs run. */
export class OperationLimits {
  #byName: ReadonlyMap<string, Limits> = new Map();
  /** Operations that may have to wait as a whole. */
  #watched: ReadonlySet<string> = new Set();
  #retries = new ByName<number | null>();
  /** What jobs were told to keep to after they had been accepted. */
  readonly #asked = new WeakMap<Job, Limits>();
  readonly #trees: Trees;

  /** `operations` by name; `trees` says what can be held. Throws Refusal where it can't. */
  constructor(operations: Operations, trees: Trees) {
    this.#trees = trees;
    this.replace(operations);
  }

  /** Throws Refusal for operations whose limits nobody here can hold a process to. */
  checkAll(operations: Operations): void {
    for (const [name, { limits }] of limited(operations)) {
      this.check(limits, `/operations/${name}/limits`);
    }
  }

  /** Takes the limits of all operations anew, or, with a Refusal, none; names those that changed. */
  replace(operations: Operations): ReadonlySet<string> {
    this.checkAll(operations);
    const [before, after] = [
      this.#byName,
      new Map(limited(operations).map(([name, { limits }]) => [name, limits])),
    ];
    this.#byName = after;
    this.#watched = new Set(
      Object.entries(operations).flatMap(([name, { thresholds }]) =>
        thresholds?.memory || thresholds?.cpu ? name : []
      ),
    );
    this.#retries = new ByName(
      Object.fromEntries(
        Object.entries(operations).map(([name, { retry }]) => [name, retry?.retries ?? null]),
      ),
    );
    const names = [...new Set([...before.keys(), ...after.keys()])];
    const said = (limits: Limits | undefined) =>
      JSON.stringify(Object.entries(limits ?? {}).sort());
    return new Set(names.filter((name) => said(before.get(name)) !== said(after.get(name))));
  }

  /** The keys of a job: its own, and that of its operation where that has thresholds. */
  keysOf(spec: JobSpec): readonly string[] | null {
    const keys = keysOf(spec);
    if (this.#watched.size === 0 || !this.#watched.has(operationOf(spec))) return keys;
    return [...new Set(keys).add(operationKey(operationOf(spec)))].sort();
  }

  /** Attempts after the first of jobs that do not say; null: their operation doesn't either. */
  retriesOf(spec: JobSpec): number | null {
    return this.#retries.of(operationOf(spec)) ?? null;
  }

  /** What an accepted job is held to now, of what it asks for and of what its operation may take. */
  ofJob(
    job: Job,
    asked: Limits | undefined = this.#asked.get(job) ?? job.spec.limits,
  ): Limits | null {
    const limits = this.within(job.spec, asked);
    if (asked !== undefined && asked !== job.spec.limits) this.#asked.set(job, asked);
    return limits;
  }

  /** What a job is held to: its own limits and those of its operation; null where there are none. */
  of(spec: JobSpec): Limits | null {
    if (spec.limits === undefined && this.#byName.size === 0) return null;
    return this.within(spec, spec.limits);
  }

  /** What a job is held to that asks for `asked` now. Throws Refusal where that can't be held. */
  within(spec: JobSpec, asked: Limits | undefined): Limits | null {
    const limits = tighter(asked, this.#byName.get(operationOf(spec)));
    if (limits === null) return null;
    this.check(limits, "/limits");
    const { memoryBytes = Infinity } = limits;
    if (spec.task !== undefined && memoryBytes < taskBytesMin) {
      const expected = `>= ${taskBytesMin} for a task, as its worker is part of it`;
      throw refused("invalid_limits", "/limits/memoryBytes", expected, memoryBytes);
    }
    const { coarse } = this.#trees;
    const { cpuCores } = limits;
    if (spec.task !== undefined && coarse !== null && cpuCores !== undefined && cpuCores % 1 > 0) {
      throw new Refusal("limit_unavailable", `Cannot hold a task to a part of a core: ${coarse}`, [
        { pointer: "/limits/cpuCores", message: `must be a whole number: ${coarse}` },
      ]);
    }
    return limits;
  }

  /** Throws Refusal for limits that nobody here can hold a process to. */
  check(limits: Limits, pointer: string): void {
    const { unable, cores } = this.#trees;
    const unavailable = (name: string, because: string) =>
      new Refusal("limit_unavailable", `Cannot hold a job to ${name}: ${because}`, [
        { pointer: `${pointer}/${name}`, message: `can't be held here: ${because}` },
      ]);
    for (const [name, because] of Object.entries(unable)) {
      if (limits[name as keyof Limits] !== undefined) throw unavailable(name, because);
    }
    const { affinity, ioRatio } = limits;
    // Disks are asked only where somebody wants it.
    const because = ioRatio === undefined ? null : this.#trees.weightless;
    if (because !== null) throw unavailable("ioRatio", because);
    const strange = affinity?.filter((core) => !cores.includes(core)) ?? [];
    if (strange.length === 0) return;
    const expected = `cores of this machine (${cores.join(", ")})`;
    throw refused("invalid_limits", `${pointer}/affinity`, expected, strange.join(", "));
  }
}

const limited = (operations: Operations) =>
  Object.entries(operations).filter(([, { limits }]) => Object.keys(limits).length > 0);

function refused(code: string, pointer: string, expected: string, given: unknown): Refusal {
  const message = `${pointer} must be ${expected}: given ${given}`;
  return new Refusal(code, message, [{ pointer, message, expected, given: String(given) }]);
}
