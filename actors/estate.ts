/**
 * A pool and all that belongs to it alone: who decides about its size, who sends it jobs, and what
 * is counted of it.
 *
 * @module
 */
import type { ControlFact } from "../messages/facts.ts";
import type { ControllerMessage } from "../messages/mailboxes.ts";
import type { Losses } from "../messages/signals.ts";
import type { Routing } from "../policies/routing/mod.ts";
import type { Brownout } from "./brownout.ts";
import type { Burns } from "./business/burns.ts";
import { Controller, type Council } from "./controller.ts";
import { firstJobs } from "./credit.ts";
import type { Decisions } from "./decisions.ts";
import { Dispatcher } from "./dispatcher.ts";
import type { Plugged } from "./exports/plugged.ts";
import type { Lane } from "./lane.ts";
import { type Concerned, linkListener } from "./link_listener.ts";
import type { Metrics } from "./metrics.ts";
import { Pool, type PoolOptions } from "./pool.ts";
import { type PoolHearers, poolListener, type Resize } from "./pool_listener.ts";
import { idIn, usualPool } from "./pool_of.ts";
import type { Ports } from "./ports.ts";
import { Pulse } from "./pulse.ts";
import type { JobSample } from "./regret/sample.ts";
import { Router } from "./router.ts";
import type { Sampler } from "./sampler.ts";
import { Scaler } from "./scaler.ts";
import type { Series } from "./series/series.ts";
import { Sparing } from "./sparing.ts";
import type { Supervisor } from "./supervisor.ts";
import { usual } from "./supervisor.ts";
import type { WorkerLink } from "./worker.ts";

/** What an estate is made with. */
export interface EstateOptions extends PoolOptions {
  readonly council: Council;
  /** Who is asked which worker gets the next job. Default: nobody, jobs go by the pool's own rule. */
  readonly routing?: Routing | null;
}

/** What all estates have in common. */
export interface Country extends Concerned {
  /** What is counted of all jobs and workers. */
  readonly metrics: Metrics;
  readonly ports: Ports;
  readonly sampler: Sampler;
  readonly plugged: Pick<Plugged, "reading">;
  readonly burns: Pick<Burns, "worst">;
  readonly brownout: Pick<Brownout, "level">;
  readonly supervisor: Supervisor;
  readonly decisions: Decisions;
  readonly series: Concerned["series"] & Pick<Series, "prices">;
  /** Numbers the seats of workers. */
  nextSeat(): number;
}

/** Jobs that wait at once and are worth asking the policies out of turn. */
const burst = 16;

/** One pool with its household. */
export class Estate {
  readonly name: string;
  readonly metrics: Metrics;
  readonly pool: Pool;
  readonly controller: Controller;
  /** Who decides. */
  council: Council;
  /** Takes its jobs, to let them come again; null: nobody does. */
  sample: JobSample | null = null;
  /** The same for those who compare its policies. */
  trial: JobSample | null = null;
  /** What its policies would have cost of late; null: nobody has asked. */
  losses: Losses | null = null;
  /** Latest change of the pool's size. */
  lastResize: Resize | null = null;
  /** More waited here than can be left to the policies' own rhythm; they were told. Null: nowhere. */
  #burst: Lane | null = null;
  readonly #scaler: Scaler;
  /** Of the scaling machine and of the controller, who stands on it. */
  #control: Supervisor | null = null;
  readonly #country: Country;

