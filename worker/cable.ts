/**
 * The connection to the parent as it is used without the loop: calls of the kernel that never wait.
 *
 * @module
 */
import type { Libc } from "./libc.ts";

/** Neither waits nor ends us by a signal where the parent is gone. */
const flags = 0x40 | 0x4000;

/** One file of this process. */
export class Cable {
  readonly #libc: Libc;
  readonly #file: number;

  /** `file` is the connection. */
  constructor(libc: Libc, file: number) {
    this.#libc = libc;
    this.#file = file;
  }

  /** Bytes that were read into `room`; 0 at the end, below 0 where there is nothing or it has failed. */
  receive(room: Uint8Array<ArrayBuffer>): number {
    return Number(this.#libc.recv(this.#file, room, BigInt(room.length), flags));
  }

  /** How many of `bytes` were taken; below 0 where there is no room or nobody takes them. */
  send(bytes: Uint8Array<ArrayBuffer>): number {
    return Number(this.#libc.send(this.#file, bytes, BigInt(bytes.length), flags));
  }
}
