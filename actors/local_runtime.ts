/**
 * The runtime over actors in this process.
 *
 * @module
 */
import type { InspectionEvent, Observer } from "xstate";
import type { Alerts as AlertsView } from "../messages/alert.ts";
import type { Decision } from "../messages/decision.ts";
import type { Fact, FactsOptions, GapFact, Stamped } from "../messages/facts.ts";
import type { Accepted, JobFilter, JobPage, JobSpec, JobView, Standing } from "../messages/job.ts";
import type { InsightHandle } from "../messages/insight.ts";
import type { Limits } from "../messages/limits.ts";
import type { LogPiece } from "../messages/log.ts";
import type { Outcome } from "../messages/outcome.ts";
import type { Status, WhyJob } from "../messages/status.ts";
import { parseJob, parseLimits } from "./admission.ts";
import { cancelAll } from "./cancel_all.ts";
import { Closing } from "./closing.ts";
import { ended } from "./ended.ts";
import { Heeds } from "./heed.ts";
import { insightHandle } from "./insight.ts";
import { type Job, jobId, jobNumber, viewJob, viewRecord } from "./job.ts";
import { relimit } from "./limits/relimit.ts";
import { listJobs } from "./list_jobs.ts";
import type { LocalParts } from "./local_parts.ts";
import { mapTask } from "./map_task.ts";
import { unlimited } from "./orders.ts";
import { poolHandle } from "./pool_handle.ts";
import type { Config } from "./config.ts";
import type { ConfigDesk, Reloaded } from "./config_desk.ts";
import { Redrive } from "./redrive.ts";
import { readLog } from "./read_log.ts";
import {
  type CloseOptions,
  type CommandOptions,
  JobError,
  type LogOptions,
  type MapOptions,
  type PoolHandle,
  type RunOptions,
  type Runtime,
} from "./runtime.ts";
import { prioritise } from "./prioritise.ts";
import type { MetricsHandle } from "../messages/metrics_handle.ts";
import { metricsHandle } from "./series/handle.ts";
import type { ScheduleDesk } from "./schedules/desk.ts";
import { specOf } from "./spec_of.ts";
import { statusOf } from "./status.ts";
import { alone, type Gates, submitAll } from "./submission.ts";
import type { WorkflowPage, WorkflowView } from "../messages/workflow.ts";
import type { WhyPool } from "../messages/why_pool.ts";
import { whyWaits } from "./why.ts";
import { workflowsOf } from "./workflows/handle.ts";

/** Longest that somebody who is told that a job has ended waits until that is safe, ms. */
const safeMs = 5_000;

/** A runtime in this process. */
export class LocalRuntime implements Runtime {
  readonly gaveUp: Promise<string>;
  readonly #parts: LocalParts;
  readonly #startedAt: number;
  readonly insight: InsightHandle;
  readonly metrics: MetricsHandle;
  readonly schedules: ScheduleDesk;
  readonly config: ConfigDesk;
  readonly asked: Runtime["asked"];
  readonly #closing: Closing;
  readonly #redrive: Redrive;
  readonly #heeds: Heeds;
  readonly #workflows: ReturnType<typeof workflowsOf>;
  #serve: Promise<(request: Request) => Promise<Response>> | null = null;

  /** Over running `parts`. */
  constructor(parts: LocalParts) {
    this.#parts = parts;
    ({ gaveUp: this.gaveUp, schedules: this.schedules, config: this.config } = parts);
    const { intake, system, system: { queue, ports } } = parts;
    this.asked = (by, request) => system.journal.note({ type: "asked", by, request });
    this.metrics = metricsHandle(system, () => this.status(), { queue, ...ports });
    this.insight = insightHandle(system, parts);
    intake.checked = (operation, tookMs) => system.series.checked(operation, tookMs);
    this.#closing = new Closing(parts);
    this.#heeds = new Heeds((job, because) => system.cancel(job, because));
    this.#redrive = new Redrive(system, intake, parts.keys.singletons);
    this.#workflows = workflowsOf(system);
    this.#startedAt = system.ports.clock.wallMs();
  }

  get accepting(): boolean {
    return this.#parts.system.queue.accepting;
  }

  get workerPids(): readonly number[] {
    return this.#parts.system.links.flatMap(({ pid }) => pid ?? []);
  }

