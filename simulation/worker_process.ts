/**
 * A worker process as its link hears it: it is ready after its start, runs jobs for their time, and
 * ends when it is asked to.
 *
 * @module
 */
import type { WorkerEvents, WorkerProcess } from "../actors/ports.ts";
import { arity, messages } from "../messages/wire.ts";
import type { SimulatedClock } from "./clock.ts";
import type { Work } from "./cores.ts";
import type { Downstream } from "./downstream.ts";
import type { SimulatedMachine, Thread } from "./machine.ts";

const { start, cancel, giveBack, stop, ping } = messages;
const { ready, began, finished, returned, pong } = messages;
/** Endings on the wire. */
const done = 0;
const failed = 1;
const aborted = 2;

/** What a process is to do, and where. */
export interface Stage {
  /** Virtual time. */
  readonly clock: SimulatedClock;
  /** What it runs on. */
  readonly machine: SimulatedMachine;
  /** Share of its time for which a job wants a core. */
  readonly cpuRatio: number;
  /** From the start of a process to its first word, ms. */
  readonly startMs: () => number;
  /** What jobs call for all of their work. Default: nothing, they work themselves. */
  readonly downstream?: Downstream;
  /** Whether what was begun now will fail. Default: never. */
  readonly fails?: () => boolean;
  /** A worker begins the job with this payload; what it takes, ms. */
  begins(payload: number): number;
  /** A begun job has ended `extraMs` later than it would have where nobody wanted its core. */
  ran?(payload: number, extraMs: number): void;
  /** The process is gone. */
  gone(): void;
}

/** A job in it. */
interface Run {
  readonly payload: number;
  readonly fromMs: number;
  /** What it takes alone. */
  readonly tookMs: number;
  readonly work: Work;
}

/** One process. */
export class SimulatedProcess implements WorkerProcess {
  /** Its number. */
  readonly pid: number;
  /** None: it reads at once. */
  readonly queuedBytes = 0;
  readonly #stage: Stage;
  readonly #events: WorkerEvents;
  /** By slot. */
  readonly #runs: (Run | undefined)[] = [];
  #running = 0;
  /** Jobs begun of which the parent does not know yet. */
  #untold = 0;
  #isStopping = false;
  #over = false;
  /** What jobs that have ended did. */
  readonly #thread: Thread = { ranMs: 0, waitedMs: 0 };
  readonly #starting: Work;

