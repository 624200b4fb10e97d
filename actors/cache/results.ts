/**
 * Results that are known already: ends jobs that ask for what was asked for before, and lets those
 * that ask for what is being worked on wait for it.
 *
 * What is kept is the text of a `done` outcome under a key of everything that it depends on. Jobs
 * whose task has no cache never come here.
 *
 * @module
 */
import type { CacheStatus } from "../../messages/status.ts";
import type { Outcome } from "../../messages/outcome.ts";
import type { Verdict } from "../doom.ts";
import type { Gate, Hold } from "../gates/gate.ts";
import { type Job, jobId, stateOf, unmeasured } from "../job.ts";
import type { Clock, Stamp } from "../ports.ts";
import { type CacheConfig, cacheSchema } from "./config.ts";
import { Kept } from "./kept.ts";
import { digestOf, stampsOf } from "./key.ts";
import { Portions } from "./portions.ts";
import { type KeepRule, KeepRules } from "./rules.ts";

/** Jobs whose files are looked at at once. */
const looksMost = 16;

/** What the gate stands on. */
export interface ResultsParts {
  readonly clock: Clock;
  /** Tells how files look; left out: nobody does, and no file can be depended on. */
  readonly stamp?: Stamp;
  /** Leads a job on that was held here. */
  readonly call: (job: Job) => void;
  /** Ends a job whose result is known. */
  readonly end: (job: Job, verdict: Verdict) => void;
  /** Calls `fn` once, when the ending of a job is safe and was told. */
  readonly told: (job: Job, fn: () => void) => void;
}

/** One job on its way to a result. */
interface Flight {
  readonly job: Job;
  readonly key: string;
  readonly stamps: string;
  readonly rule: KeepRule;
  /** Jobs that ask for the same. */
  readonly waiting: Set<Job>;
  /** Its result; null: its attempt has ended without one; undefined: that has not ended. */
  text: string | null | undefined;
}

/** The result cache. */
export class Results implements Gate<Job> {
  readonly #kept: Kept;
  #rules = new KeepRules();
  /** Policy and size that were adopted. */
  #shape = "";
  /** Whether results of jobs that end are kept. Those that are kept are answered with in any case. */
  fills = true;
  #hits = 0;
  #misses = 0;
  #savedMs = 0;
  /** Jobs that are held: for whom they wait, null while their key is made. */
  readonly #held = new Map<Job, Flight | null>();
  /** Jobs that were let go; null: what they depend on can't be told, and their result is not kept. */
  readonly #through = new Map<Job, Flight | null>();
  /** By key, whose result others wait for. */
  readonly #flights = new Map<string, Flight>();
  /** Whose key is to be made: those who came, and, last first, those whose turn it is. */
  #came: Job[] = [];
  #turn: Job[] = [];
  #looks = 0;
  #isClosed = false;
  readonly #portions: Portions;
  readonly #parts: ResultsParts;

