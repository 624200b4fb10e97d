/**
 * Hears when files can be read, all of them by one wait of the kernel's (`epoll`).
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

/**
 * Time without an event after which a thread is left waiting for the next one, ms. That takes two
 * changes of threads, several times what a short command costs us otherwise; its end is told by a
 * signal.
 */
const quietMs = 2;

/** Called when something can be read; true where there may be much more. */
export type Ready = () => boolean;

/** Files that are waited for. */
export class Poller {
  readonly #libc: Libc;
  readonly #set: number;
  readonly #one = new DataView(new ArrayBuffer(eventBytes));
  readonly #seen = new DataView(new ArrayBuffer(eventBytes * eventsMax));
  readonly #awaited = new DataView(new ArrayBuffer(eventBytes * eventsMax));
  readonly #ready: (Ready | undefined)[] = [];
  #watched = 0;
  #waiting = false;
  #heardMs = 0;

  /** Waits through `libc`. A file of a child process of ours that ends is seen to at once. */
  constructor(libc: Libc) {
    this.#libc = libc;
    this.#set = libc.epoll_create1(closeOnExec);
    if (this.#set < 0) throw errorOf(libc);
    Deno.addSignalListener("SIGCHLD", () => void this.#look());
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
    this.#heardMs = performance.now();
    if (!this.#waiting) void this.#wait();
  }

  /**
   * Waits no more for `file` and closes it. Closing alone is not enough: a program that is just
   * being started holds it a moment longer, and the kernel would tell of it.
   */
  close(file: number): void {
    if (this.#ready[file]) {
      this.#ready[file] = undefined;
      this.#watched--;
      this.#libc.epoll_ctl(this.#set, remove, file, this.#one.buffer);
    }
    this.#libc.close(file);
  }

  /** Sees to what can be read now; true where there may be much more. */
  #look(): boolean {
    return this.#heed(
      this.#seen,
      this.#libc.epoll_look(this.#set, this.#seen.buffer, eventsMax, 0),
    );
  }

  async #wait(): Promise<void> {
    this.#waiting = true;
    while (this.#watched > 0) {
      const restMs = this.#heardMs + quietMs - performance.now();
      if (restMs > 0) {
        await pause(restMs);
        if (!this.#look()) continue;
      }
      const count = await this.#libc.epoll_wait(
        this.#set,
        this.#awaited.buffer,
        eventsMax,
        -1,
      );
      if (this.#heed(this.#awaited, count)) await pause(floodMs);
    }
    this.#waiting = false;
  }

  /** Tells of the first `count` events; true where there may be much more. */
  #heed(events: DataView, count: number): boolean {
    if (count > 0) this.#heardMs = performance.now();
    let isFlooded = false;
    for (let i = 0; i < count; i++) {
      // It may be another one by now that has its number, of which nothing can be read yet.
      const ready = this.#ready[events.getInt32(i * eventBytes + fileAt, true)];
      if (ready?.()) isFlooded = true;
    }
    return isFlooded;
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
