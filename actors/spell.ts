/**
 * When a worker has jobs and when it has none.
 *
 * @module
 */

/** Spells of being busy and of being idle. */
export class Spell {
  /** Since when it has no job; Infinity while it has. */
  idleSinceMs = Infinity;
  /** Thread time that its jobs held, ms. */
  heldMs = 0;
  #busyMs = 0;
  #busySinceMs = Infinity;
  /** Of that, when it had done its jobs and we had not heard of it. */
  #dryMs = 0;
  /** What was known when it was heard, and when it was heard before that. */
  #known = { sinceMs: -Infinity, heldMs: 0, isRunning: false };
  #heardMs = -Infinity;

  /** It has a job now. */
  busy(nowMs: number): void {
    if (this.#busySinceMs === Infinity) this.#busySinceMs = nowMs;
    this.idleSinceMs = Infinity;
  }

  /** It begins to tell what it has done since it was heard last; `running` jobs were known to run. */
  hears(nowMs: number, running: number): void {
    const { heldMs } = this;
    this.#known = { sinceMs: this.#heardMs, heldMs, isRunning: running > 0 };
    this.#heardMs = nowMs;
  }

  /** It has no job any more. */
  idle(nowMs: number): void {
    if (this.idleSinceMs !== Infinity) return;
    this.idleSinceMs = nowMs;
    if (this.#busySinceMs === Infinity) return;
    this.#busyMs += nowMs - this.#busySinceMs;
    const { sinceMs, heldMs, isRunning } = this.#known;
    // No job of these has waited for anything: each began and ended while it held the thread.
    if (!isRunning) {
      const spanMs = nowMs - Math.max(sinceMs, this.#busySinceMs);
      this.#dryMs += Math.max(0, spanMs - (this.heldMs - heldMs));
    }
    this.#busySinceMs = Infinity;
  }

  /** Time with jobs so far. */
  busyMs(nowMs: number): number {
    return this.#busyMs + (this.#busySinceMs === Infinity ? 0 : nowMs - this.#busySinceMs);
  }

  /** The same without the time in which it had done all of them and nobody had heard of it. */
  fedMs(nowMs: number): number {
    return this.busyMs(nowMs) - this.#dryMs;
  }
}
