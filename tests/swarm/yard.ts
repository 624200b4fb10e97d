/**
 * All worker processes there are, and who of them runs what: what is seen from outside, whatever the
 * service believes.
 *
 * @module
 */
import type { HostReading } from "../../messages/mailboxes.ts";
import type { Host, Processes } from "../../actors/ports.ts";
import { unseen } from "../unseen.ts";
import type { Ear, Foreman, Ground, How, Toil } from "./ground.ts";
import { SwarmProcess } from "./process.ts";
import { freezeMaxMs, lagMaxMs } from "./weather.ts";

/** So long may a process be stopped without being seen so: between two looks, ms. */
const unseenMs = 1_000;

/** What became of a job in the processes. */
interface Trail {
  runs: number;
  /** Runs after which another one is in order. */
  again: number;
  beganMs: number;
  last: How | "running" | null;
}

/** The processes of one machine. */
export class Yard implements Foreman {
  readonly processes = new Map<number, SwarmProcess>();
  readonly ground: Ground;
  /** Whether the job with this number has its ending. */
  isOver: (n: number) => boolean = () => false;
  readonly #trails = new Map<number, Trail>();
  readonly #keys = new Map<string, number>();
  #pids = 100;

  /** Nobody is there. */
  constructor(ground: Ground) {
    this.ground = ground;
  }

  /** Where the service that `ear` belongs to starts its workers. */
  processesFor(ear: Ear): Processes {
    return {
      spawn: ({ seat, generation }, events) => {
        const pid = ++this.#pids;
        this.ground.witness.say(`spawn ${pid} as ${seat}.${generation}`);
        const process = new SwarmProcess(pid, this, ear, events);
        if (!process.isOver) this.processes.set(pid, process);
        return process;
      },
      sweep: () => 0,
      close: () => {},
    };
  }

  /** What can be seen of the machine. */
  get host(): Host {
    return {
      read: () => this.#look(),
      vitals: () => unseen,
      walk: () => 5_000,
      processState: (pid) => this.processes.get(pid)?.state ?? null,
      scriptThreads: () => 0,
      threadMs: () => null,
      residentBytes: (pid) => this.processes.has(pid) ? 5e7 : null,
    };
  }

  /** A job is begun by a process. */
  begins({ n, key }: Toil, attempt: number, pid: number): void {
    const { witness } = this.ground;
    witness.say(`begin ${n} attempt ${attempt} in ${pid}`);
    const trail = this.#trails.get(n) ?? { runs: 0, again: 0, beganMs: 0, last: null };
    this.#trails.set(n, trail);
    witness.demand(trail.last !== "running", () => `RI5: ${n} runs twice at once`);
    witness.demand(!this.isOver(n), () => `RI3: ${n} is begun after its ending`);
    witness.demand(trail.runs <= trail.again, () => `RI2: ${n} is begun again without a reason`);
    trail.runs++;
    trail.last = "running";
    trail.beganMs = this.ground.clock.nowMs();
    if (key === null) return;
    const others = this.#keys.get(key) ?? 0;
    witness.demand(others === 0, () => `RI6: ${n} and another one of ${key} run at once`);
    this.#keys.set(key, others + 1);
  }

  /** A run has ended. */
  ends({ n, key, withinMs }: Toil, how: How): void {
    const { clock, weather: { on }, witness } = this.ground;
    witness.say(`end ${n} ${how}`);
    const trail = this.#trails.get(n)!;
    trail.last = how;
    const ranMs = clock.nowMs() - trail.beganMs;
    // What is done too late is not done; the service may hear of it later still.
    const slackMs = 2 + (on.has("lags") ? lagMaxMs : 0) + (on.has("freezes") ? freezeMaxMs : 0) +
      (on.has("stops") ? unseenMs : 0);
    if (how !== "done" || ranMs + slackMs >= withinMs) trail.again = trail.runs;
    if (key !== null) this.#keys.set(key, this.#keys.get(key)! - 1);
  }

  gone(pid: number): void {
    this.processes.delete(pid);
  }

  /** Ends of the last life that were not safe are forgotten: those jobs are run again. */
  forget(): void {
    for (const trail of this.#trails.values()) trail.again = trail.runs;
  }

  /** A job is taken anew that had ended. */
  redriven(n: number): void {
    const trail = this.#trails.get(n);
    if (trail) trail.again = trail.runs;
  }

  /** The service is gone, and all workers with it. */
  raze(): void {
    for (const process of this.processes.values()) process.vanish();
    this.forget();
  }

  #look(): HostReading {
    const { weather } = this.ground;
    const busy = this.processes.values().reduce((sum, { running }) => sum + running, 0);
    const sane: HostReading = {
      cores: 4,
      cpuRatio: Math.min(1, busy / 40),
      memoryRatio: 0.2 + 0.01 * this.processes.size,
      memoryAvailableBytes: 8e9,
      cpuPressureRatio: 0,
      memoryPressureRatio: 0,
      ioPressureRatio: 0,
    };
    if (!weather.strikes("senses")) return sane;
    const wrong = weather.pick("senses", [null, NaN, -1, 7]);
    return {
      ...sane,
      cpuRatio: wrong,
      memoryRatio: wrong,
      memoryAvailableBytes: wrong,
      memoryPressureRatio: null,
      ioPressureRatio: 0,
    };
  }
}
