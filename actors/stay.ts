/**
 * The jobs of one operation in one worker.
 *
 * @module
 */

/** Whose jobs they are. */
export interface Occupant {
  /** Its jobs in workers. */
  sent: number;
  /** Workers that its jobs are in. */
  workers: number;
}

/** Counts them. */
export class Stay {
  readonly of: Occupant;
  jobs = 0;

  /** None yet. */
  constructor(of: Occupant) {
    this.of = of;
  }

  /** A job is sent to the worker. */
  enter(): void {
    this.of.sent++;
    if (this.jobs++ === 0) this.of.workers++;
  }

  /** A job is there no longer. */
  leave(): void {
    this.of.sent--;
    if (--this.jobs === 0) this.of.workers--;
  }
}
