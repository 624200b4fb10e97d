/**
 * The worker's end of the wire: reads frames, joins what is said in one moment into one frame.
 *
 * @module
 */
import { frame, frameBytesMax, Unframer } from "../messages/wire.ts";
import type { Parent } from "./child.ts";
import { later } from "./own.ts";
import type { Cable } from "./cable.ts";

/** Ours, whatever tasks put in their place. */
const { queueMicrotask } = globalThis;

/** Characters that wait to be sent beyond which the parent does not seem to read. */
const clogChars = 1024 * 1024;

/** Bytes that the kernel takes whole or not yet; other kernels than Linux may take a part. */
const wholeBytes = Deno.build.os === "linux" ? 16 * 1024 : 0;
/** Writes that may be under way besides the one in turn. */
const urgentMax = 256;

/** A connection to the parent. */
export class Link implements Parent {
  /** The way to read and write without the loop, where there is one. */
  cable: Cable | null = null;
  #items = "";
  #writing = false;
  #armed = false;
  /** Somebody is under way who flushes at the end. */
  #flushing = false;
  #inFlightBytes = 0;
  #urgent = 0;
  #attend = () => {};
  #onBatch: (batch: unknown[]) => void = () => {};
  readonly #unframer = new Unframer();
  /** The loop is asked for what the parent says next. */
  #reading = false;
  /** Bound now, so that no task gets hold of the connection through a method it has replaced. */
  readonly #read: (room: Uint8Array) => Promise<number | null>;
  readonly #send: (bytes: Uint8Array) => Promise<number>;
  #parts: Uint8Array<ArrayBuffer>[] = [];

  /** Speaks over `connection`. */
  constructor(connection: Pick<Deno.UnixConn, "read" | "write">) {
    this.#read = connection.read.bind(connection);
    this.#send = connection.write.bind(connection);
  }

  /** Connects to the parent's socket. */
  static async open(path: string): Promise<Link> {
    return new Link(await Deno.connect({ transport: "unix", path }));
  }

  /** Says one message (comma-separated JSON); it leaves with all others of this moment. */
  say(message: string): void {
    // A frame has a limit and JSON text may grow to three times its characters.
    if (this.#items.length + message.length > frameBytesMax / 3) this.flush();
    this.#items = this.#items === "" ? message : this.#items + "," + message;
    if (!this.#armed && !this.#writing) {
      this.#armed = true;
      if (!this.#flushing) queueMicrotask(() => this.#armed && this.rest());
    }
  }

  /** True when what is said now can be on its way before anything else happens. */
  get free(): boolean {
    if (!this.#writing) return true;
    return this.#parts.length === 0 && this.#inFlightBytes <= wholeBytes &&
      this.#items.length <= wholeBytes / 4 && this.#urgent < urgentMax;
  }

  /** True while the parent does not read; what can be left out should be. */
  get clogged(): boolean {
    return this.#items.length > clogChars || this.#parts.length > 1;
  }

  /**
   * Sends what was said so far; the first write is made at once, not in a later turn. False where
   * some of it is left to the loop.
   */
  flush(): boolean {
    this.#armed = false;
    if (this.#items !== "") {
      this.#parts.push(frame(this.#items));
      this.#items = "";
    }
    if (!this.#writing && !this.#wrote()) this.#write();
    return !this.#writing;
  }

  /** Writes what is to be sent without the loop, as much as is taken; true when that is all. */
  #wrote(): boolean {
    if (this.cable === null || this.#urgent > 0) return this.#parts.length === 0;
    for (let part = this.#parts[0]; part; part = this.#parts[0]) {
      const count = this.cable.send(part);
      if (count < part.length) {
        this.#parts[0] = part.subarray(Math.max(0, count));
        return false;
      }
      this.#parts.shift();
    }
    return true;
  }

  /** Sends what was said so far at once, where the link is `free` for it. */
  flushNow(): void {
    if (!this.#writing) return void this.flush();
    const bytes = frame(this.#items);
    this.#items = "";
    this.#urgent++;
    // Writes go in the order of their calls, and small ones go whole.
    this.#send(bytes).then((count) => {
      this.#urgent--;
      if (count < bytes.length) Deno.exit(1);
    }, () => Deno.exit(0));
  }

  async #write(): Promise<void> {
    this.#writing = true;
    try {
      while (this.#parts.length > 0 || this.#items !== "") {
        if (this.#parts.length === 0) {
          this.#parts.push(frame(this.#items));
          this.#items = "";
        }
        const bytes = this.#parts.shift()!;
        for (let at = 0; at < bytes.length;) {
          this.#inFlightBytes = bytes.length - at;
          at += await this.#send(bytes.subarray(at));
        }
      }
    } catch {
      Deno.exit(0); // The parent is gone; nobody waits for what we have to say.
    }
    this.#writing = false;
    this.#attend();
  }

  /**
   * Hands each frame to `onBatch` until the parent closes the connection. `attend` is called when
   * something was heard or said, and nothing is left to be said.
   */
  async listen(onBatch: (batch: unknown[]) => void, attend: () => void): Promise<void> {
    this.#onBatch = onBatch;
    this.#attend = attend;
    for (;;) {
      this.#reading = true;
      const count = await this.#read(this.#unframer.room);
      this.#reading = false;
      if (count === null) return;
      this.#heard(count);
      this.rest();
    }
  }

  /** Nothing else is to be done: sends what was said, then short programs may be waited for. */
  rest(): void {
    if (this.#armed) this.flush();
    if (this.#writing || this.#flushing) return;
    this.#flushing = true;
    try {
      this.#attend();
    } finally {
      this.#flushing = false;
    }
    if (this.#armed) this.flush();
  }

  /** Hands on what the parent has said, without the loop; false where that is to be left to the loop. */
  hear(): boolean {
    // What the loop was asked for it may have by now.
    if (this.cable === null || this.#reading || this.#writing) return false;
    const count = this.cable.receive(this.#unframer.room);
    if (count <= 0) return false;
    this.#heard(count);
    return !this.#writing;
  }

  #heard(count: number): void {
    const before = this.#flushing;
    this.#flushing = true;
    try {
      this.#unframer.took(count, this.#onBatch);
    } finally {
      this.#flushing = before;
    }
    if (this.#armed) this.flush();
  }

  /** Resolves when everything said so far has been written. */
  async drained(): Promise<void> {
    this.flush();
    while (this.#writing || this.#urgent > 0) {
      await new Promise<void>((resolve) => later(resolve, 1));
    }
  }
}
