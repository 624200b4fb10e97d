/**
 * A queue with one task whose results are kept, and files that look as the test says.
 *
 * @module
 */
import { assert } from "@std/assert";
import type { Job } from "../actors/job.ts";
import type { Operation } from "../actors/operation.ts";
import { memoryStore } from "../actors/stores/memory.ts";
import type { JobSpec } from "../messages/job.ts";
import type { Keeping } from "../task.ts";
import { ManualClock } from "./manual_clock.ts";
import { task } from "./orders.ts";
import { QueueStage } from "./queue_stage.ts";

/** How files look by path; others do not exist, and a null one can't be looked at. */
export type Files = Record<string, string | null>;

/** A queue with one task whose results are kept. */
export class ResultsStage extends QueueStage {
  readonly operation: Operation;

  constructor(
    keeping: Keeping | null = {},
    files: Files = {},
    readonly store = memoryStore(),
  ) {
    const look = (path: string, withContents: boolean) => {
      const found = files[path] === undefined ? "none" : files[path];
      return Promise.resolve(withContents ? found && `${found} read` : found);
    };
    super(store, {}, new ManualClock(), look);
    this.operation = { ...task, keeping };
  }

  get results() {
    return this.queue.gates.results;
  }

  /** Submits a job, and lets it be looked for. */
  async put(input: unknown, spec: JobSpec = {}, operation = this.operation): Promise<Job> {
    const job = this.add({ ...spec, input }, {
      operation,
      payload: JSON.stringify(input),
      retries: spec.retries ?? 0,
    });
    await this.clock.advance(0);
    return job;
  }

  /** Runs a job that waits in its lane. */
  async run(output: unknown, how: "done" | "failed" = "done"): Promise<void> {
    const job = this.begin();
    assert(job, "no job can begin");
    this.end(job, how, how === "done" ? { output } : {});
    await this.clock.advance(0);
  }
}