  /** Nothing is known yet. */
  constructor(parts: ResultsParts) {
    const { policy, bytesMax } = cacheSchema.parse({});
    this.#kept = new Kept(parts.clock, policy, bytesMax);
    this.#portions = new Portions(parts.clock, {
      waits: (job) => this.#held.has(job),
      give: (job, text) => this.#hit(job, text),
      told: parts.told,
    });
    this.#parts = parts;
  }

  /** Jobs that are held. */
  get held(): number {
    return this.#held.size;
  }

  /** In numbers. */
  get status(): CacheStatus {
    const { size, bytes, bytesMax, evictions, expired } = this.#kept;
    const asks = this.#hits + this.#misses;
    return {
      hits: this.#hits,
      misses: this.#misses,
      hitRatio: asks === 0 ? null : this.#hits / asks,
      savedMs: this.#savedMs,
      ...{ entries: size, bytes, bytesMax, evictions, expired },
      waiting: this.held,
    };
  }

  /** Other rules hold; what is kept stays as far as there is room. */
  adopt(
    { policy, bytesMax, ttlMs }: CacheConfig,
    operations: ConstructorParameters<typeof KeepRules>[1],
  ): void {
    this.#rules = new KeepRules(ttlMs, operations);
    // What is known of who is asked for how often is lost with a move.
    const shape = JSON.stringify([policy, bytesMax]);
    if (shape === this.#shape) return;
    this.#shape = shape;
    this.#kept.adopt(policy, bytesMax);
  }

  concerns(job: Job): boolean {
    return this.#rules.of(job) !== null;
  }

  enter(job: Job): boolean {
    // It comes back from a worker, or from a gate behind this one.
    if (this.#through.has(job)) return true;
    job.state = "blocked";
    this.#ask(job);
    return false;
  }

  take(): boolean {
    return true;
  }

  settled(job: Job, outcome: Outcome): void {
    const flight = this.#through.get(job);
    if (flight) flight.text = textOf(outcome);
  }

  leave(job: Job): void {
    this.#held.get(job)?.waiting.delete(job);
    this.#held.delete(job);
    const flight = this.#through.get(job);
    this.#through.delete(job);
    if (!flight) return;
    // It only goes to another place in its lane: another one goes first, not all that wait for it.
    if (flight.text === undefined && job.state === "waiting") this.#leaveTo(flight);
    else void this.#land(flight);
  }

  why(job: Job): Hold {
    const flight = this.#held.get(job);
    const because = flight
      ? `${jobId(flight.job.id)} (${stateOf(flight.job)}) was asked for the same: ` +
        "it waits for its result"
      : "It is looked for among the results that are known";
    return { gate: "cache", because, ahead: null, untilMs: null };
  }

  /** Lets nobody go any more. */
  close(): void {
    this.#isClosed = true;
    this.#held.clear();
    this.#through.clear();
    this.#flights.clear();
    this.#came = this.#turn = [];
  }

  #ask(job: Job): void {
    this.#held.set(job, null);
    this.#came.push(job);
    this.#next();
  }

  #leaveTo(flight: Flight): void {
    if (this.#flights.get(flight.key) === flight) this.#flights.delete(flight.key);
    for (const other of flight.waiting) this.#ask(other);
  }

  /** Looks for some of those that ask. */
  #next(): void {
    while (this.#looks < looksMost) {
      if (this.#turn.length === 0) {
        this.#turn = this.#came.reverse();
        this.#came = [];
      }
      const job = this.#turn.pop();
      if (!job) return;
      this.#looks++;
      void this.#look(job).finally(() => {
        this.#looks--;
        this.#next();
      });
    }
  }

  async #look(job: Job): Promise<void> {
    const rule = this.#rules.of(job);
    // Also where there is nothing to look at: who enters is held first, and is called afterwards.
    const stamps = await (rule && this.#stamps(job, rule));
    // The job may have ended meanwhile, or even have come anew.
    if (this.#held.get(job) !== null || this.#isClosed) return;
    if (rule === null || stamps === null) return this.#let(job, null);
    const key = `${digestOf(job)} ${stamps}`;
    const text = this.#kept.get(key, rule.ttlMs);
    if (text !== null) return this.#portions.give(job, text);
    const flight = this.#flights.get(key);
    if (flight && !overtakes(job, flight.job)) {
      flight.waiting.add(job);
      this.#held.set(job, flight);
      return;
    }
    this.#misses++;
    const own: Flight = { job, key, stamps, rule, waiting: new Set(), text: undefined };
    if (!flight) this.#flights.set(key, own);
    this.#let(job, own);
  }

  async #stamps(job: Job, rule: KeepRule): Promise<string | null> {
    const { stamp = () => Promise.resolve(null) } = this.#parts;
    try {
      return await stampsOf(job, rule, stamp);
    } catch {
      return null; // It can't be told: the job itself will show what is wrong.
    }
  }

  #let(job: Job, flight: Flight | null): void {
    this.#held.delete(job);
    this.#through.set(job, flight);
    this.#parts.call(job);
  }

  #hit(job: Job, text: string): void {
    const { tookMs, given }: Text = JSON.parse(text);
    this.#hits++;
    this.#savedMs += tookMs;
    this.#held.delete(job);
    this.#parts.end(job, {
      type: "done",
      cache: "hit",
      ...given,
      attempts: job.attempt - 1,
      resources: unmeasured,
    });
  }

  /** A job is over, or will be tried again: keeps its result where it has one. */
  async #land(flight: Flight): Promise<void> {
    const { job, key, stamps, rule, waiting, text } = flight;
    // What has changed while it ran is not what the key says.
    const isGood = typeof text === "string" && await this.#stamps(job, rule) === stamps;
    if (this.#isClosed) return;
    if (isGood && this.fills) this.#kept.put(key, text, rule.ttlMs);
    if (this.#flights.get(key) === flight) this.#flights.delete(key);
    for (const other of waiting) {
      if (isGood) {
        this.#portions.give(other, text);
        continue;
      }
      // Who waited for a failure has waited long enough: all of them go, and none waits again.
      this.#misses++;
      this.#let(other, { ...flight, job: other, waiting: new Set(), text: undefined });
    }
  }
}

/**
 * Nobody is kept behind one that has not begun and is of a worse class, or may be held by what does
 * not hold him: another pool, or other keys.
 */
const overtakes = (job: Job, other: Job): boolean =>
  other.state !== "running" &&
  (job.rank < other.rank || job.operation.grant.key !== other.operation.grant.key ||
    String(job.keys) !== String(other.keys));

/** What is kept. */
interface Text {
  /** How long the job ran. */
  readonly tookMs: number;
  /** What it gave. */
  readonly given: Partial<Outcome>;
}

/** What is kept of an outcome; null: nothing, as it is not done or lies in a file. */
function textOf({ type, output, durationMs, ...outcome }: Outcome): string | null {
  if (type !== "done" || outcome.stdoutFile !== undefined || outcome.stderrFile !== undefined) {
    return null;
  }
  const { exitCode, signal, stdout, stderr, stdoutBase64, stderrBase64, droppedBytes } = outcome;
  const command = { exitCode, signal, stdout, stderr, stdoutBase64, stderrBase64, droppedBytes };
  return JSON.stringify({ tookMs: durationMs, given: { output, ...command } });
}
