/**
 * One life of the service, from its start to its `kill -9`: the actors that it is made of, over
 * simulated ports.
 *
 * @module
 */
import type { Config } from "../../actors/config.ts";
import { councilOf, estatePlans, seatsOf } from "../../actors/estate_plans.ts";
import { heedAll, intakeOptions } from "../../actors/heeders.ts";
import { Intake } from "../../actors/intake.ts";
import { jobNumber, viewJob, viewRecord } from "../../actors/job.ts";
import { Keys } from "../../actors/keys.ts";
import { Orders } from "../../actors/orders.ts";
import { poolHandle } from "../../actors/pool_handle.ts";
import type { Clock } from "../../actors/ports.ts";
import { Pools } from "../../actors/pools.ts";
import { Redrive } from "../../actors/redrive.ts";
import { restore } from "../../actors/restore.ts";
import type { PoolHandle } from "../../actors/runtime.ts";
import { submitAll } from "../../actors/submission.ts";
import { System } from "../../actors/system.ts";
import { whyWaits } from "../../actors/why.ts";
import type { Accepted, JobSpec, JobView } from "../../messages/job.ts";
import { blindTrees } from "../../simulation/blind_trees.ts";
import { SeededRandom } from "../../simulation/random.ts";
import { nothing } from "../orders.ts";
import type { Disk, Mounted } from "./disk.ts";
import type { Ear, Ground } from "./ground.ts";
import type { Yard } from "./yard.ts";

/** What a life stands on. */
export interface Site extends Ground {
  readonly yard: Yard;
  readonly disk: Disk;
  readonly config: Config;
  /** Does something to each life before it works. */
  readonly tamper: (system: System) => void;
  /** What the wall clock is ahead of what it should be, ms. */
  aheadMs: number;
  /** Workers that there may be: as configured, or as somebody has pinned the pool at. */
  workersMost: number;
}

const operation = {
  number: 1,
  name: "toil",
  source: "file:///toil.ts",
  grant: nothing,
  slotsMax: Infinity,
};

/** Words that tell that an actor has failed, which none may for what comes from outside. */
const failures = new Set(["actor_restarted", "state_refused", "jobs_left"]);

/** One life. */
export class Life implements Ear {
  readonly system: System;
  readonly handle: PoolHandle;
  readonly #site: Site;
  readonly #clock: LifeClock;
  readonly #store: Mounted;
  readonly #intake: Intake;
  readonly #keys: Keys;
  readonly #redrive: Redrive;

  /** With actors that do not work yet. */
  private constructor(site: Site, seats: Awaited<ReturnType<typeof seatsOf>>) {
    const { config, yard, disk } = this.#site = site;
    const clock = this.#clock = new LifeClock(site);
    const store = this.#store = disk.mount(clock);
    const pools = new Pools(Object.keys(config.pools));
    const orders = new Orders(
      [operation],
      config.pools.default.slots.commands,
      5_000,
      undefined,
      pools,
    );
    this.#intake = new Intake(orders, intakeOptions(config), () => clock.wallMs());
    this.#keys = new Keys(() => clock.wallMs());
    const { host } = yard;
    const council = (pool: string) => councilOf(pool, config, seats, host.read(), null);
    this.system = new System({
      ...{ clock, host, store, trees: blindTrees },
      random: new SeededRandom(store.epoch),
      processes: yard.processesFor(this),
    }, {
      pools: estatePlans(config, [operation], pools, council),
      limits: config.queue,
      memoryBytes: null,
      runs: { workspaces: { open: () => Promise.reject(unplayed()) }, orderOf: unplayed },
      inspect: () => {},
      gaveUp: (because) => site.witness.accuse("crash", `it gave up: ${because}`),
      operations: [operation],
    });
    heedAll(config, this.system);
    this.#redrive = new Redrive(this.system, this.#intake, this.#keys.singletons);
    this.handle = poolHandle(this.system, "default");
    this.#listen();
    site.tamper(this.system);
  }

  /** Starts the service on what an earlier life left. */
  static async begin(site: Site): Promise<Life> {
    const life = new Life(site, await seatsOf(site.config));
    const { actors } = await restore(life.system, life.#intake, life.#keys);
    site.witness.say(`life ${life.#store.epoch} with ${life.system.queue.open.size} open jobs`);
    life.system.start(actors);
    return life;
  }

  /** It is gone. */
  get isOver(): boolean {
    return this.#clock.isOver;
  }

  hear(atMs: number, fn: () => void): void {
    this.#clock.at(atMs, fn);
  }

  /** Nothing happens to it for `ms`. */
  freeze(ms: number): void {
    this.#clock.frozenUntilMs = this.#site.clock.nowMs() + ms;
  }

  /** `kill -9`: nothing that it had begun goes on. */
  kill(): void {
    this.#site.witness.say("kill -9");
    this.#clock.isOver = true;
    this.#store.kill();
    this.#site.yard.raze();
  }

  /** Takes jobs, as the doors do. */
  submit(specs: readonly JobSpec[]): Promise<readonly Accepted[]> {
    const { queue } = this.system;
    const lookUp = (id: string) => this.job(id);
    return submitAll(specs, {
      ...{ intake: this.#intake, keys: this.#keys, queue, lookUp },
      stateOf: async (id) => (await lookUp(id))?.state ?? null,
    });
  }

  /** A job as people see it. */
  async job(id: string): Promise<JobView | null> {
    const number = jobNumber(id)!;
    const job = this.system.queue.open.get(number);
    if (job) return viewJob(job, this.#clock.wallMs() - this.#clock.nowMs());
    const record = await this.#store.read({ type: "job", id: number });
    return record && viewRecord(record);
  }

  /** Ends a job wherever it is. */
  cancel(id: number): void {
    const job = this.system.queue.open.get(id);
    if (job && !job.outcome) this.system.cancel(job, "as it was told to");
  }

  /** Puts a job back that has ended. */
  retry(id: string): Promise<boolean | null> {
    return this.#redrive.retry(id);
  }

  /** Why a job waits, in words. */
  async why(id: string): Promise<string | null> {
    const view = await this.job(id);
    return view && whyWaits(this.system, view).because;
  }

  /** Writes down what is told, and what the actors say of each other. */
  #listen(): void {
    const { journal } = this.system;
    const { witness } = this.#site;
    const note = journal.note.bind(journal);
    journal.note = (fact) => {
      if (this.isOver) return;
      witness.say(JSON.stringify(fact));
      if (fact.type === "alert" && failures.has(fact.code)) witness.accuse("crash", fact.message);
      note(fact);
    };
  }
}

/** The service's clock, which it takes with it. */
class LifeClock implements Clock {
  isOver = false;
  /** Until then the service is stopped. */
  frozenUntilMs = -Infinity;
  readonly #site: Site;

  constructor(site: Site) {
    this.#site = site;
  }

  nowMs(): number {
    return this.#site.clock.nowMs();
  }

  wallMs(): number {
    return this.#site.clock.wallMs() + this.#site.aheadMs;
  }

  at(untilMs: number, fn: () => void): () => void {
    const { clock } = this.#site;
    const ring = () => {
      if (this.isOver) return;
      if (clock.nowMs() < this.frozenUntilMs) disarm = clock.at(this.frozenUntilMs, ring);
      else fn();
    };
    let disarm = clock.at(untilMs, ring);
    return () => disarm();
  }
}

function unplayed(): never {
  throw new Error("staged runs are not played here");
}
