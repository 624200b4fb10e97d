/**
 * The contract of a sink: one attempt to deliver one message.
 *
 * @module
 */
import type { Note } from "../note.ts";

/** How an attempt ended. No words of it contain an address or a secret. */
export type Delivery =
  | { readonly type: "delivered" }
  | {
    readonly type: "failed";
    readonly because: string;
    /** Another attempt would fail as well. */
    readonly isFinal: boolean;
  };

/** Delivers messages to one receiver. */
export interface Sink {
  /** Never rejects. Ends soon after `signal` is aborted. */
  deliver(note: Note, signal: AbortSignal): Promise<Delivery>;
}

/** Longest attempt, ms. */
export const withinMs = 10_000;

/** It was taken. */
export const delivered: Delivery = { type: "delivered" };

/** It was not taken. */
export const failed = (because: string, isFinal = false): Delivery => ({
  type: "failed",
  because,
  isFinal,
});
