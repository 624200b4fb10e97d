/**
 * What goes wrong in one run, and how often: drawn from its seed.
 *
 * Each kind of fault is off in half of the seeds, so that each is also met without the others, and has
 * dice of its own: to leave one out does not change the luck of the rest.
 *
 * @module
 */
import { SeededRandom } from "../../simulation/random.ts";

/** Kinds of faults, and the largest share of the occasions on which one strikes. */
export const faults = {
  /** A worker dies, with jobs or without. */
  deaths: 0.1,
  /** A job holds its thread for ever, or does not hear that it is to end. */
  hangs: 0.05,
  /** A worker can't be started, starts late, dies while it starts, or never says a word. */
  starts: 0.3,
  /** What workers and parent say to each other arrives late, in order. */
  lags: 1,
  /** A worker says what it must not. */
  garbage: 0.02,
  /** Changes can't be stored. */
  disk: 0.1,
  /** `kill -9` of the service. */
  kills: 1,
  /** The wall clock jumps, back and forth. */
  jumps: 1,
  /** The service is stopped for a while, as by a suspended machine. */
  freezes: 1,
  /** The host can't be read, or tells nonsense. */
  senses: 0.3,
  /** Workers are stopped, and go on later. */
  stops: 0.3,
  /** Jobs fail. */
  failures: 0.3,
} as const;

/** Name of a kind. */
export type Fault = keyof typeof faults;

/** All kinds. */
export const faultNames = Object.keys(faults) as readonly Fault[];

/** Longest time that a word is under way, and that the service is stopped, ms. */
export const lagMaxMs = 500;
export const freezeMaxMs = 8_000;

/** Luck of one run. */
export class Weather {
  /** Kinds that may strike. */
  readonly on: ReadonlySet<Fault>;
  /** Nothing goes wrong any more. */
  isCalm = false;
  readonly #dice: ReadonlyMap<Fault, SeededRandom>;
  readonly #ratios: ReadonlyMap<Fault, number>;

  /** As `seed` has it, but for the kinds of `without`. */
  constructor(seed: number, without: ReadonlySet<Fault> = new Set()) {
    const dice = new Map<Fault, SeededRandom>();
    const ratios = new Map<Fault, number>();
    for (const [i, fault] of faultNames.entries()) {
      const own = new SeededRandom(seed * faultNames.length + i);
      const isOn = own.unit() < 0.5;
      const ratio = faults[fault] * own.unit();
      if (isOn && !without.has(fault)) ratios.set(fault, ratio);
      dice.set(fault, own);
    }
    this.on = new Set(ratios.keys());
    this.#dice = dice;
    this.#ratios = ratios;
  }

  /** Whether a fault of this kind strikes now. */
  strikes(fault: Fault): boolean {
    const ratio = this.#ratios.get(fault);
    return !this.isCalm && ratio !== undefined && this.#dice.get(fault)!.unit() < ratio;
  }

  /** A number of the dice of a kind. */
  between(fault: Fault, least: number, most: number): number {
    return least + (most - least) * this.#dice.get(fault)!.unit();
  }

  /** One of several. */
  pick<T>(fault: Fault, all: readonly T[]): T {
    return all[Math.floor(this.between(fault, 0, all.length))]!;
  }
}
