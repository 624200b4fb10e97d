/**
 * One run: half a minute of chaos, and then all that was accepted has to come to its end.
 *
 * @module
 */
import { setImmediate } from "node:timers";
import { composeConfig } from "../../actors/config.ts";
import { jobId } from "../../actors/job.ts";
// Loaded ahead: how long that takes is no part of a run.
import "../../actors/workflows/bind.ts";
import type { System } from "../../actors/system.ts";
import type { JobSpec } from "../../messages/job.ts";
import { SimulatedClock } from "../../simulation/clock.ts";
import { Callers, wordsOf } from "./callers.ts";
import { type Deed, Deeds } from "./deeds.ts";
import { Disk } from "./disk.ts";
import { inspect } from "./inspect.ts";
import { Life, type Site } from "./life.ts";
import { storm } from "./storm.ts";
import { type Fault, Weather } from "./weather.ts";
import { type Breach, Witness } from "./witness.ts";
import type { Toil } from "./ground.ts";
import { Yard } from "./yard.ts";

/** What is played. */
export interface PlayOptions {
  readonly seed: number;
  /** Kinds of faults that are left out. */
  readonly without?: ReadonlySet<Fault>;
  /** Things that are asked for, at most. */
  readonly deedsMax?: number;
  /** Keeps every line of the log. Default: the last ones. */
  readonly keepsAll?: boolean;
  /** Does something to each life before it works, to see that it is noticed. */
  readonly tamper?: (system: System) => void;
}

/** Plays a run. */
export type Play = (options: PlayOptions) => Promise<Played>;

/** What came of it. */
export interface Played {
  readonly seed: number;
  readonly breach: Breach | null;
  /** Of the whole log: the same for the same seed and the same code. */
  readonly fingerprint: string;
  readonly lines: readonly string[];
  /** Lines of the log. */
  readonly events: number;
  /** Jobs that were accepted. */
  readonly jobs: number;
  /** Virtual time, ms. */
  readonly lastedMs: number;
  /** Of which the end needed so much after the last fault, ms. */
  readonly healedMs: number;
  readonly on: ReadonlySet<Fault>;
  /** Things that were asked for. */
  readonly deeds: number;
}

/** Time in which things go wrong, ms. */
const chaosMs = 20_000;
/** Time in which all must have come to its end afterwards, besides the work that is left, ms. */
const healMaxMs = 30_000;
/** Events between two looks at everything. */
const inspectEvery = 64;

/** Plays one seed. */
export async function play(options: PlayOptions): Promise<Played> {
  const run = new Run(options);
  const accuse = (error: unknown) => run.site.witness.accuse("crash", wordsOf(error));
  // What is thrown where nobody waits for it would end a service.
  const uncaught = (event: Event) => {
    event.preventDefault();
    accuse("reason" in event ? event.reason : (event as ErrorEvent).error);
  };
  for (const type of ["error", "unhandledrejection"]) globalThis.addEventListener(type, uncaught);
  try {
    await run.go();
    await settled();
  } catch (error) {
    accuse(error);
  } finally {
    for (const type of ["error", "unhandledrejection"]) {
      globalThis.removeEventListener(type, uncaught);
    }
  }
  return run.played;
}

class Run {
  readonly site: Site;
  readonly #deeds: Deeds;
  readonly #deedsMax: number;
  readonly #seed: number;
  #life: Life | null = null;
  /** What is to be done as soon as the turn is over. */
  #due: (() => Promise<void> | void)[] = [];
  readonly #callers: Callers;
  #healedAtMs = 0;
  #deedCount = 0;
  #steps = 0;

