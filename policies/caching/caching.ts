/**
 * The contract of a caching policy: which keys stay where there is no room for all.
 *
 * @module
 */
import type { z } from "zod/mini";

/** The keys that are in. What they stand for is kept by whoever asks. */
export interface Shelf {
  /** Bytes of all keys that are in: never more than it was opened for. */
  readonly bytes: number;
  /** Keys that are in. */
  readonly size: number;
  /** Whether a key is in. */
  has(key: string): boolean;
  /** A key that is in was asked for. */
  touch(key: string): void;
  /**
   * Puts a key in that is not, of at least 1 byte. Returns the keys that have gone for it, which may
   * be this one: then there is no room for it.
   */
  add(key: string, bytes: number): readonly string[];
  /** Takes a key out, as what it stood for is no longer good. */
  remove(key: string): void;
}

/** A way to choose who goes. It sees keys and sizes alone: no clock, no chance. */
export interface CachingPolicy<O = unknown> {
  /** Unique in its list; the word for it in a configuration. */
  readonly name: string;
  /** One sentence for the docs table. */
  readonly help: string;
  /** Schema of the options, every one with a default; of any build of Zod 4. */
  readonly options: z.core.$ZodType<O>;
  /** An empty shelf for so many bytes. */
  open(bytesMax: number, options: O): Shelf;
}

/** Declares a policy; exists so that `O` is inferred. */
export function cachingPolicy<O>(policy: CachingPolicy<O>): CachingPolicy<O> {
  return policy;
}
