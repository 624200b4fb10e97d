/**
 * The limits of operations, and whether this machine can hold a job to what it asks for.
 *
 * @module
 */
import type { JobSpec } from "../../messages/job.ts";
import type { Limits } from "../../messages/limits.ts";
import { operationOf } from "../job.ts";
import type { Trees } from "../ports.ts";
import { Refusal } from "../runtime.ts";
import { tighter } from "./tighter.ts";

/** Least memory of a task, bytes: its worker is part of it. */
const taskBytesMin = 96 * 2 ** 20;

/** Limits by operation; they can be changed while jobs run. */
export class OperationLimits {
  readonly #byName: Map<string, Limits>;
  readonly #trees: Trees;

  /** `operations` by name; `trees` says what can be held. Throws Refusal where it can't. */
  constructor(
    operations: Readonly<Record<string, { readonly limits: Limits }>>,
    trees: Trees,
  ) {
    this.#trees = trees;
    this.#byName = new Map();
    for (const [name, { limits }] of Object.entries(operations)) this.set(name, limits);
  }

  /** Sets the limits of an operation for jobs to come. */
  set(name: string, limits: Limits): void {
    this.check(limits, `/operations/${name}/limits`);
    if (Object.keys(limits).length === 0) this.#byName.delete(name);
    else this.#byName.set(name, limits);
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
    return limits;
  }

  /** Throws Refusal for limits that nobody here can hold a process to. */
  check(limits: Limits, pointer: string): void {
    const { unable, cores } = this.#trees;
    for (const [name, because] of Object.entries(unable)) {
      if (limits[name as keyof Limits] === undefined) continue;
      const message = `Cannot hold a job to ${name}: ${because}`;
      throw new Refusal("limit_unavailable", message, [
        { pointer: `${pointer}/${name}`, message: `can't be held here: ${because}` },
      ]);
    }
    const { affinity } = limits;
    const strange = affinity?.filter((core) => !cores.includes(core)) ?? [];
    if (strange.length === 0) return;
    const expected = `cores of this machine (${cores.join(", ")})`;
    throw refused("invalid_limits", `${pointer}/affinity`, expected, strange.join(", "));
  }
}

function refused(code: string, pointer: string, expected: string, given: unknown): Refusal {
  const message = `${pointer} must be ${expected}: given ${given}`;
  return new Refusal(code, message, [{ pointer, message, expected, given: String(given) }]);
}
