/**
 * Jobs that are submitted together and wait for each other, or for earlier ones.
 *
 * @module
 */
import type { JobSpec } from "../../messages/job.ts";
import { parseJob } from "../admission.ts";
import { jobNumber, type Order } from "../job.ts";
import { Refusal } from "../runtime.ts";
import { standsFor } from "../stores/body_hash.ts";
import { cycle } from "./cycle.ts";
import { dependenciesOf } from "./dependencies_of.ts";

/** What is known of a job that was accepted earlier; null when it is none. */
export type Lookup = (id: string) => Promise<Pick<JobSpec, "executionId"> | null>;

/** A dependency: the nth job of this submit, or an earlier one. */
type Target = number | string;

/** A submit whose dependencies are known to exist. */
export interface Bound {
  /** The workflow of its nth job; `first` is the id of its first new one. */
  executionId(n: number, first: string): string;
  /** The order of its nth job, with the ids of what it waits for. `idOf` knows those of this submit. */
  order(n: number, order: Order, first: string, idOf: (n: number) => string): Order;
}

/** Throws Refusal where a job waits for one that there is not, or for itself. */
export async function bind(
  specs: readonly JobSpec[],
  pointerOf: (n: number) => string,
  lookUp: Lookup,
): Promise<Bound> {
  specs.forEach((spec, n) => parseJob(spec, pointerOf(n)));
  const names = namesOf(specs);
  const earlier = new Map<string, ReturnType<Lookup>>();
  const targets = specs.map((spec, n) => {
    const found = dependenciesOf(spec).map(({ id }, i): Target => {
      const pointer = `${pointerOf(n)}/after/${i}`;
      const local = names.get(id);
      if (local !== undefined) return local.length === 1 ? local[0]! : ambiguous(pointer, id);
      if (!/^j/.test(id) || jobNumber(id) === null) throw unknown(pointer, id);
      if (!earlier.has(id)) earlier.set(id, lookUp(id));
      return id;
    });
    if (new Set(found).size < found.length) throw twice(`${pointerOf(n)}/after`);
    return found;
  });
  refuseCycle(specs, targets, pointerOf);
  const inherited = await inheritedOf(targets, pointerOf, earlier);
  const given = specs.find(({ executionId }) => executionId !== undefined)?.executionId;
  const executionId = (n: number, first: string) =>
    specs[n]!.executionId ?? given ?? inherited ?? first;
  return {
    executionId,
    order(n, order, first, idOf) {
      const after = dependenciesOf(order.spec).map((dependency, i) => {
        const target = targets[n]![i]!;
        return { ...dependency, id: typeof target === "number" ? idOf(target) : target };
      });
      const spec: JobSpec = {
        ...order.spec,
        executionId: executionId(n, first),
        ...(after.length > 0 && { after }),
      };
      standsFor(spec, specs[n]!);
      return { ...order, spec };
    },
  };
}

/** Jobs of this submit by their `taskId`. */
function namesOf(specs: readonly JobSpec[]): ReadonlyMap<string, readonly number[]> {
  const names = new Map<string, number[]>();
  specs.forEach(({ taskId }, n) => {
    if (taskId === undefined) return;
    const same = names.get(taskId);
    if (same) same.push(n);
    else names.set(taskId, [n]);
  });
  return names;
}

function refuseCycle(
  specs: readonly JobSpec[],
  targets: readonly (readonly Target[])[],
  pointerOf: (n: number) => string,
): void {
  const way = cycle(targets.map((some) => some.filter((target) => typeof target === "number")));
  if (way === null) return;
  const named = way.map((n) => specs[n]!.taskId).join(" after ");
  refuse("dependency_cycle", `${pointerOf(way[0]!)}/after`, "without a way back to itself", named);
}

/** The workflow of the first earlier job that has one. Throws Refusal where one is not known. */
async function inheritedOf(
  targets: readonly (readonly Target[])[],
  pointerOf: (n: number) => string,
  earlier: ReadonlyMap<string, ReturnType<Lookup>>,
): Promise<string | undefined> {
  let inherited: string | undefined;
  const known = new Map(
    await Promise.all([...earlier].map(async ([id, asked]) => [id, await asked] as const)),
  );
  targets.forEach((some, n) =>
    some.forEach((target, i) => {
      if (typeof target === "number") return;
      const job = known.get(target);
      if (!job) throw unknown(`${pointerOf(n)}/after/${i}`, target);
      inherited ??= job.executionId;
    })
  );
  return inherited;
}

const idExpected = "the id of a job that is known, or the taskId of a job of the same submit";

const unknown = (pointer: string, id: string) =>
  refusal("unknown_dependency", pointer, idExpected, JSON.stringify(id.slice(0, 80)));

function ambiguous(pointer: string, id: string): never {
  refuse("invalid_after", pointer, "the taskId of one job alone", JSON.stringify(id.slice(0, 80)));
}

const twice = (pointer: string) =>
  refusal("invalid_after", pointer, "each job once", "one of them twice");

function refuse(code: string, pointer: string, expected: string, given: string): never {
  throw refusal(code, pointer, expected, given);
}

function refusal(code: string, pointer: string, expected: string, given: string): Refusal {
  const message = `${pointer} must be ${expected}, given ${given}`;
  return new Refusal(code, message, [{ pointer, message, expected, given }]);
}
