/**
 * HTTP by hand over one connection: a load generator must not take the cores of what it measures.
 *
 * @module
 */
import { Buffer } from "node:buffer";

const host = "127.0.0.1";
/** Room for a whole answer. */
const roomBytes = 65_536;
const headEnd = "\r\n\r\n";

/** What came back. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** A connection that is kept, with one request on its way at a time. */
export class Line implements Disposable {
  readonly #connection: Deno.TcpConn;
  readonly #room = Buffer.alloc(roomBytes);

  private constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
  }

  /** Connects to a port of this host. */
  static async to(port: number): Promise<Line> {
    const connection = await Deno.connect({ hostname: host, port });
    connection.setNoDelay(true);
    return new Line(connection);
  }

  /** Posts JSON; rejects where the connection breaks, or the answer has no length. */
  async post(path: string, body: unknown): Promise<Answer> {
    const text = JSON.stringify(body);
    await this.#write(
      `POST ${path} HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\n` +
        `content-length: ${Buffer.byteLength(text)}${headEnd}${text}`,
    );
    let size = 0;
    for (;;) {
      const count = await this.#connection.read(this.#room.subarray(size));
      if (count === null) throw new Error("The connection has ended");
      size += count;
      const head = this.#room.subarray(0, size).indexOf(headEnd);
      if (head < 0) continue;
      const said = this.#room.toString("latin1", 0, head);
      const length = Number(/\r\ncontent-length: *(\d+)/i.exec(said)?.[1]);
      if (Number.isNaN(length)) throw new Error(`An answer without a length: ${said}`);
      const from = head + headEnd.length;
      if (size < from + length) continue;
      return { status: Number(said.slice(9, 12)), body: this.#room.toString("utf8", from, size) };
    }
  }

  /** Gets what does not end: `tell` hears of each piece, which is only good until it returns. */
  async follow(path: string, tell: (piece: Buffer) => void): Promise<void> {
    await this.#write(`GET ${path} HTTP/1.1\r\nhost: ${host}${headEnd}`);
    for (;;) {
      const count = await this.#connection.read(this.#room);
      if (count === null) return;
      tell(this.#room.subarray(0, count));
    }
  }

  async #write(text: string): Promise<void> {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length;) at += await this.#connection.write(bytes.subarray(at));
  }

  [Symbol.dispose](): void {
    this.#connection.close();
  }
}