  /** An estate in `country`; what is counted of its jobs goes to `metrics`. */
  constructor(country: Country, options: EstateOptions, metrics: Metrics) {
    const { ports, queue, stowage, sampler, supervisor } = country;
    const { clock, store } = ports;
    const { name } = options;
    this.#country = country;
    this.name = name;
    this.metrics = metrics;
    this.council = options.council;
    const note = (fact: ControlFact) => country.journal.note(this.#signed(fact));
    const router = new Router({ wake: queue.wake, random: ports.random, note });
    router.adopt(options.routing ?? null);
    const dispatcher = new Dispatcher(queue, clock, stowage, router, name);
    const nextSeat = () => country.nextSeat();
    // The usual pool stands on the root itself; what another gives up on is one failure there.
    const own = name === usualPool ? supervisor : supervisor.under(`pool.${name}`, usual);
    this.pool = new Pool(
      options,
      { ports, queue, dispatcher, supervisor: own, nextSeat },
      poolListener(name, this.#hearers()),
      linkListener(country, this),
      sampler.latest.cores,
    );
    this.#scaler = new Scaler(name, ports, {
      adopt: (decision, envelope) => this.pool.adopt(decision, envelope),
      note,
      workers: () => this.pool.links.length,
      told: (message) => this.controller.recorder.told(message, clock.nowMs()),
    });
    const pulse = new Pulse(clock, ports.host);
    const sparing = new Sparing(this.pool);
    const { decisions } = country;
    this.controller = new Controller(name, options.council, {
      ...{ clock, store, scaler: this.#scaler, decisions },
    }, {
      note,
      read: () => {
        const reading = pulse.take(this, country);
        sparing.look(reading.nowMs, reading.oldestWaitMs);
        // A queue of about that size is no news each time it passes it.
        if (this.#burst && this.#burst.queued <= burst / 2) this.#burst = null;
        return reading;
      },
      starts: () => this.metrics.startTimes,
      prices: () => country.series.prices,
    });
  }

  /** Takes over what an earlier process knew, by actor; false where it can't use what it knew. */
  restore(stored: ReadonlyMap<string, unknown>): boolean {
    const scaling = stored.get(this.#scaler.keptAs);
    const isOfUse = scaling === undefined ||
      this.#scaler.restore(scaling, (envelope) => this.controller.narrow(envelope));
    this.controller.restore(stored);
    return isOfUse;
  }

  /** Starts the scaling machine, then the controller, who gives the pool room. */
  start(): void {
    const { supervisor } = this.#country;
    const id = idIn(this.name, "control");
    this.#control = supervisor.under(id, { ...usual, strategy: "restForOne" });
    this.#control.keep(this.#scaler.child);
    this.#control.keep(this.controller.child);
  }

  /** Lets others decide from now on; what the scaling machine knows stays. */
  seat(council: Council): void {
    this.council = council;
    this.controller.seat(council);
    this.#control?.renew(this.controller.id);
  }

  /** Sends to the controller's mailbox. */
  control(message: ControllerMessage): void {
    this.#control?.send(this.controller.id, message);
  }

  /** Jobs wait in one of its lanes; `atOnce`: workers are to have them before this turn is over. */
  ready(lane: Lane, atOnce = false): void {
    // Who has enough to do is not sent a little more each moment: one large frame costs less.
    const short = atOnce ? this.pool.links.filter(isShort) : [];
    if (atOnce && short.length === 0) return;
    this.pool.dispatch(lane);
    for (const link of short) link.hurry();
    if (this.controller.isAtRest) this.control({ type: "stir" });
    if (lane.queued <= burst || this.#burst) return;
    this.#burst = lane;
    this.control({ type: "burst" });
  }

  /** Of several pools an alert says which one it is about. */
  #signed(fact: ControlFact): ControlFact {
    if (fact.type !== "alert" || this.name === usualPool) return fact;
    return { ...fact, message: `Pool ${this.name}: ${fact.message}` };
  }

  #hearers(): PoolHearers {
    const { metrics, series, journal, ports: { clock } } = this.#country;
    const all = metrics === this.metrics ? [metrics] : [metrics, this.metrics];
    return {
      ...{ series, journal, clock },
      started: (grant, tookMs) => all.forEach((one) => one.started(grant, tookMs)),
      control: (message) => this.control(message),
      resized: (resize) => this.lastResize = resize,
    };
  }
}

/** It takes jobs and soon has none. */
const isShort = ({ open, running, unbegun }: WorkerLink): boolean =>
  open && running + unbegun < firstJobs;
