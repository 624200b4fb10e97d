/**
 * The workbench: jobs that lie ready and jobs that were begun.
 *
 * Jobs begin one after another. After every 2 ms of held thread the loop gets a turn and the
 * parent hears how many were begun; that is what opens its credit. So work that waits fills the
 * bench by itself, and work that holds the thread does not.
 *
 * @module
 */
import { announcedMs, encode, messages } from "../messages/wire.ts";
import type { Task } from "../task.ts";
import { Beginnings } from "./beginnings.ts";
import { Chatter } from "./chatter.ts";
import { collectGarbage } from "./collect.ts";
import { type CommandParts, CommandRun } from "./commands.ts";
import type { Launcher, Parent } from "./child.ts";
import { fitting } from "./fitting.ts";
import type { Link } from "./link.ts";
import { soon } from "./own.ts";
import { type Start, startOf, type Variables } from "./start.ts";
import {
  type Ended,
  failed,
  JobContext,
  loadTask,
  type Running,
  runTask,
  type Teller,
  unloadable,
} from "./tasks.ts";
import { spanOf, traceVariables } from "./tracing.ts";
import { lastWords, voiceOf } from "./voice.ts";

/** Held thread after which the loop gets a turn, ms. */
const sliceMs = 2;

/** What an operation's number stands for: a command, a task, or a task still being loaded. */
type Operation = "command" | Task | Promise<Task> | Error;

/** What it works with. */
export type Parts = Launcher & Pick<CommandParts, "folders">;

