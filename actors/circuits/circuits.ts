/**
 * Circuit breakers of operations and hosts: while most of what they are needed for fails, their jobs
 * wait beside their lanes, and then one is tried.
 *
 * A breaker is made at the first bad end and forgotten when all is quiet, so most operations have
 * none. Its machine is told of ends together, some times a second.
 *
 * @module
 */
import type { Outcome } from "../../messages/outcome.ts";
import type { Gate, Hold } from "../gates/gate.ts";
import { isKept, type Job, operationOf } from "../job.ts";
import type { Clock } from "../ports.ts";
import { ByName } from "../by_name.ts";
import { operationKey } from "../turns/keys_of.ts";
import { Circuit } from "./circuit.ts";
import { explain } from "./explain.ts";
import { type House, kept, recall, settle } from "./house.ts";
import { answerOf, type BreakerRules, usualRules } from "./rules.ts";

/** Breakers at once. Where all of them are in use, others are not made. */
const circuitsMax = 512;
/** Age at which a closed one makes room for another, ms: so none is made only to be forgotten. */
const youngMs = 1_000;
/** Time that ends are gathered for, ms. */
const gatherMs = 20;
/** Time between looks for breakers that are quiet, ms. */
const sweepMs = 60_000;
/** Jobs that a closed breaker lets go in one turn of the loop. */
const turnMost = 1_000;

/** All breakers of a queue. */
export class Circuits implements Gate<Job> {
  /** By name. */
  readonly all = new Map<string, Circuit>();
  /** Who holds which job. */
  readonly #at = new Map<Job, Circuit>();
  #rules = new ByName<BreakerRules>();
  /** Jobs that nobody wants tried again may have breakers of their operations, too. */
  #watchesAll = false;
  /** Some breaker minds how long calls take. */
  #watchesSlow = false;
  #house: House | null = null;
  readonly #news = new Set<Circuit>();
  #disarms: (() => void)[] = [];
  readonly #clock: Clock;
  readonly #call: (job: Job) => void;

  /** `call` leads a job on that may go. */
  constructor(clock: Clock, call: (job: Job) => void) {
    this.#clock = clock;
    this.#call = call;
  }

  /** Jobs that are held. */
  get held(): number {
    return this.#at.size;
  }

  /** From now on breakers are made, and live in `house`. */
  settleIn(house: House): void {
    this.#house = house;
  }

  /** Other rules hold. What is open by rules that have not changed stays open. */
  adopt(rules: Readonly<Record<string, BreakerRules>>): void {
    this.#rules = new ByName(rules);
    this.#watchesAll = Object.entries(rules).some(([name, { jobs }]) =>
      jobs === "all" && name.startsWith("operation:")
    );
    this.#watchesSlow = Object.values(rules).some(({ slowMs }) => slowMs !== null);
    for (const circuit of [...this.all.values()]) {
      const now = JSON.stringify(this.#rulesOf(circuit.name));
      if (now !== JSON.stringify(circuit.rules)) this.#drop(circuit);
    }
  }

