/**
 * A worker's process that is started before its pool asks for it: it loads while we do.
 *
 * @module
 */
import type { Clock, Processes, WorkerEvents, WorkerProcess } from "./ports.ts";

/** Which worker a process is for. */
type Place = Parameters<Processes["spawn"]>[0];

/** Processes of which one runs already. */
export class Vanguard implements Processes {
  readonly #processes: Processes;
  readonly #place: Place;
  readonly #process: WorkerProcess;
  readonly #clock: Pick<Clock, "nowMs">;
  readonly #said: Said;
  /** When it was started, monotonic ms. */
  readonly #startedMs: number;
  #isTaken = false;

  /** Starts the process of `place` by `processes`. */
  constructor(processes: Processes, place: Place, clock: Pick<Clock, "nowMs">) {
    this.#processes = processes;
    this.#place = place;
    this.#clock = clock;
    this.#said = new Said(clock);
    this.#startedMs = clock.nowMs();
    this.#process = processes.spawn(place, this.#said);
  }

  /** Hands the process over where it is the one that is asked for; starts one where it is not. */
  spawn(place: Place, events: WorkerEvents): WorkerProcess {
    const { seat, generation, grant } = this.#place;
    const isIt = place.seat === seat && place.generation === generation &&
      place.grant.key === grant.key;
    if (this.#isTaken || !isIt) return this.#processes.spawn(place, events);
    this.#isTaken = true;
    // Nobody hears of a process before having it.
    queueMicrotask(() => this.#said.tell(events));
    const untilMs = this.#said.heardMs ?? this.#clock.nowMs();
    return Object.assign(this.#process, { aheadMs: untilMs - this.#startedMs });
  }

  /** Ends the process where nobody has asked for it; resolves when it is gone. */
  async dismiss(): Promise<void> {
    if (this.#isTaken) return;
    this.#isTaken = true;
    this.#process.kill("SIGKILL", true);
    await this.#said.over;
  }

  sweep(): number {
    return this.#processes.sweep();
  }

  close(): void | Promise<void> {
    return this.#processes.close();
  }
}

/** Keeps what a process does until somebody hears it. */
class Said implements WorkerEvents {
  readonly #kept: ((events: WorkerEvents) => void)[] = [];
  readonly #over = Promise.withResolvers<void>();
  readonly #clock: Pick<Clock, "nowMs">;
  #events: WorkerEvents | null = null;
  /** When its first word came, monotonic ms; null: it has said nothing yet. */
  heardMs: number | null = null;

  /** Of a process of which nothing is known yet. */
  constructor(clock: Pick<Clock, "nowMs">) {
    this.#clock = clock;
  }

  /** Resolves when the process is gone, or could not be started. */
  readonly over = this.#over.promise;

  /** Tells `events` all of it, and from now on each thing as it happens. */
  tell(events: WorkerEvents): void {
    this.#events = events;
    for (const tell of this.#kept.splice(0)) tell(events);
  }

  connected(pid: number): void {
    this.#keep((events) => events.connected(pid));
  }

  frame(batch: unknown[]): void {
    this.heardMs ??= this.#clock.nowMs();
    this.#keep((events) => events.frame(batch));
  }

  garbage(because: string): void {
    this.#keep((events) => events.garbage(because));
  }

  exited(exit: Parameters<WorkerEvents["exited"]>[0]): void {
    this.#keep((events) => events.exited(exit));
    this.#over.resolve();
  }

  failed(because: string): void {
    this.#keep((events) => events.failed(because));
    this.#over.resolve();
  }

  #keep(tell: (events: WorkerEvents) => void): void {
    if (this.#events) tell(this.#events);
    else this.#kept.push(tell);
  }
}
