/**
 * Finds out who has connected: the first message of a worker says it.
 *
 * @module
 */
import { mannerOf, openingBytes } from "../../messages/lines.ts";
import { malformed, messages, protocol } from "../../messages/wire.ts";
import type { Child } from "./child.ts";

/** Wait after a connection that could not be accepted, ms. */
const againMs = 100;

/** Connections that have not said yet whose they are. */
export class Greeting {
  readonly #children: ReadonlyMap<string, Child>;
  readonly #connections = new Set<Deno.UnixConn>();

  /** Those who connect are among `children`, by their nonces. */
  constructor(children: ReadonlyMap<string, Child>) {
    this.#children = children;
  }

  /** Greets whoever connects, until `listener` is closed. */
  async accept(listener: Deno.UnixListener): Promise<void> {
    for (;;) {
      try {
        for await (const connection of listener) void this.#greet(connection);
        return;
      } catch {
        // No descriptor was left for it. It waits in the kernel until there is one.
        await new Promise((resolve) => setTimeout(resolve, againMs));
      }
    }
  }

  /** Hangs up on all who have not said who they are. */
  close(): void {
    for (const connection of this.#connections) connection.close();
  }

  /** Reads the first message of a connection and gives the rest to the child whose nonce it names. */
  async #greet(connection: Deno.UnixConn): Promise<void> {
    this.#connections.add(connection);
    const first: unknown[][] = [];
    try {
      const opening = await readOpening(connection);
      const manner = mannerOf(opening);
      manner.reader.room.set(opening);
      manner.reader.took(opening.length, (batch) => first.push(batch));
      while (first.length === 0) {
        const count = await connection.read(manner.reader.room);
        if (count === null) throw new Error("hung up before its first message");
        manner.reader.took(count, (batch) => first.push(batch));
      }
      this.#connections.delete(connection);
      const [kind, version, pid, generation, nonce] = first[0]!;
      const child = this.#children.get(String(nonce));
      if (malformed(first[0]!, "up") || kind !== messages.hello.kind || !child) {
        throw new Error("not one of our workers");
      }
      if (version !== protocol) {
        child.refuse(`it speaks protocol ${version}, we speak ${protocol}`);
        throw new Error("another protocol");
      }
      if (generation !== child.generation) throw new Error("another generation");
      first[0]!.splice(0, 5);
      child.connect(connection, manner, pid as number, first);
    } catch {
      this.#connections.delete(connection);
      try {
        connection.close();
      } catch { /* closed already */ }
    }
  }
}

/** A peer's first bytes, at least as many as tell how it speaks. */
async function readOpening(connection: Deno.UnixConn): Promise<Uint8Array> {
  const room = new Uint8Array(4 * 1024);
  let length = 0;
  while (length < openingBytes) {
    const count = await connection.read(room.subarray(length));
    if (count === null) throw new Error("hung up before its first message");
    length += count;
  }
  return room.subarray(0, length);
}
