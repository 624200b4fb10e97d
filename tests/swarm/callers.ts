/**
 * Those who ask for jobs, what they were told, and whether it is so.
 *
 * @module
 */
import { jobId, jobNumber } from "../../actors/job.ts";
import type { StoredJob } from "../../actors/ports.ts";
import { Refusal } from "../../actors/refusal.ts";
import type { JobSpec } from "../../messages/job.ts";
import type { Outcome } from "../../messages/outcome.ts";
import type { Toil } from "./ground.ts";
import type { Life, Site } from "./life.ts";

/** An error in words. */
export const wordsOf = (error: unknown): string =>
  error instanceof Error ? error.stack ?? error.message : String(error);

const toilOf = ({ input }: JobSpec) => input as Toil;

/** All callers of one run. */
export class Callers {
  /** What each was told, by the number of what was asked for. */
  readonly told = new Map<number, { readonly id: string; readonly spec: JobSpec }>();
  readonly #over = new Set<number>();
  readonly #site: Site;

  /** Nobody has asked for anything. */
  constructor(site: Site) {
    this.#site = site;
    const { disk, yard } = site;
    disk.ended = (job, outcome) => this.#ended(job, outcome);
    disk.redriven = ({ spec }) => {
      const { n } = toilOf(spec);
      this.#over.delete(n);
      yard.redriven(n);
    };
    yard.isOver = (n) => this.#over.has(n);
  }

  /** Asks for jobs. */
  submit(specs: readonly JobSpec[], life: Life): void {
    this.#site.witness.say(`submit ${specs.map((spec) => toilOf(spec).n).join(" ")}`);
    life.submit(specs).then(
      (all) => {
        if (life.isOver) return;
        for (const [i, { id }] of all.entries()) this.#accepted(specs[i]!, id);
      },
      (error) => this.#refused(error, "submit"),
    );
  }

  /** Asks for a job anew that has ended. */
  retry(id: number, life: Life): void {
    life.retry(jobId(id)).then(
      (isBack) => this.#site.witness.say(`retried ${id} ${isBack}`),
      (error) => this.#refused(error, `retry ${id}`),
    );
  }

  /** All that was told is so, also for a life that was not there when it was told. */
  async verify(life: Life): Promise<void> {
    const { witness, disk } = this.#site;
    for (const [n, { id, spec }] of this.told) {
      witness.demand(disk.endings.has(jobNumber(id)!), () => `RI1: ${n} was accepted as ${id}`);
      if (spec.idempotencyKey === undefined) continue;
      const [accepted] = await life.submit([spec]);
      witness.demand(accepted?.id === id, () => `RI4: ${n} is ${accepted?.id}, was ${id}`);
    }
  }

  #accepted(spec: JobSpec, id: string): void {
    const { disk, witness } = this.#site;
    const { n } = toilOf(spec);
    witness.say(`accepted ${n} as ${id}`);
    const before = this.told.get(n)?.id ?? id;
    witness.demand(before === id, () => `RI4: ${n} is ${id}, was ${before}`);
    witness.demand(disk.has(jobNumber(id)!), () => `RI1: ${id} is acknowledged and not safe`);
    this.told.set(n, { id, spec });
  }

  #refused(error: unknown, what: string): void {
    const { witness } = this.#site;
    if (error instanceof Refusal) witness.say(`refused ${what}: ${error.code}`);
    else witness.accuse("crash", `${what}: ${wordsOf(error)}`);
  }

  #ended({ id, spec }: StoredJob, { type, category, output }: Outcome): void {
    const { witness } = this.#site;
    const { n } = toilOf(spec);
    this.#over.add(n);
    if (type === "done") witness.demand(output === n, () => `RI3: ${id} gave ${output} for ${n}`);
    else witness.demand(category !== undefined, () => `RI9: ${id} is ${type} without a reason`);
  }
}
