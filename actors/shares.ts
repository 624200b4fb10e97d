/**
 * The shares of workers that operations may have while others need some.
 *
 * @module
 */
import { usualShareRatio } from "../policies/ordering/share.ts";

/** Shares by operation; those of a new configuration hold at once. */
export class Shares {
  #byName: Readonly<Record<string, { readonly shareRatio: number }>> = {};

  /** The share of an operation. */
  readonly of = (name: string): number =>
    Object.hasOwn(this.#byName, name) ? this.#byName[name]!.shareRatio : usualShareRatio;

  /** Other shares hold. */
  adopt(operations: Readonly<Record<string, { readonly shareRatio: number }>>): void {
    this.#byName = operations;
  }
}
