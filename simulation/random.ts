/**
 * Chance that is the same each time.
 *
 * @module
 */
import type { Random } from "../actors/ports.ts";

/** Numbers that look random and follow from a seed (sfc32, PractRand: good for 2^38 bytes). */
export class SeededRandom implements Random {
  #a: number;
  #b: number;
  #c = 0x9e3779b9;
  #count = 1;

  /** Another seed gives other numbers. */
  constructor(seed: number) {
    this.#a = seed | 0;
    this.#b = Math.trunc(seed / 2 ** 32) | 0;
    for (let i = 0; i < 12; i++) this.unit();
  }

  /** 0 <= x < 1. */
  unit(): number {
    const sum = (this.#a + this.#b + this.#count++) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum | 0;
    return (sum >>> 0) / 2 ** 32;
  }

  /** An exponential variate with this mean. */
  exponential(mean: number): number {
    return -Math.log(1 - this.unit()) * mean;
  }

  /** A standard normal variate (Box and Muller). */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.unit())) * Math.cos(2 * Math.PI * this.unit());
  }
}