  constructor(options: PlayOptions) {
    const { seed, without, deedsMax = Infinity, keepsAll = false, tamper = () => {} } = options;
    const clock = new SimulatedClock();
    const weather = new Weather(seed, without);
    const witness = new Witness(clock, keepsAll);
    const ground = { clock, weather, witness };
    this.#seed = seed;
    this.#deeds = new Deeds(seed, !weather.on.has("jumps"));
    this.#deedsMax = deedsMax;
    const config = composeConfig([{ name: "seed", values: this.#deeds.config() }]);
    const disk = new Disk(weather, witness);
    const yard = new Yard(ground);
    const workersMost = config.pools.default.workers.max!;
    this.site = { ...ground, config, disk, yard, tamper, aheadMs: 0, workersMost };
    this.#callers = new Callers(this.site);
  }

  get played(): Played {
    const { clock, weather, witness, disk } = this.site;
    return {
      ...{ seed: this.#seed, breach: witness.breach, fingerprint: witness.fingerprint },
      ...{ lines: witness.lines, events: witness.count, on: weather.on },
      jobs: disk.endings.size + disk.open.size,
      lastedMs: clock.nowMs(),
      healedMs: Math.max(0, clock.nowMs() - this.#healedAtMs),
      deeds: this.#deedCount,
    };
  }

  async go(): Promise<void> {
    const { clock, weather, witness, yard, config } = this.site;
    witness.say(`seed ${this.#seed}: ${[...weather.on].join(" ") || "no faults"}`);
    witness.say(JSON.stringify(config.pools.default));
    this.#life = await Life.begin(this.site);
    this.#ask();
    storm(this.site, {
      kill: () => void this.#due.push(() => this.#kill()),
      freeze: (ms) => this.#life?.freeze(ms),
    });
    await this.#until(() => clock.nowMs() >= chaosMs, chaosMs);
    weather.isCalm = true;
    witness.say("calm");
    this.#healedAtMs = clock.nowMs();
    for (const process of yard.processes.values()) process.resume();
    await this.#until(() => this.#life !== null, Infinity);
    this.#life?.handle.resume();
    await this.#drain();
    await this.#verify();
  }

  /** Lets things happen, each in a turn of its own, until `isOver` or `untilMs`. */
  async #until(isOver: () => boolean, untilMs: number): Promise<void> {
    const { clock, witness } = this.site;
    clock.at(untilMs === Infinity ? 0 : untilMs, () => {});
    while (!witness.breach && !isOver() && clock.step(untilMs)) {
      await turned();
      for (const deed of this.#due.splice(0)) await deed();
      this.#steps++;
      if (this.#life) inspect(this.#life, this.site, this.#steps % inspectEvery === 0);
    }
  }

  /** Everything has to come to its end. */
  async #drain(): Promise<void> {
    const { clock, disk, witness } = this.site;
    const workMs = disk.open.values().reduce((sum, { spec }) => sum + longestMs(spec), 0);
    const limitMs = clock.nowMs() + healMaxMs + workMs;
    const isDone = () => disk.open.size === 0 && this.#life!.system.queue.open.size === 0;
    await this.#until(isDone, limitMs);
    if (witness.breach || isDone()) return;
    const left = [...disk.open.values()].map(({ id }) => jobId(id)).slice(0, 10);
    const why = left.length > 0 ? await this.#life!.why(left[0]!) : "";
    witness.accuse(
      "liveness",
      `RI8: ${disk.open.size} jobs have no ending after ${Math.round(limitMs)} ms, ` +
        `${this.#life!.system.queue.open.size} are open: ${left.join(" ")}: ${why}`,
    );
  }

  /** What was told is so, also for the next life. */
  async #verify(): Promise<void> {
    const { witness } = this.site;
    if (witness.breach) return;
    this.#life!.kill();
    const life = this.#life = await Life.begin(this.site);
    const { size } = life.system.queue.open;
    witness.demand(size === 0, () => `RI1: ${size} jobs that have ended are open again`);
    await this.#callers.verify(life);
    life.kill();
  }

  /** Asks for one thing after another. */
  #ask(): void {
    const { clock, weather } = this.site;
    if (weather.isCalm || this.#deedCount >= this.#deedsMax) return;
    clock.at(clock.nowMs() + this.#deeds.pauseMs(), () => {
      this.#due.push(async () => {
        if (weather.isCalm) return;
        this.#deedCount++;
        const latest = Math.max(0, ...this.site.disk.open.keys(), ...this.site.disk.endings.keys());
        const deed = this.#deeds.next(latest);
        if (this.#life) await this.#do(deed, this.#life);
        this.#ask();
      });
    });
  }

  async #do(deed: Deed, life: Life): Promise<void> {
    const { witness } = this.site;
    switch (deed.type) {
      case "submit":
        this.#callers.submit(deed.specs, life);
        return await settled();
      case "cancel":
        witness.say(`cancel ${deed.id}`);
        return life.cancel(deed.id);
      case "retry":
        this.#callers.retry(deed.id, life);
        return await settled();
      case "why":
        witness.say(`why ${deed.id} ${await life.why(jobId(deed.id))}`);
        return;
      case "resume":
        return life.handle.resume();
      case "pin":
        this.site.workersMost = Math.max(this.site.workersMost, deed.workers);
        return life.handle.pin(deed.workers, deed.forMs);
      case "drain":
        return life.handle.drain(deed.forMs);
      default: {
        const scaling = ({ pause: undefined, holdIn: "in", holdOut: "out" } as const)[deed.type];
        return life.handle.pause(deed.forMs, scaling);
      }
    }
  }

  #kill(): void {
    const { clock, weather } = this.site;
    if (this.#life === null) return;
    this.#life.kill();
    this.#life = null;
    clock.at(clock.nowMs() + weather.between("kills", 5, 500), () => {
      this.#due.push(async () => void (this.#life = await Life.begin(this.site)));
    });
  }
}

/** Time that a job may take all in all once nothing goes wrong, ms. */
function longestMs({ timeoutMs = 0, retries = 0, delayMs = 0, input }: JobSpec): number {
  const { ms } = input as Toil;
  return delayMs + (retries + 1) * (Math.min(ms, timeoutMs) + 1_000);
}

/** What a turn has put off is done, and what that has put off, and so on for a while. */
async function turned(): Promise<void> {
  for (let i = 0; i < 6; i++) await null;
}

/** All promises that can go on have gone on, also those of modules that are loaded already. */
async function settled(): Promise<void> {
  for (let i = 0; i < 4; i++) await new Promise((resolve) => setImmediate(resolve));
}
