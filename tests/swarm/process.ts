/**
 * A worker process that does its work as the real one does, as long as nothing strikes it.
 *
 * @module
 */
import type { WorkerEvents, WorkerProcess } from "../../actors/ports.ts";
import { announcedMs, arity, messages } from "../../messages/wire.ts";
import { lagMaxMs } from "./weather.ts";
import type { Ear, Foreman, Ground, Toil } from "./ground.ts";

const { start, cancel, giveBack, stop, ping } = messages;
const { ready, began, begins, held, finished, returned, pong } = messages;

/** Endings on the wire. */
const [done, failed, aborted] = [0, 1, 2];

/** A job that lies here. */
interface Task {
  readonly slot: number;
  readonly attempt: number;
  readonly timeoutMs: number;
  readonly toil: Toil;
}

/** Ways in which processes die. */
const deaths = [
  { code: 1, signal: null, stderrTail: "error: Uncaught" },
  { code: 0, signal: null, stderrTail: "" },
  { code: 137, signal: "SIGKILL", stderrTail: "" },
  { code: 139, signal: "SIGSEGV", stderrTail: "" },
  {
    code: 133,
    signal: "SIGTRAP",
    stderrTail: "Fatal JavaScript out of memory: Reached heap limit",
  },
] as const;

/** What a worker must not say; it can't name a job that it does not have. */
const nonsense = [
  [999],
  [began.kind, 500, 0],
  [began.kind, -1, 0],
  [began.kind],
  ["xstate.done.actor.x"],
  [finished.kind, 60_000, done, null, 1],
  [returned.kind, [60_000]],
  [pong.kind, 0, pong.kind, 0],
] as const;

/** From a word to its hearing while nothing delays it, ms. */
const wireMs = 0.2;

/** One process. */
export class SwarmProcess implements WorkerProcess {
  readonly queuedBytes = 0;
  readonly #ground: Ground;
  readonly #foreman: Foreman;
  readonly #ear: Ear;
  readonly #events: WorkerEvents;
  readonly #waiting: Task[] = [];
  readonly #running = new Map<number, Task>();
  /** Those that do not hear that they are to end. */
  readonly #deaf = new Set<number>();
  /** What has come and was not read. */
  #inbox: string[] = [];
  /** What had to be put off while it was stopped. */
  #later: (() => void)[] = [];
  #isHeld = false;
  #isStopped = false;
  #isLeaving = false;
  /** It is gone, or never was. */
  isOver = false;
  /** When the latest word of each direction arrives, ms. */
  #heardMs = 0;
  #saidMs = 0;

