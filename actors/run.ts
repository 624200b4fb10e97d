/**
 * One staged run: performs what its machine names, and tells how it ended.
 *
 * @module
 */
import type { AnyActorRef } from "xstate";
import { run, runOptions } from "../machines/run.ts";
import type { Ending, Stage } from "../messages/job.ts";
import type { RunMessage } from "../messages/mailboxes.ts";
import type { Outcome, StageEnding } from "../messages/outcome.ts";
import { doom } from "./doom.ts";
import { type Job, jobId, type Order } from "./job.ts";
import type { Clock, Workspace, Workspaces } from "./ports.ts";
import { Refusal } from "./runtime.ts";
import { skipped, stageEnding, sumOf } from "./stage_ending.ts";
import type { StagePlace } from "./stage_order.ts";
import type { Supervisor } from "./supervisor.ts";
import { type Timed, wind } from "./timers.ts";
import { lendDraw, returnDraw } from "./turns/draw.ts";

/** What runs work with. */
export interface RunParts {
  readonly clock: Clock;
  /** Of the machines of runs. */
  readonly supervisor: Supervisor;
  readonly workspaces: Workspaces;
  readonly orderOf: (stage: Stage, place: StagePlace) => Order;
  /** Takes the job of a stage, whatever room there is: its run was accepted. */
  readonly submit: (order: Order) => Job;
  readonly cancel: (job: Job, because: string) => void;
  /** Nobody works in a workspace any more. */
  readonly left: (folder: string) => void;
  /** Says which stage runs now. */
  readonly told: (run: Job, stage: { readonly stage: string; at: number; of: number }) => void;
}

/** The name of what a workspace's `reset` runs as; stages have other letters. */
const resetName = "(reset)";

type Told = RunMessage extends infer M ? M extends RunMessage ? Omit<M, "nowMs"> : never : never;

/** A run under way. */
export class StagedRun {
  readonly #job: Job;
  readonly #stages: readonly Stage[];
  readonly #parts: RunParts;
  readonly #finished: (outcome: Outcome) => void;
  readonly #id: string;
  readonly #endings: (StageEnding | undefined)[];
  #unwind: () => void = () => {};
  #workspace: Workspace | null = null;
  #warm = false;
  #preparedMs = 0;
  /** The job that runs for it now. */
  #child: Job | null = null;
  /** When another attempt makes sense, as the stages said; monotonic. */
  #restUntilMs = 0;
  #stopped = false;
  /** Waits no longer for a reset under way. */
  #abandon: () => void = () => {};
  /** Work on the disk under way: what must be over before the runtime is. */
  #busy: Promise<unknown> = Promise.resolve();
  #failure: Pick<Outcome, "category" | "code" | "message"> | null = null;