/** All jobs of this worker. */
export class Bench implements Teller {
  readonly #waiting: Start[] = [];
  #head = 0;
  /** Begun jobs that have not ended, by id: ids are small and given out again. */
  readonly #running: (Running | undefined)[] = [];
  #runningCount = 0;
  readonly #operations: Operation[] = [];
  /** What commands that come from now on are given besides variables of their own. */
  environment: Variables = {};
  readonly #sources: string[] = [];
  readonly #link: Link;
  readonly #parts: Parts;
  /** What all commands are run with. */
  readonly #commandParts: CommandParts;
  #stopping = false;
  /** What is said in this slice, to be told after what was begun in it. */
  #after: string[] | null = null;
  readonly #saying = (item: string) => this.#say(item);
  readonly #underWay = () => this.#runningCount;
  readonly #parent: Parent = {
    hear: () => this.#link.hear() && !this.#pumping,
    flush: () => this.#link.flush(),
  };
  readonly #beginnings: Beginnings;
  readonly #chatter: Chatter;
  #pumping = false;
  #collecting = false;

  /** A bench without jobs. */
  constructor(link: Link, parts: Parts) {
    this.#link = link;
    this.#parts = parts;
    this.#beginnings = new Beginnings((item) => link.say(item));
    this.#chatter = new Chatter(link, this.#saying);
    this.#commandParts = { ...parts, ...voiceOf(this.#saying, this.#chatter, this.#beginnings) };
  }

  /** Gives an operation its number. */
  define(operation: number, source: string): void {
    this.#sources[operation] = source;
    if (source === "") {
      this.#operations[operation] = "command";
      return;
    }
    const loading = loadTask(source);
    this.#operations[operation] = loading;
    loading.then(
      (task) => this.#operations[operation] = task,
      (error) => this.#operations[operation] = error as Error,
    );
  }

  /** Puts the `start` message whose fields begin at `at` behind those that wait. */
  add(batch: unknown[], at: number): void {
    this.#waiting.push(startOf(batch, at, this.environment));
  }

  /** Aborts a begun job; one that waits is returned. */
  cancel(id: number, because: string): void {
    const running = this.#running[id];
    if (running) return running.abort(because);
    const at = this.#waiting.findIndex((job, i) => i >= this.#head && job.id === id);
    if (at < 0) return; // It has just ended; its end is on the way.
    this.#waiting.splice(at, 1);
    this.#link.say(encode(messages.returned.kind, [id]));
  }

  /** Returns the last `count` jobs that wait. */
  giveBack(count: number): void {
    const waiting = this.#waiting.length - this.#head;
    const back = this.#waiting.splice(this.#waiting.length - Math.min(count, waiting));
    this.#link.say(encode(messages.returned.kind, back.map(({ id }) => id)));
  }

  /** Returns what waits and ends the process when what runs has ended. */
  stop(): void {
    this.#stopping = true;
    this.giveBack(Infinity);
    this.#leaveIfEmpty();
  }

  /** Collects garbage: `atOnce`, or when no job runs. */
  collect(atOnce: boolean): void {
    this.#collecting = !atOnce && this.#runningCount > 0;
    if (!this.#collecting) void collectGarbage();
  }

  /** Something was heard: begins what waits, a slice at a time. */
  pump(): void {
    if (!this.#pumping) this.#slice();
  }

  /** Begins waiting jobs until none is left or the thread was held long enough. */
  #slice(): void {
    const from = performance.now();
    let now = from;
    let count = 0;
    let announced = 0;
    let clogged = false;
    const after: string[] = this.#after = [];
    while (this.#head < this.#waiting.length && now - from < sliceMs) {
      const job = this.#waiting[this.#head]!;
      if (this.#isAnnounced(job, announced > 0)) {
        clogged = !this.#announce(count + 1 - announced, after);
        if (clogged) break;
        announced = count + 1;
      }
      this.#head++;
      count++;
      now = this.#begin(job, now);
    }
    if (this.#head === this.#waiting.length) {
      this.#waiting.length = this.#head = 0;
    } else if (this.#head > 1024) {
      this.#waiting.splice(0, this.#head);
      this.#head = 0;
    }
    this.#after = null;
    this.#pumping = this.#head < this.#waiting.length;
    // Of a task there is always something to say.
    const mayWait = after.length === 0 && !this.#pumping;
    if (count > 0) this.#beginnings.begun(count, now - from, mayWait);
    for (const item of after) this.#link.say(item);
    if (!this.#pumping) return;
    if (clogged) return void this.#link.drained().then(() => this.#slice());
    soon(() => {
      this.#slice();
      this.#link.rest();
    });
  }

  /**
   * Whether the parent must know that a job is begun before it is: should it hold the thread past
   * its time, the parent has to tell it from those that run here and go on.
   */
  #isAnnounced({ operation, timeoutMs }: Start, any: boolean): boolean {
    if (timeoutMs === 0 || this.#operations[operation] === "command") return false;
    return timeoutMs <= announcedMs || (this.#runningCount > 0 && !any);
  }

  /** Tells what is begun and has ended, and has it sent at once; false when the wire is not free. */
  #announce(count: number, ended: string[]): boolean {
    if (!this.#link.free) return false;
    this.#link.say(`${messages.begins.kind},${count}`);
    for (const item of ended.splice(0)) this.#link.say(item);
    this.#link.flushNow();
    return true;
  }

  /** Begins one job; returns the time when the thread was free again. */
  #begin(job: Start, beganMs: number): number {
    const operation = this.#operations[job.operation];
    const span = job.trace === "" ? null : spanOf(job, this.#sources[job.operation] ?? "");
    const trace = span?.trace ?? job.trace;
    if (operation === "command") {
      const run = new CommandRun(job, traceVariables(trace), this.#commandParts);
      this.#hold(job.id, run);
      const told = (end: Ended) => this.#ended(job.id, run, end, beganMs);
      if (span === null) run.run(told);
      else {
        const ran = () => new Promise<Ended>((resolve) => run.run(resolve));
        Promise.resolve(span.around(ran)).then(told);
      }
      return performance.now();
    }
    const context = new JobContext(job.id, job.attempt, trace, this);
    const ended = span === null
      ? this.#runTask(operation, job, context)
      : span.around(() => this.#runTask(operation, job, context));
    const freeMs = performance.now();
    if (ended instanceof Promise) {
      this.#say(`${messages.held.kind},${job.id},${round(freeMs - beganMs)}`);
      this.#hold(job.id, context);
      ended.then((end) => this.#ended(job.id, context, end, beganMs));
    } else {
      context.end();
      this.#finish(job.id, ended, freeMs - beganMs);
    }
    return freeMs;
  }

  #runTask(
    operation: Exclude<Operation, "command"> | undefined,
    job: Start,
    context: JobContext,
  ): Ended | Promise<Ended> {
    if (operation === undefined) return failed("protocol", "unknown_operation", "not defined");
    if (operation instanceof Error) return unloadable(operation);
    if (!(operation instanceof Promise)) return runTask(operation, job.input, context);
    return operation.then((task) => runTask(task, job.input, context), unloadable);
  }

  #hold(id: number, running: Running): void {
    this.#running[id] = running;
    this.#runningCount++;
  }

  #ended(id: number, running: JobContext | CommandRun, end: Ended, beganMs: number): void {
    this.#running[id] = undefined;
    this.#runningCount--;
    if (running instanceof JobContext) running.end();
    else this.#say(lastWords(id, running));
    this.#finish(id, end, performance.now() - beganMs);
    if (this.#collecting && this.#runningCount === 0) this.collect(true);
  }

  /** Nothing else is to be done: waits for short commands, unless more is begun in a later turn. */
  attend(): void {
    if (!this.#pumping) this.#parts.attend(this.#parent, this.#underWay);
  }

  /** The folder of a task's job. */
  folder(id: number): string {
    return this.#parts.folders.lend(id);
  }

  #finish(id: number, ended: Ended, runMs: number): void {
    if (!this.#parts.folders.has(id)) return this.#report(id, ended, runMs);
    this.#runningCount++;
    this.#parts.folders.takeBack(id).then(() => {
      this.#runningCount--;
      this.#report(id, ended, runMs);
    });
  }

  #report(id: number, ended: Ended, runMs: number): void {
    const { ending, payload } = fitting(ended);
    const item = `${messages.finished.kind},${id},${ending},${payload},${round(runMs)}`;
    this.#say(item);
    if (this.#stopping) this.#leaveIfEmpty();
  }

  #say(item: string): void {
    if (this.#after) return void this.#after.push(item);
    this.#beginnings.tell();
    this.#link.say(item);
  }

  #leaveIfEmpty(): void {
    if (!this.#stopping || this.#runningCount > 0 || this.#head < this.#waiting.length) return;
    this.#link.drained().then(() => Deno.exit(0));
  }

  /** Passes a log line or progress on, each at a bounded rate, and what a job took. */
  tell(id: number, kind: "log" | "progress" | "took", value: unknown): void {
    if (kind === "took") this.#say(encode(messages.took.kind, id, value));
    else if (kind === "log") this.#chatter.line(id, value);
    else this.#chatter.report(id, value);
  }
}

/** Microseconds are enough, and short numbers make short frames. */
const round = (ms: number) => Math.round(ms * 1000) / 1000;