  /** A process that is being started. */
  constructor(readonly pid: number, foreman: Foreman, ear: Ear, events: WorkerEvents) {
    this.#foreman = foreman;
    this.#ground = foreman.ground;
    this.#ear = ear;
    this.#events = events;
    const { weather } = this.#ground;
    const trouble = weather.strikes("starts")
      ? weather.pick("starts", ["refused", "late", "dies", "mute"])
      : null;
    if (trouble === "refused") this.#refuse();
    if (trouble === "refused" || trouble === "mute") return;
    const startMs = trouble === "late" ? weather.between("starts", 1_000, 15_000) : 20;
    this.#after(startMs, () => {
      if (trouble === "dies") return this.#exit(deaths[0]);
      this.#tell(() => events.connected(pid));
      this.#say([ready.kind]);
    });
  }

  /** Jobs that run. */
  get running(): number {
    return this.#running.size;
  }

  /** As `/proc` has it. */
  get state(): string {
    if (this.#isStopped) return "T";
    return this.#isHeld ? "R" : "S";
  }

  send(items: string): void {
    if (this.isOver) return;
    this.#heardMs = Math.max(this.#heardMs, this.#now + this.#lagMs());
    this.#ground.clock.at(this.#heardMs, () => {
      this.#inbox.push(items);
      this.#read();
    });
  }

  kill(signal: "SIGTERM" | "SIGKILL"): void {
    const code = signal === "SIGKILL" ? 137 : 143;
    this.#ground.clock.at(this.#now + 2, () => {
      const end = () => this.#exit({ code, signal, stderrTail: "" });
      if (signal === "SIGTERM" && this.#isStopped) this.#later.push(end);
      else end();
    });
  }

  left(): void {}

  /** Stops it, as by SIGSTOP. */
  halt(): void {
    this.#isStopped = true;
  }

  /** Lets it go on. */
  resume(): void {
    if (!this.#isStopped) return;
    this.#isStopped = false;
    for (const fn of this.#later.splice(0)) fn();
    this.#read();
  }

  /** It dies of itself. */
  die(): void {
    this.#exit(this.#ground.weather.pick("deaths", deaths));
  }

  /** It says something that it must not. */
  babble(): void {
    const frame = this.#ground.weather.pick("garbage", [...nonsense, null]);
    if (frame === null) this.#tell(() => this.#events.garbage("Unexpected token in JSON"));
    else this.#say([...frame]);
  }

  /** It is gone and nobody is there to hear of it. */
  vanish(): void {
    if (!this.isOver) this.#leave();
  }

  get #now(): number {
    return this.#ground.clock.nowMs();
  }

  #lagMs(): number {
    const { weather } = this.#ground;
    return weather.strikes("lags") ? weather.between("lags", wireMs, lagMaxMs) : wireMs;
  }

  #tell(fn: () => void): void {
    this.#saidMs = Math.max(this.#saidMs, this.#now + this.#lagMs());
    this.#ear.hear(this.#saidMs, fn);
  }

  #say(frame: unknown[]): void {
    this.#tell(() => this.#events.frame(frame));
  }

  /** Does something after `ms`, unless it is gone; stopped meanwhile, when it goes on. */
  #after(ms: number, fn: () => void): void {
    this.#ground.clock.at(this.#now + ms, () => {
      if (this.isOver) return;
      if (this.#isStopped) this.#later.push(() => this.isOver || fn());
      else fn();
    });
  }

  #refuse(): void {
    this.isOver = true;
    const because = "Resource temporarily unavailable (os error 11)";
    this.#ear.hear(this.#now + 1, () => this.#events.failed(because));
  }

  /** Reads what has come, and begins what lies ready. */
  #read(): void {
    if (this.isOver || this.#isStopped || this.#isHeld) return;
    for (const items of this.#inbox.splice(0)) {
      const batch = JSON.parse(`[${items}]`) as unknown[];
      for (let at = 0; at < batch.length; at += 1 + arity(batch[at] as number)) {
        this.#obey(batch, at);
        if (this.isOver) return;
      }
    }
    while (this.#waiting.length > 0 && !this.#isHeld && !this.isOver) {
      this.#begin(this.#waiting.shift()!);
    }
  }

  #obey(batch: readonly unknown[], at: number): void {
    const field = batch[at + 1] as number;
    switch (batch[at]) {
      case start.kind: {
        const [attempt, , toil, timeoutMs] = batch.slice(at + 2, at + 6);
        this.#waiting.push({ slot: field, attempt, toil, timeoutMs } as Task);
        return;
      }
      case cancel.kind:
        return this.#cancel(field);
      case giveBack.kind:
        return this.#giveBack(field);
      case stop.kind:
        this.#isLeaving = true;
        this.#giveBack(this.#waiting.length);
        return this.#leaveIfEmpty();
      case ping.kind:
        return this.#say([pong.kind, field]);
    }
  }

  #giveBack(count: number): void {
    const back = this.#waiting.splice(Math.max(0, this.#waiting.length - count));
    this.#say([returned.kind, back.map(({ slot }) => slot)]);
  }

  #cancel(slot: number): void {
    const task = this.#running.get(slot);
    if (task && this.#deaf.has(slot)) return;
    if (task) {
      return this.#after(5, () => this.#running.get(slot) === task && this.#finish(task, aborted));
    }
    const at = this.#waiting.findIndex((waiting) => waiting.slot === slot);
    if (at < 0) return;
    this.#waiting.splice(at, 1);
    this.#say([returned.kind, [slot]]);
  }

  #begin(task: Task): void {
    const { slot, toil, timeoutMs, attempt } = task;
    const { weather } = this.#ground;
    if (timeoutMs > 0 && timeoutMs <= announcedMs) this.#say([begins.kind, 1]);
    this.#running.set(slot, task);
    this.#foreman.begins(toil, attempt, this.pid);
    const dies = toil.poison || weather.strikes("deaths");
    const hangs = !dies && weather.strikes("hangs");
    const fails = weather.strikes("failures");
    const isHeld = this.#isHeld = toil.holds;
    if (!isHeld) this.#say([began.kind, 1, 0.1, held.kind, slot, 0.1]);
    if (hangs) return void this.#deaf.add(slot);
    const tookMs = dies && !toil.poison ? weather.between("deaths", 0, toil.ms) : toil.ms;
    this.#after(tookMs, () => {
      if (this.#running.get(slot) !== task) return;
      if (dies) return this.die();
      if (isHeld) {
        this.#isHeld = false;
        this.#say([began.kind, 1, tookMs]);
      }
      this.#finish(task, fails ? failed : done);
      this.#read();
    });
  }

  #finish(task: Task, ending: number): void {
    const { slot, toil } = task;
    this.#running.delete(slot);
    this.#deaf.delete(slot);
    const how = ending === done ? "done" : ending === failed ? "failed" : "aborted";
    this.#foreman.ends(toil, how);
    const failure = { category: "exit", code: "task_threw", message: "Error: played" };
    const payload = ending === done ? toil.n : ending === failed ? failure : null;
    this.#say([finished.kind, slot, ending, payload, toil.ms]);
    this.#leaveIfEmpty();
  }

  #leaveIfEmpty(): void {
    if (!this.#isLeaving || this.#running.size > 0) return;
    this.#after(1, () => this.#exit({ code: 0, signal: null, stderrTail: "" }));
  }

  #exit(exit: { readonly code: number; readonly signal: string | null; stderrTail: string }): void {
    if (this.isOver) return;
    this.#ground.witness.say(`exit ${this.pid} ${exit.signal ?? exit.code}`);
    this.#leave();
    this.#tell(() => this.#events.exited(exit));
  }

  #leave(): void {
    this.isOver = true;
    for (const { toil } of this.#running.values()) this.#foreman.ends(toil, "died");
    this.#running.clear();
    this.#foreman.gone(this.pid);
  }
}
