/**
 * Bytes as they go over the wire, good and bad.
 *
 * @module
 */
import type { Manner } from "../messages/lines.ts";
import { frame, Unframer } from "../messages/wire.ts";

const encoder = new TextEncoder();

/** One stream of frames, one for each batch. */
export function framed(batches: readonly (readonly unknown[])[]): Uint8Array {
  const frames = batches.map((batch) => frame(JSON.stringify(batch).slice(1, -1)));
  const stream = new Uint8Array(frames.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const bytes of frames) {
    stream.set(bytes, at);
    at += bytes.length;
  }
  return stream;
}

/** A length, and behind it the content it is the length of, if there is any. */
export function headed(content: number | string | Uint8Array): Uint8Array {
  const bytes = typeof content === "string"
    ? encoder.encode(content)
    : typeof content === "number"
    ? new Uint8Array()
    : content;
  const whole = new Uint8Array(4 + bytes.length);
  new DataView(whole.buffer).setUint32(
    0,
    typeof content === "number" ? content : bytes.length,
    true,
  );
  whole.set(bytes, 4);
  return whole;
}

/** Feeds pieces to an unframer, or to what does the same, as reads would; the batches that came out. */
export function feed(
  pieces: readonly Uint8Array[],
  onBatch: (batch: unknown[]) => void = () => {},
  unframer: Manner["reader"] = new Unframer(),
): unknown[][] {
  const batches: unknown[][] = [];
  for (const piece of pieces) {
    for (let at = 0; at < piece.length;) {
      const { room } = unframer;
      const part = piece.subarray(at, at + room.length);
      room.set(part);
      at += part.length;
      unframer.took(part.length, (batch) => {
        batches.push(batch);
        onBatch(batch);
      });
    }
  }
  return batches;
}
