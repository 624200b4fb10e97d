/**
 * Hears when files can be read, all of them by one wait of the kernel's (`epoll`) on another thread.
 *
 * @module
 */
import { errorOf, type Libc } from "./libc.ts";

const closeOnExec = 0o2000000;
const add = 1;
const remove = 2;
const readable = 1;

/** Size of an event and where its file stands: it is packed on x86-64 only. */
const [eventBytes, fileAt] = Deno.build.arch === "x86_64" ? [12, 4] as const : [16, 8] as const;
/** Events taken at once. */
const eventsMax = 64;

/** Rest after a file of which more could be read at once, so that a flood leaves room for others, ms. */
const floodMs = 1;

/** Called when something can be read; true where there may be much more. */
export type Ready = () => boolean;

/** Files that are waited for. */
export class Poller {
  readonly #libc: Libc;
  readonly #set: number;
  readonly #one = new DataView(new ArrayBuffer(eventBytes));
  readonly #events = new DataView(new ArrayBuffer(eventBytes * eventsMax));
  readonly #ready: (Ready | undefined)[] = [];
  #watched = 0;
  #waiting = false;

  /** Waits through `libc`. */
  constructor(libc: Libc) {
    this.#libc = libc;
    this.#set = libc.epoll_create1(closeOnExec);
    if (this.#set < 0) throw errorOf(libc);
  }

  /** Calls `ready` whenever something can be read of `file`, until it is closed here. */
  watch(file: number, ready: Ready): void {
    this.#one.setUint32(0, readable, true);
    this.#one.setInt32(fileAt, file, true);
    if (this.#libc.epoll_ctl(this.#set, add, file, this.#one.buffer) < 0) {
      throw errorOf(this.#libc);
    }
    this.#ready[file] = ready;
    this.#watched++;
    if (!this.#waiting) void this.#wait();
  }

  /**
   * Waits no more for `file`, if it ever did, and closes it. Closing alone is not enough: a program
   * that is just being started holds it a moment longer, and the kernel would tell of it.
   */
  close(file: number): void {
    if (this.#ready[file]) {
      this.#ready[file] = undefined;
      this.#watched--;
      this.#libc.epoll_ctl(this.#set, remove, file, this.#one.buffer);
    }
    this.#libc.close(file);
  }

  async #wait(): Promise<void> {
    this.#waiting = true;
    while (this.#watched > 0) {
      const count = await this.#libc.epoll_wait(this.#set, this.#events.buffer, eventsMax, -1);
      if (this.#heed(count)) await new Promise((resolve) => setTimeout(resolve, floodMs));
    }
    this.#waiting = false;
  }

  /** Tells of the first `count` events; true where there may be much more. */
  #heed(count: number): boolean {
    let isFlooded = false;
    for (let i = 0; i < count; i++) {
      // It may be another one by now that has its number, of which nothing can be read yet.
      const ready = this.#ready[this.#events.getInt32(i * eventBytes + fileAt, true)];
      if (ready?.()) isFlooded = true;
    }
    return isFlooded;
  }
}
