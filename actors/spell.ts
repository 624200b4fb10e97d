/**
 * When a worker has jobs and when it has none.
 *
 * @module
 */

/** Spells of being busy and of being idle. */
export class Spell {
  /** Since when it has no job; Infinity while it has. */
  idleSinceMs = Infinity;
  #busyMs = 0;
  #busySinceMs = Infinity;

  /** It has a job now. */
  busy(nowMs: number): void {
    if (this.#busySinceMs === Infinity) this.#busySinceMs = nowMs;
    this.idleSinceMs = Infinity;
  }

  /** It has no job any more. */
  idle(nowMs: number): void {
    if (this.idleSinceMs !== Infinity) return;
    this.idleSinceMs = nowMs;
    if (this.#busySinceMs === Infinity) return;
    this.#busyMs += nowMs - this.#busySinceMs;
    this.#busySinceMs = Infinity;
  }

  /** Time with jobs so far. */
  busyMs(nowMs: number): number {
    return this.#busyMs + (this.#busySinceMs === Infinity ? 0 : nowMs - this.#busySinceMs);
  }
}
