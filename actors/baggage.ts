/**
 * What only some jobs carry: keys, limits, a log, bad luck. A job that waits has none of it as a rule,
 * and there may be a million of those, so it lies in an object of its own that most never get.
 *
 * @module
 */
import type { Limits } from "../messages/limits.ts";
import type { FailedAttempt } from "../messages/outcome.ts";
import type { Allowance } from "./allowance.ts";
import type { Doom } from "./doom.ts";
import type { Environment } from "./surroundings.ts";
import type { JobLog } from "./job_log.ts";
import type { Bunch } from "./turns/bunch.ts";
import type { Draw, Drawing } from "./turns/draw.ts";
import type { Placed } from "./turns/precedes.ts";
import { type Turn, turn } from "./turns/turn.ts";
import type { Weight } from "./weight.ts";

/** All of it, as it is at first. */
class Baggage {
  /** What a command is given besides variables of its own. */
  environment: Environment | null = null;
  /** Longest wait for a start, ms from its due time; 0: any. */
  queueTimeoutMs: number = 0;
  /** Inside its class, what its spec calls rank: -100..100, more is better. */
  urgency: number = 0;
  /** Monotonic: when its first attempt could begin; null while it has had no other one. */
  firstDueMs: number | null = null;
  /** Of the attempts, those that ended with the death of their worker: they are no retries. */
  losses: number = 0;
  /** Workers, and services, that died with this job alone in them. */
  strikes: number = 0;
  /** Services that died while they had this job begun. */
  deaths: number = 0;
  /** Workers that died of a full heap while they had this job. */
  ooms: number = 0;
  /** Was running in a worker that died: runs alone until it ends. */
  suspect: boolean = false;
  /** Why it shall end without having ended by itself. */
  doomed: Doom | null = null;
  /** What that is told with. */
  because: string = "";
  /** How its earlier attempts ended, null where none did. */
  failures: readonly FailedAttempt[] | null = null;
  /** What it has said, where it has said anything and is kept. */
  log: JobLog | null = null;
  /** What it may take of the machine. Changes while it runs. */
  limits: Limits | null = null;
  /** What is reserved for it; null for jobs that share a worker's memory. */
  weight: Weight | null = null;
  /** What its operation was seen to take, where limits are learnt from that. */
  allowance: Allowance | null = null;
}

/** What keys need: many jobs have them and nothing else of this. */
class Ticket<J extends Placed & Drawing> {
  /** What only so many jobs may have at once, null where it is nothing. */
  keys: readonly string[] | null = null;
  /** Those with the same keys, while it waits or runs. */
  bunch: Bunch<J> | null = null;
  /** Which of that it does. */
  turn: Turn = turn.none;
  /** What it takes of the rates of its keys, null where they have none. */
  draw: Draw | null = null;
}

/** What is read of a job that carries nothing. */
const none: Readonly<Baggage> = Object.freeze(new Baggage());
const noTicket = Object.freeze(new Ticket<never>()) as Readonly<Ticket<never>> & { bunch: null };

/** Carries it from the first time on that something is written. */
export class Carrier<J extends Placed & Drawing> {
  #baggage: Baggage | null = null;
  #ticket: Ticket<J> | null = null;

  get #own(): Baggage {
    return this.#baggage ??= new Baggage();
  }
  get #ownTicket(): Ticket<J> {
    return this.#ticket ??= new Ticket();
  }

  get environment(): Environment | null {
    return (this.#baggage ?? none).environment;
  }
  set environment(value: Environment | null) {
    if (value !== this.environment) this.#own.environment = value;
  }
  get queueTimeoutMs(): number {
    return (this.#baggage ?? none).queueTimeoutMs;
  }
  set queueTimeoutMs(value: number) {
    if (value !== this.queueTimeoutMs) this.#own.queueTimeoutMs = value;
  }
  get urgency(): number {
    return (this.#baggage ?? none).urgency;
  }
  set urgency(value: number) {
    if (value !== this.urgency) this.#own.urgency = value;
  }
  get firstDueMs(): number | null {
    return (this.#baggage ?? none).firstDueMs;
  }
  set firstDueMs(value: number | null) {
    if (value !== this.firstDueMs) this.#own.firstDueMs = value;
  }
  get losses(): number {
    return (this.#baggage ?? none).losses;
  }
  set losses(value: number) {
    if (value !== this.losses) this.#own.losses = value;
  }
  get strikes(): number {
    return (this.#baggage ?? none).strikes;
  }
  set strikes(value: number) {
    if (value !== this.strikes) this.#own.strikes = value;
  }
  get deaths(): number {
    return (this.#baggage ?? none).deaths;
  }
  set deaths(value: number) {
    if (value !== this.deaths) this.#own.deaths = value;
  }
  get ooms(): number {
    return (this.#baggage ?? none).ooms;
  }
  set ooms(value: number) {
    if (value !== this.ooms) this.#own.ooms = value;
  }
  get suspect(): boolean {
    return (this.#baggage ?? none).suspect;
  }
  set suspect(value: boolean) {
    if (value !== this.suspect) this.#own.suspect = value;
  }
  get doomed(): Doom | null {
    return (this.#baggage ?? none).doomed;
  }
  set doomed(value: Doom | null) {
    if (value !== this.doomed) this.#own.doomed = value;
  }
  get because(): string {
    return (this.#baggage ?? none).because;
  }
  set because(value: string) {
    if (value !== this.because) this.#own.because = value;
  }
  get failures(): readonly FailedAttempt[] | null {
    return (this.#baggage ?? none).failures;
  }
  set failures(value: readonly FailedAttempt[] | null) {
    if (value !== this.failures) this.#own.failures = value;
  }
  get log(): JobLog | null {
    return (this.#baggage ?? none).log;
  }
  set log(value: JobLog | null) {
    if (value !== this.log) this.#own.log = value;
  }
  get limits(): Limits | null {
    return (this.#baggage ?? none).limits;
  }
  set limits(value: Limits | null) {
    if (value !== this.limits) this.#own.limits = value;
  }
  get allowance(): Allowance | null {
    return (this.#baggage ?? none).allowance;
  }
  set allowance(value: Allowance | null) {
    if (value !== this.allowance) this.#own.allowance = value;
  }
  get keys(): readonly string[] | null {
    return (this.#ticket ?? noTicket).keys;
  }
  set keys(value: readonly string[] | null) {
    if (value !== this.keys) this.#ownTicket.keys = value;
  }
  get bunch(): Bunch<J> | null {
    return (this.#ticket ?? noTicket).bunch;
  }
  set bunch(value: Bunch<J> | null) {
    if (value !== this.bunch) this.#ownTicket.bunch = value;
  }
  get turn(): Turn {
    return (this.#ticket ?? noTicket).turn;
  }
  set turn(value: Turn) {
    if (value !== this.turn) this.#ownTicket.turn = value;
  }
  get draw(): Draw | null {
    return (this.#ticket ?? noTicket).draw;
  }
  set draw(value: Draw | null) {
    if (value !== this.draw) this.#ownTicket.draw = value;
  }
  get weight(): Weight | null {
    return (this.#baggage ?? none).weight;
  }
  set weight(value: Weight | null) {
    if (value !== this.weight) this.#own.weight = value;
  }
}