  /** A process that is being started. */
  constructor(pid: number, stage: Stage, events: WorkerEvents) {
    this.pid = pid;
    this.#stage = stage;
    this.#events = events;
    const { machine } = stage;
    const startMs = stage.startMs();
    const share = startMs === 0 ? 0 : Math.min(1, machine.startCpuMs / startMs);
    machine.threads.set(pid, () => this.#look());
    machine.peopled();
    this.#starting = machine.cores.begin(share, startMs, () => {
      events.connected(pid);
      events.frame([ready.kind]);
    });
  }

  /** Takes messages of the parent. */
  send(items: string): void {
    if (items.indexOf(startsWith) === 0) return this.#start(items);
    const batch = JSON.parse(`[${items}]`) as unknown[];
    for (let at = 0; at < batch.length; at += 1 + arity(batch[at] as number)) {
      this.#obey(batch[at] as number, batch[at + 1] as number);
    }
  }

  /** Ends at once. */
  kill(signal: "SIGTERM" | "SIGKILL"): void {
    this.#stage.clock.soon(() => this.#exit(signal === "SIGKILL" ? 137 : 143, signal));
  }

  /** It starts no commands. */
  left(): void {}

  #obey(kind: number, field: number): void {
    switch (kind) {
      case stop.kind:
        this.#isStopping = true;
        return this.#leave();
      case ping.kind:
        return this.#say([pong.kind, field]);
      case giveBack.kind:
        return this.#say([returned.kind, []]); // All that came was begun.
      case cancel.kind:
        return this.#abort(field);
    }
  }

  #start(items: string): void {
    const { clock, machine, cpuRatio, downstream, fails } = this.#stage;
    // Jobs are most of what is said: their numbers are read where they stand.
    const from = startsWith.length;
    const attemptAt = items.indexOf(",", from) + 1;
    const operationAt = items.indexOf(",", attemptAt) + 1;
    const inputAt = items.indexOf(",", operationAt) + 1;
    const slot = numberAt(items, from);
    const payload = numberAt(items, inputAt);
    const tookMs = this.#stage.begins(payload);
    const fromMs = clock.nowMs();
    const ending = fails?.() ? failed : done;
    const over = () => this.#finish(slot, ending);
    const work = downstream?.begin(tookMs, over) ?? machine.cores.begin(cpuRatio, tookMs, over);
    this.#runs[slot] = { payload, fromMs, tookMs, work };
    this.#running++;
    if (this.#untold++ === 0) clock.soon(this.#tell);
  }

  readonly #tell = (): void => {
    const count = this.#untold;
    this.#untold = 0;
    if (count > 0 && !this.#over) this.#events.frame([began.kind, count, 0]);
  };

  #finish(slot: number, ending: number): void {
    if (this.#over) return;
    const run = this.#runs[slot]!;
    this.#runs[slot] = undefined;
    this.#running--;
    this.#add(this.#thread, run);
    this.#tell();
    const tookMs = this.#stage.clock.nowMs() - run.fromMs;
    if (ending === done) this.#stage.ran?.(run.payload, tookMs - run.tookMs);
    const told = ending === failed ? unanswered : null;
    this.#events.frame([finished.kind, slot, ending, told, tookMs]);
    this.#leave();
  }

  #abort(slot: number): void {
    const run = this.#runs[slot];
    if (!run) return;
    run.work.stop();
    this.#stage.clock.soon(() => this.#finish(slot, aborted));
  }

  /** Says something in a turn of its own. */
  #say(frame: unknown[]): void {
    this.#stage.clock.soon(() => this.#over || this.#events.frame(frame));
  }

  #leave(): void {
    if (this.#isStopping && this.#running === 0) {
      this.#stage.clock.soon(() => this.#exit(0, null));
    }
  }

  #exit(code: number, signal: string | null): void {
    if (this.#over) return;
    this.#over = true;
    this.#starting.stop();
    for (const run of this.#runs) run?.work.stop();
    this.#runs.length = this.#running = 0;
    this.#stage.machine.threads.delete(this.pid);
    this.#stage.machine.peopled();
    this.#stage.gone();
    this.#events.exited({ code, signal, stderrTail: "" });
  }

  #look(): Thread {
    const { ranMs, waitedMs } = this.#thread;
    const thread: Thread = { ranMs, waitedMs };
    for (const run of this.#runs) if (run) this.#add(thread, run);
    return thread;
  }

  /** Adds what a job did: a share of its work on a core, and what it lost while others had them. */
  #add(thread: Thread, { fromMs, work }: Run): void {
    const doneMs = work.doneMs();
    const { clock, cpuRatio } = this.#stage;
    if (cpuRatio === 0) return;
    thread.ranMs += cpuRatio * doneMs;
    thread.waitedMs += Math.max(0, clock.nowMs() - fromMs - doneMs);
  }
}

const startsWith = `${start.kind},`;

/** The whole number that is written at `from`. */
function numberAt(text: string, from: number): number {
  let value = 0;
  for (let at = from; at < text.length; at++) {
    const digit = text.charCodeAt(at) - zero;
    if (!(digit >= 0 && digit <= 9)) break;
    value = 10 * value + digit;
  }
  return value;
}
const zero = "0".charCodeAt(0);

/** What a job says whose call was not answered. */
const unanswered = { category: "exit", code: "unanswered", message: "Nobody has answered" };