  /** Begins `job`; `finished` is called once, when nothing of it runs and its workspace is free. */
  constructor(job: Job, parts: RunParts, finished: (outcome: Outcome) => void) {
    this.#job = job;
    this.#stages = job.spec.stages!;
    this.#endings = this.#stages.map(() => undefined);
    this.#parts = parts;
    this.#finished = finished;
    this.#id = `run.${jobId(job.id)}.${job.attempt}`;
    const { clock, supervisor } = parts;
    job.startedMs = clock.nowMs();
    let machine: AnyActorRef;
    supervisor.keep({
      id: this.#id,
      logic: run.provide({
        actions: {
          prepare: () => void (this.#busy = this.#prepare()),
          begin: ({ context }) => this.#begin(context.at),
          abort: () => this.#abort(),
          leave: () => this.#abort(),
        },
      }),
      restart: "temporary",
      given: () => ({ input: { nowMs: job.startedMs, options: this.#options() } }),
      made: (actor) => {
        machine = actor;
        this.#unwind = wind(actor as unknown as Timed, clock);
      },
      ended: (how, because) => {
        if (how === "abnormal") this.#break(because);
        this.#busy = this.#end(how === "abnormal" ? "failed" : machine.getSnapshot().output.ending);
      },
    });
  }

  /** The run is to end: what runs is asked to, what must always run still does. */
  stop(): void {
    this.#tell({
      type: "stop",
      ending: this.#job.doomed === "cancelled" ? "cancelled" : "timedOut",
    });
  }

  /** Does nothing any more; resolves when nothing of it is under way. */
  async close(): Promise<void> {
    this.#stopped = true;
    this.#unwind();
    this.#abandon();
    await this.#busy;
  }

  #options() {
    return runOptions.parse({
      persists: this.#stages.map(({ always = false }) => always),
      timeoutMs: this.#job.timeoutMs || null,
    });
  }

  #tell(message: Told): void {
    const { supervisor, clock } = this.#parts;
    supervisor.send(this.#id, { ...message, nowMs: clock.nowMs() } as RunMessage);
  }

  /** Its machine has failed: nobody says what comes next. */
  #break(because: string): void {
    this.#failure = { category: "internal", code: "run_failed", message: because };
    if (this.#child) this.#parts.cancel(this.#child, "The machine of its run has failed");
  }

  async #prepare(): Promise<void> {
    const { clock, workspaces } = this.#parts;
    const { projectId, workspace: { keep = [], reset } = {} } = this.#job.spec;
    try {
      const workspace = this.#workspace = await workspaces.open(projectId ?? null);
      const { isSound } = workspace;
      this.#warm = isSound && reset !== undefined && await this.#reset(reset, workspace.path);
      // A reset that failed costs the warmth, not the run.
      if (!this.#warm) this.#warm = await workspace.empty(isSound && !reset ? keep : []);
      this.#preparedMs = clock.nowMs() - this.#job.startedMs;
      if (!this.#stopped) this.#tell({ type: "prepared" });
    } catch (error) {
      const because = error instanceof Error ? error.message : String(error);
      this.#preparedMs = clock.nowMs() - this.#job.startedMs;
      this.#failure = { category: "internal", code: "workspace_failed", message: because };
      if (!this.#stopped) this.#tell({ type: "unprepared", ending: "failed" });
    }
  }

  #reset(command: readonly string[], folder: string): Promise<boolean> {
    return new Promise((resolve) => {
      this.#abandon = () => resolve(true);
      this.#start({ name: resetName, command }, folder, ({ type }) => resolve(type === "done"));
    });
  }

  #begin(at: number): void {
    const { clock, told } = this.#parts;
    const stage = this.#stages[at]!;
    const sinceMs = clock.nowMs();
    told(this.#job, { stage: stage.name, at: at + 1, of: this.#stages.length });
    this.#start(stage, this.#workspace!.path, (outcome) => {
      this.#endings[at] = stageEnding(stage.name, outcome, clock.nowMs() - sinceMs);
      const { category, code, message, retryAfterMs = 0 } = outcome;
      this.#restUntilMs = Math.max(this.#restUntilMs, clock.nowMs() + retryAfterMs);
      if (outcome.type !== "done") {
        this.#failure ??= {
          ...(category !== undefined && { category }),
          ...(code !== undefined && { code }),
          message: `Stage ${stage.name}: ${message ?? outcome.type}`,
        };
      } else if (at === 0) {
        this.#busy = this.#workspace!.approve().catch(() => {}); // It will start cold, that is all.
      }
      this.#tell({ type: "ended", ending: outcome.type });
    });
  }

  /** Has a job run for this one; a job that can't be made ends at once. */
  #start(stage: Stage, folder: string, ended: (outcome: Outcome) => void): void {
    const { orderOf, submit } = this.#parts;
    const over = (child: Job, outcome: Outcome) => {
      this.#child = null;
      returnDraw(child, this.#job);
      if (!this.#stopped) ended(outcome);
    };
    try {
      const child = submit(orderOf(stage, { run: this.#job, folder, ended: over }));
      if (child.outcome) return;
      this.#child = child;
      lendDraw(child, this.#job);
    } catch (error) {
      const { code, message } = error instanceof Refusal
        ? error
        : { code: "internal", message: String(error) };
      ended({ ...skipped, type: "failed", category: "validation", code, message });
    }
  }

  #abort(): void {
    const because = this.#job.doomed === "cancelled"
      ? this.#job.because
      : "The time of the whole run is over";
    if (this.#child) this.#parts.cancel(this.#child, because);
  }

  async #end(ending: Ending): Promise<void> {
    this.#unwind();
    const before = this.#busy;
    const job = this.#job;
    if (ending === "timedOut" && this.#failure?.category !== "timeout") job.doomed ??= "timedOut";
    const doomed = job.doomed && doom(job);
    const stages = this.#stages.map(({ name }, i): StageEnding =>
      this.#endings[i] ?? { ...skipped, name, type: "skipped", tookMs: 0 }
    );
    const nowMs = this.#parts.clock.nowMs();
    const retryAfterMs = Math.max(0, this.#restUntilMs - nowMs);
    const outcome: Outcome = {
      type: ending,
      ...(ending !== "done" && (doomed?.type === ending ? doomed : this.#failure)),
      ...(ending !== "done" && retryAfterMs > 0 && { retryAfterMs }),
      attempts: job.attempt,
      waitMs: Math.max(0, job.startedMs - job.dueMs),
      durationMs: nowMs - job.startedMs,
      resources: sumOf(stages),
      worker: null,
      stages,
      workspace: { warm: this.#warm, tookMs: this.#preparedMs },
    };
    await before;
    await this.#workspace?.release();
    if (this.#workspace) this.#parts.left(this.#workspace.path);
    if (!this.#stopped) this.#finished(outcome);
  }
}
