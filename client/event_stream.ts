/**
 * Reads server-sent events.
 *
 * @module
 */

/** One event. */
export interface ServerEvent {
  /** Where the stream goes on behind it; null where it did not say. */
  readonly id: string | null;
  readonly type: string;
  readonly data: string;
}

/** Longest event that is waited for, characters. */
const eventChars = 16 * 1_024 * 1_024;

/** The events of a stream, to its end. Comments and other fields are passed over. */
export async function* eventsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent> {
  let rest = "";
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + text).split("\n\n");
    rest = blocks.pop()!;
    if (rest.length > eventChars) {
      throw new RangeError(`event of more than ${eventChars} characters`);
    }
    for (const block of blocks) {
      const [id = null, type = "message", data] = ["id", "event", "data"]
        .map((field) => new RegExp(`^${field}: (.*)$`, "m").exec(block)?.[1]);
      if (data !== undefined) yield { id, type, data };
    }
  }
}
