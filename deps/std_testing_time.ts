/**
 * The part of `@std/testing/time` that tests use, over `@sinonjs/fake-timers`.
 *
 * Where JSR can be reached this file becomes one line of deno.json:
 * `"@std/testing/time": "jsr:@std/testing@^1/time"`.
 *
 * @module
 */
import { install } from "@sinonjs/fake-timers";

/** What we use of an installed fake clock; the package has no types of its own. */
interface InstalledClock {
  readonly now: number;
  tick(ms: number): number;
  tickAsync(ms: number): Promise<number>;
  next(): number;
  nextAsync(): Promise<number>;
  runAll(): number;
  runAllAsync(): Promise<number>;
  countTimers(): number;
  uninstall(): void;
}

/** What stands still under a {@link FakeTime}. Files, sockets and processes go on in real time. */
const faked = [
  "setTimeout",
  "clearTimeout",
  "setInterval",
  "clearInterval",
  "Date",
  "performance",
] as const;

/**
 * Time that passes only when told to.
 *
 * `AbortSignal.timeout`, and with it `deadline` of `@std/async`, knows nothing of it.
 *
 * @example
 * ```ts
 * import { FakeTime } from "@std/testing/time";
 *
 * using time = new FakeTime();
 * let rang = false;
 * setTimeout(() => rang = true, 60_000);
 * time.tick(60_000);
 * console.assert(rang);
 * ```
 */
export class FakeTime implements Disposable {
  readonly #clock: InstalledClock;
  #restored = false;
  /** When the fake time began, epoch ms. */
  readonly start: number;

  /** Replaces the global timers until disposed. `start` defaults to the real time. */
  constructor(start: number | string | Date = Date.now()) {
    this.start = new Date(start).valueOf();
    if (Number.isNaN(this.start)) throw new TypeError(`Cannot start at ${start}: not a date`);
    this.#clock = install({ now: this.start, toFake: [...faked] });
  }

  /** The fake time, epoch ms. */
  get now(): number {
    return this.#clock.now;
  }

  /** Lets `ms` pass and calls what falls due. */
  tick(ms = 0): void {
    this.#clock.tick(ms);
  }

  /** As {@link tick}; promises settle in between. */
  async tickAsync(ms = 0): Promise<void> {
    await this.#clock.tickAsync(ms);
  }

  /** Lets promises settle, no time passes. */
  async runMicrotasks(): Promise<void> {
    await this.#clock.tickAsync(0);
  }

  /** Goes to the next timer; false when there was none. */
  next(): boolean {
    const timers = this.#clock.countTimers();
    this.#clock.next();
    return timers > 0;
  }

  /** As {@link next}; promises settle first. */
  async nextAsync(): Promise<boolean> {
    await this.runMicrotasks();
    const timers = this.#clock.countTimers();
    await this.#clock.nextAsync();
    return timers > 0;
  }

  /** Goes on until no timer is left. */
  runAll(): void {
    this.#clock.runAll();
  }

  /** As {@link runAll}; promises settle in between. */
  async runAllAsync(): Promise<void> {
    await this.#clock.runAllAsync();
  }

  /** Gives the real timers back. */
  restore(): void {
    if (this.#restored) throw new Error("Cannot restore time: already restored");
    this.#restored = true;
    this.#clock.uninstall();
  }

  /** Restores unless {@link restore} was called. */
  [Symbol.dispose](): void {
    if (!this.#restored) this.restore();
  }
}