  /** Goes on with the breakers that an earlier process has stored. */
  restore(stored: unknown): void {
    for (const [name, frozen] of recall(stored)) {
      if (this.#rulesOf(name).jobs === "none") continue;
      const circuit = this.#make(name, frozen);
      // Whoever was its probe is no longer, or is one anew.
      circuit?.tell({ type: "returned" });
    }
  }

  concerns(job: Job): boolean {
    if (!isKept(job)) return false;
    return job.retries > 0 || this.#watchesAll || (job.keys?.some(isHost) ?? false);
  }

  enter(job: Job): boolean {
    if (this.all.size === 0) return true;
    const circuits = this.#of(job);
    const blocker = circuits.find((circuit) => !circuit.admits(job));
    if (!blocker) {
      this.#try(job, circuits);
      return true;
    }
    job.state = "blocked";
    this.#at.set(job, blocker);
    blocker.hold(job);
    return false;
  }

  take(job: Job): boolean {
    return this.enter(job);
  }

  settled(job: Job, outcome: Outcome): void {
    const answer = answerOf(outcome);
    if (answer === null) return;
    if (answer === "good" && this.all.size === 0 && !this.#watchesSlow) return;
    for (const name of this.#namesOf(job)) {
      const { slowMs } = this.#rulesOf(name);
      const isSlow = answer === "good" && slowMs !== null && outcome.durationMs > slowMs;
      const isAlarming = answer === "bad" || isSlow;
      const circuit = this.all.get(name) ?? (isAlarming ? this.#make(name) : null);
      if (!circuit) continue;
      circuit.ended(job, isSlow ? "slow" : answer);
      if (this.#news.size === 0) this.#after(gatherMs, () => this.#tellNews());
      this.#news.add(circuit);
    }
  }

  leave(job: Job): void {
    if (this.all.size === 0) return;
    const holder = this.#at.get(job);
    if (holder) this.#release(holder, job);
    for (const circuit of this.#of(job)) {
      if (circuit.probe !== job) continue;
      circuit.probe = null;
      circuit.tell({ type: "returned" });
    }
  }

  why(job: Job): Hold | null {
    const circuit = this.#at.get(job);
    return circuit ? explain(circuit, job, this.#clock.nowMs()) : null;
  }

  /** Forgets what was to be done later. */
  close(): void {
    for (const disarm of this.#disarms) disarm();
    this.#disarms = [];
    this.#house = null;
  }

  /** A machine has made a step. */
  #moved(circuit: Circuit): void {
    this.#house?.keep(kept(this.all.values(), this.#clock));
    if (circuit.isClosed) this.#drain(circuit);
    else this.#probe(circuit);
  }

  /** Lets one go where one is to be tried. */
  #probe(circuit: Circuit): void {
    for (let job = circuit.next; job && circuit.isReady; job = circuit.next) {
      this.#release(circuit, job);
      if (this.enter(job)) this.#call(job);
    }
  }

  /** Lets all go that it held, some at a time. */
  #drain(circuit: Circuit): void {
    for (let n = 0; n < turnMost && circuit.isClosed; n++) {
      const job = circuit.next;
      if (!job) return;
      this.#release(circuit, job);
      if (this.enter(job)) this.#call(job);
    }
    if (circuit.next && circuit.isClosed) this.#after(0, () => this.#drain(circuit));
  }

  #release(circuit: Circuit, job: Job): void {
    this.#at.delete(job);
    circuit.forget();
  }

  /** A job goes: where a breaker is half open, it is the probe. */
  #try(job: Job, circuits: readonly Circuit[]): void {
    for (const circuit of circuits) {
      if (!circuit.isReady) continue;
      circuit.probe = job;
      circuit.tell({ type: "probed" });
    }
  }

  #tellNews(): void {
    const circuits = [...this.#news];
    this.#news.clear();
    for (const circuit of circuits) circuit.tellNews();
  }

  #sweep(): void {
    const nowMs = this.#clock.nowMs();
    for (const circuit of [...this.all.values()]) if (circuit.isQuiet(nowMs)) this.#drop(circuit);
    if (this.all.size > 0) this.#after(sweepMs, () => this.#sweep());
  }

  #of(job: Job): readonly Circuit[] {
    return this.#namesOf(job).flatMap((name) => this.all.get(name) ?? []);
  }

  /** The breakers that a job may have. */
  #namesOf(job: Job): readonly string[] {
    const names = [operationKey(operationOf(job.spec)), ...(job.keys ?? []).filter(isHost)];
    return names.filter((name) => {
      const { jobs } = this.#rulesOf(name);
      return jobs === "all" || (jobs === "retried" && job.retries > 0);
    });
  }

  #rulesOf(name: string): BreakerRules {
    return this.#rules.of(name) ?? usualRules[isHost(name) ? "host" : "operation"];
  }

  /** Makes a breaker; null where there is no place for one. */
  #make(name: string, frozen?: unknown): Circuit | null {
    const house = this.#house;
    if (!house || !this.#hasRoom()) return null;
    const rules = this.#rulesOf(name);
    const holds = (job: Job, by: Circuit) => this.#at.get(job) === by;
    const circuit = new Circuit(name, rules, this.#clock, holds);
    if (this.all.size === 0) this.#after(sweepMs, () => this.#sweep());
    this.all.set(name, circuit);
    settle(house, circuit, this.#clock, frozen, {
      moved: () => this.#moved(circuit),
      ended: () => this.#drop(circuit),
    });
    return circuit;
  }

  #hasRoom(): boolean {
    if (this.all.size < circuitsMax) return true;
    const nowMs = this.#clock.nowMs();
    for (const circuit of this.all.values()) {
      if (!circuit.isClosed || circuit.held > 0 || nowMs - circuit.badMs < youngMs) continue;
      this.#drop(circuit);
      return true;
    }
    return false;
  }

  /** Forgets a breaker; whom it held may go. */
  #drop(circuit: Circuit): void {
    this.all.delete(circuit.name);
    this.#news.delete(circuit);
    this.#house?.supervisor.dismiss(circuit.id);
    if (!circuit.isClosed) this.#house?.keep(kept(this.all.values(), this.#clock));
    for (let job = circuit.next; job; job = circuit.next) {
      this.#release(circuit, job);
      if (this.enter(job)) this.#call(job);
    }
  }

  #after(ms: number, fn: () => void): void {
    const disarm = this.#clock.at(this.#clock.nowMs() + ms, () => {
      this.#disarms = this.#disarms.filter((other) => other !== disarm);
      fn();
    });
    this.#disarms.push(disarm);
  }
}

const isHost = (name: string): boolean => name.startsWith("host:");
