/**
 * The instants that a cron pattern names, by the clock of a time zone.
 *
 * @module
 */
import { Cron } from "croner";
import { flaw } from "../flaw.ts";
import { refusalOf } from "../admission.ts";

/** The instants of one pattern, epoch ms. */
export interface Instants {
  /** The first one after an instant; null when there is none. */
  next(afterMs: number): number | null;
  /** The last ones, `most` of them, up to an instant and with it, in order. */
  last(most: number, untilMs: number): number[];
}

/**
 * Where clocks are set forward, what would fall into the gap comes right after it; where they are
 * set back, an hour of the day comes once, and what comes every so many minutes goes on doing so.
 * Throws Refusal `invalid_schedule`.
 */
export function instantsOf(cron: string, timeZone: string, fromMs: number): Instants {
  checkZone(timeZone);
  let pattern: Cron;
  try {
    pattern = new Cron(cron, { timezone: timeZone });
  } catch (error) {
    const because = (error as Error).message.replace(/^CronPattern: /, "");
    throw refuse("/cron", `a cron pattern of five or six fields (${because})`, cron);
  }
  const instants: Instants = {
    next: (afterMs) => pattern.nextRun(new Date(afterMs))?.getTime() ?? null,
    last: (most, untilMs) =>
      // The library leaves the second out that it begins at.
      pattern.previousRuns(most + 1, new Date(untilMs + 1_000)).map((date) => date.getTime())
        .filter((at) => at <= untilMs).reverse().slice(-most),
  };
  if (instants.next(fromMs) === null) throw refuse("/cron", "a pattern that is yet to come", cron);
  return instants;
}

function checkZone(timeZone: string): void {
  try {
    new Intl.DateTimeFormat("en", { timeZone });
  } catch {
    throw refuse("/timeZone", "the name of a time zone, such as Europe/Berlin", timeZone);
  }
}

const refuse = (pointer: string, expected: string, given: string) =>
  refusalOf([flaw("invalid_schedule", pointer, expected, given)]);
