/**
 * Reads server-sent events.
 *
 * @module
 */

/** One event; its data was JSON. */
export interface ServerEvent {
  readonly event: string;
  readonly data: unknown;
}

/** Longest event that is waited for, characters. */
const eventChars = 1024 * 1024;

/** The events of a stream, to its end. Comments and other fields are passed over. */
export async function* eventsOf(
  body: ReadableStream<Uint8Array>,
): AsyncGenerator<ServerEvent> {
  let rest = "";
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + text).split("\n\n");
    rest = blocks.pop()!;
    if (rest.length > eventChars) {
      throw new RangeError(`event of more than ${eventChars} characters`);
    }
    for (const block of blocks) {
      const event = /^event: (.*)$/m.exec(block)?.[1];
      const data = /^data: (.*)$/m.exec(block)?.[1];
      if (event !== undefined && data !== undefined) yield { event, data: JSON.parse(data) };
    }
  }
}