  run(task: string, input?: unknown, options?: RunOptions): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#start(task, input, options, (job, outcome) => {
        if (outcome.type === "done") resolve(outcome.output);
        else reject(new JobError(jobId(job.id), outcome));
      });
    });
  }

  map(
    task: string,
    items: Iterable<unknown> | AsyncIterable<unknown>,
    options?: MapOptions,
  ): AsyncIterableIterator<unknown> {
    return mapTask(this.#parts, task, items, options);
  }

  command(argv: readonly string[], options: CommandOptions = {}): Promise<Outcome> {
    return new Promise((resolve) => {
      const { env, cwd, stdin, signal, ...rest } = options;
      const { orders, place, system } = this.#parts;
      const spec = system.traced(parseJob({ command: argv, env, cwd, stdin, ...rest }));
      this.#heeds.run(
        signal,
        (_job, outcome) => resolve(outcome),
        (ended) => system.queue.submitOne(orders.forCommand(spec, place(spec), unlimited, ended)),
      );
    });
  }

  async submit(spec: JobSpec): Promise<Accepted> {
    return (await submitAll([spec], this.#gates, alone))[0]!;
  }

  submitAll(specs: readonly JobSpec[]): Promise<readonly Accepted[]> {
    return submitAll(specs, this.#gates);
  }

  async job(id: string): Promise<JobView | null> {
    const number = jobNumber(id);
    if (number === null) return null;
    const { queue, ports } = this.#parts.system;
    const job = queue.open.get(number);
    if (job) return viewJob(job, ports.clock.wallMs() - ports.clock.nowMs());
    queue.flush();
    const record = await ports.store.read({ type: "job", id: number });
    return record ? viewRecord(record) : null;
  }

  async wait(id: string, withinMs: number): Promise<JobView | null> {
    await ended(this.#parts.system, id, withinMs);
    return this.job(id);
  }

  log(id: string, options?: LogOptions): Promise<AsyncIterableIterator<LogPiece> | null> {
    return readLog(this.#parts.system, id, options);
  }

  async cancel(id: string, because = "Cancelled by request"): Promise<boolean | null> {
    const job = this.#alive(id);
    if (!job) return await this.#notAlive(id);
    await cancelAll(this.#parts.system, [job], because);
    return true;
  }

  retry(id: string): Promise<boolean | null> {
    return this.#redrive.retry(id);
  }

  async limit(id: string, limits: Limits): Promise<boolean | null> {
    const { system, limits: operations } = this.#parts;
    const job = this.#alive(id);
    if (!job) return await this.#notAlive(id);
    await relimit(job, parseLimits(limits), operations, system);
    system.series.hands.take(job);
    return true;
  }

  async prioritise(id: string, standing: Standing): Promise<boolean | null> {
    const job = this.#alive(id);
    if (!job) return await this.#notAlive(id);
    await prioritise(this.#parts.system, job, standing);
    this.#parts.system.series.hands.take(job);
    return true;
  }

  jobs(filter?: JobFilter): Promise<JobPage> {
    return listJobs(this.#parts.system, filter);
  }

  status(): Status {
    const { system, version, orders: { names: tasks } } = this.#parts;
    return statusOf(system, { version, startedAt: this.#startedAt, tasks });
  }

  alerts(): AlertsView {
    return this.#parts.alerts.view;
  }

  decisions(limit?: number): readonly Decision[] {
    return this.#parts.system.decisions.latest(limit);
  }

  facts(options?: FactsOptions): AsyncIterableIterator<Stamped<Fact> | GapFact> {
    return this.#parts.system.journal.read(options);
  }

  factBatches(options?: FactsOptions): ReturnType<Runtime["factBatches"]> {
    return this.#parts.system.journal.batches(options);
  }

  why(): Promise<WhyPool>;
  why(id: string): Promise<WhyJob | null>;
  async why(id?: string): Promise<WhyPool | WhyJob | null> {
    if (id === undefined) return this.insight.why();
    const view = await this.job(id);
    return view && whyWaits(this.#parts.system, view);
  }

  workflow(id: string): Promise<WorkflowView | null> {
    return this.#workflows.view(id);
  }

  cancelWorkflow(id: string, because = "Cancelled by request"): Promise<number | null> {
    return this.#workflows.cancel(id, because);
  }

  workflows(options: Parameters<Runtime["workflows"]>[0] = {}): Promise<WorkflowPage> {
    return this.#workflows.list(options);
  }

  pool(name = "default"): PoolHandle {
    return poolHandle(this.#parts.system, name);
  }

  inspect(observer: Observer<InspectionEvent>): () => void {
    return this.#parts.inspection.observe(observer);
  }

  async fetch(request: Request): Promise<Response> {
    this.#serve ??= import("./fetch.ts").then(({ handler }) => handler(this, this.#parts.server));
    return (await this.#serve)(request);
  }

  reload(load: () => Config | Promise<Config>, by?: string): Promise<Reloaded> {
    return this.#parts.config.reload(load, by);
  }

  close(options: CloseOptions = {}): Promise<void> {
    this.schedules.close();
    return this.#closing.close(options);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** A job that has not ended; null when there is none. */
  #alive(id: string): Job | null {
    const job = this.#parts.system.queue.open.get(jobNumber(id) ?? -1);
    return job && !job.outcome ? job : null;
  }

  /** False for a job that has ended; that is told when it is safe. Null when there is none. */
  async #notAlive(id: string): Promise<false | null> {
    return await this.wait(id, safeMs) ? false : null;
  }

  get #gates(): Gates {
    const { intake, keys, system: { queue, tracing } } = this.#parts;
    const stateOf = async (id: string) => (await this.job(id))?.state ?? null;
    return { intake, keys, queue, tracing, stateOf, lookUp: (id) => this.job(id) };
  }

  #start(
    task: string,
    input: unknown,
    options: RunOptions | undefined,
    ended: (job: Job, outcome: Outcome) => void,
  ): void {
    const { orders, system } = this.#parts;
    const spec = system.traced(options ? specOf({ task, input }, options) : { task, input });
    if (options?.signal === undefined) {
      system.queue.submitOne(orders.forTask(spec, unlimited, ended));
    } else {
      this.#heeds.run(
        options.signal,
        ended,
        (ended) => system.queue.submitOne(orders.forTask(spec, unlimited, ended)),
      );
    }
  }
}
