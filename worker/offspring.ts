/**
 * Programs that this worker has started natively: their output and their ends.
 *
 * Most commands are over within a millisecond. For those the thread itself waits, together with the
 * parent's next word, which it obeys at once: any other way to hear of an end wakes two threads, and a
 * turn of the loop takes longer than all that is to be done. Who lives longer is heard of through the
 * poller.
 *
 * @module
 */
import {
  type Child,
  type Exit,
  type Hearer,
  type Parent,
  shortMs,
  type Stream,
  type Used,
} from "./child.ts";
import { errorOf, type Libc } from "./libc.ts";
import { Poller } from "./poller.ts";

const setPipeSize = 1031;
const noWait = 1;
const pidfdOpen = 434n;
const readable = 1;
/** Nobody has the other end any more. */
const hungUp = 0x10;
const [setFlags, nonBlocking] = [4, 0o4000];
const signalNumbers = { SIGKILL: 9, SIGTERM: 15 } as const;

/** Room for what the kernel has counted: two times of two numbers each, and 14 numbers. */
const usageNumbers = 18;
/** Where disk reads and writes stand among them, in blocks of so many bytes. */
const [readsAt, writesAt, blockBytes] = [11, 12, 512];

/** Read at once. */
const roomBytes = 256 * 1024;
const roomSize = BigInt(roomBytes);
/** What a pipe holds at first; who fills it is given one that holds what is read at once. */
const pipeBytes = 64 * 1024;

/** Programs that the thread waits for itself, at most. */
const attendedMax = 64;
/** The loop gets a turn after so long, while short programs follow each other without an end, ms. */
const spellMs = 10;
/** What is waited for: a file, then what of it and above that what there is. */
const happenedShift = 16;

/** What a program has, as 1 and 2. */
const streams: readonly Stream[] = [1, 2];
/** No file. */
const gone = -1;

/** Names of signals by number, as Linux has them. */
const signals = ("HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT " +
  "CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS").split(" ");

/** One of them. */
class One implements Child {
  readonly pid: number;
  /** By which its end is heard. */
  readonly pidfd: number;
  readonly stdin = null;
  readonly hearer: Hearer;
  /** Our ends of its pipes; {@link gone} where they are closed. */
  readonly files: [stdout: number, stderr: number];
  /** It has lived long enough: the poller waits for it. */
  isGrown = false;
  isOver = false;
  readonly #offspring: Offspring;

  constructor(
    offspring: Offspring,
    pid: number,
    pidfd: number,
    files: [number, number],
    hearer: Hearer,
  ) {
    this.#offspring = offspring;
    this.pid = pid;
    this.pidfd = pidfd;
    this.files = files;
    this.hearer = hearer;
  }

  get isOpen(): boolean {
    return this.files[0] !== gone || this.files[1] !== gone;
  }

  stop(): void {
    this.#offspring.stop(this);
  }

  signal(signal: "SIGTERM" | "SIGKILL"): void {
    this.#offspring.signal(this, signal);
  }
}

/** All that were started and have not ended. */
export class Offspring {
  readonly #libc: Libc;
  readonly #poller: Poller;
  /** The connection to the parent; null where it isn't known. */
  readonly #link: number | null;
  /** A list, not a set: what a set has held it may keep alive for long after. */
  readonly #running: One[] = [];
  /** Until when the thread waits for the youngest, ms. */
  #youngUntilMs = 0;
  readonly #waits = new Int32Array(2 * (1 + attendedMax));
  readonly #waitBytes = new Uint8Array(this.#waits.buffer);
  /** The same of the pipes of a program that has exited. */
  readonly #ends = new Int32Array(2 * streams.length);
  readonly #endBytes = new Uint8Array(this.#ends.buffer);
  #isAttending = false;
  readonly #number = new Int32Array(1);
  readonly #status = new Uint8Array(this.#number.buffer);
  readonly #usage = new Uint32Array(2 * usageNumbers);
  readonly #usageBytes = new Uint8Array(this.#usage.buffer);
  readonly #room = new Uint8Array(roomBytes);

  /** Throws where the system lacks something. */
  constructor(libc: Libc, link: number | null) {
    this.#libc = libc;
    this.#link = link;
    this.#poller = new Poller(libc);
    libc.close(this.#pidfd(Deno.pid));
  }

  /** Follows a program that has just been started, to its end. `out`, `err`: our ends of its pipes. */
  follow(pid: number, out: number, err: number, hearer: Hearer): Child {
    let pidfd: number;
    try {
      pidfd = this.#pidfd(pid);
    } catch (error) {
      this.#libc.kill(pid, signalNumbers.SIGKILL);
      this.#libc.wait4(pid, this.#status, 0, null);
      for (const file of [out, err]) this.#libc.close(file);
      throw error;
    }
    const one = new One(this, pid, pidfd, [out, err], hearer);
    this.#running.push(one);
    this.#youngUntilMs = performance.now() + shortMs;
    if (this.#link === null) this.#grow();
    return one;
  }

  /** Takes no more of what `one` writes. */
  stop(one: One): void {
    for (const stream of streams) if (one.files[stream - 1] !== gone) this.#close(one, stream);
  }

  /** Sends a signal to the session of `one`. */
  signal({ pid, isOver }: One, signal: "SIGTERM" | "SIGKILL"): void {
    const number = signalNumbers[signal];
    if (this.#libc.kill(-pid, number) < 0 && !isOver) this.#libc.kill(pid, number);
  }

  /** As {@link Launcher.attend}. When all have ended the parent's next word is mostly another start. */
  attend(parent: Parent, underWay: () => number): void {
    if (this.#link === null || this.#isAttending) return;
    this.#isAttending = true;
    try {
      this.#attend(parent, underWay);
    } finally {
      this.#isAttending = false;
    }
  }

  #attend(parent: Parent, underWay: () => number): void {
    const turnMs = performance.now() + spellMs;
    for (;;) {
      const nowMs = performance.now();
      const leftMs = this.#youngUntilMs - nowMs;
      const { length } = this.#running;
      if (leftMs <= 0 || length < underWay() || length > attendedMax) return this.#grow();
      if (this.#wait(Math.ceil(leftMs)) <= 0) continue;
      const isHeard = this.#has(0);
      this.#heed();
      // What the parent does not take can't leave without the loop, however long a program runs.
      if (!parent.flush()) return this.#grow();
      if (isHeard && (nowMs > turnMs || !parent.hear())) return;
    }
  }

  /** How many of all that is waited for have something; below 0 when a signal came first. */
  #wait(withinMs: number): number {
    const waits = this.#waits;
    waits[0] = this.#link!;
    waits[1] = readable;
    let count = 1;
    for (const { pidfd } of this.#running) {
      waits[2 * count] = pidfd;
      waits[2 * count++ + 1] = readable;
    }
    return this.#libc.poll(this.#waitBytes, BigInt(count), withinMs);
  }

  /** Whether something was found of what was waited for as number `i`. */
  #has(i: number): boolean {
    return this.#waits[2 * i + 1]! >>> happenedShift !== 0;
  }

  /** Sees to those that were found to have ended. */
  #heed(): void {
    for (let i = this.#running.length; i > 0; i--) {
      if (this.#has(i)) this.#reap(this.#running[i - 1]!);
    }
  }

  /** None of them is short. */
  #grow(): void {
    for (const one of this.#running) {
      if (one.isGrown) continue;
      one.isGrown = true;
      this.#poller.watch(one.pidfd, () => this.#reap(one));
      for (const stream of streams) this.#watch(one, stream);
      one.hearer.grown();
    }
  }

  /** Takes note that `one` has ended, if it has, and takes what it has left to say. */
  #reap(one: One): false {
    if (this.#libc.wait4(one.pid, this.#status, noWait, this.#usageBytes) !== one.pid) return false;
    this.#running.splice(this.#running.indexOf(one), 1);
    this.#poller.close(one.pidfd);
    this.#finish(one);
    one.isOver = true;
    one.hearer.exited(exitOf(this.#number[0]!, usedOf(this.#usage)));
    return false;
  }

  /** Takes what a program that has exited has left in its pipes, unless somebody else has them. */
  #finish(one: One): void {
    const ends = this.#ends;
    for (const stream of streams) {
      ends[2 * stream - 2] = one.files[stream - 1]!;
      ends[2 * stream - 1] = readable;
    }
    this.#libc.poll(this.#endBytes, 2n, 0);
    for (const stream of streams) {
      if (one.files[stream - 1] === gone) continue;
      const has = ends[2 * stream - 1]! >>> happenedShift;
      if ((has & hungUp) !== 0) {
        if ((has & readable) !== 0) { while (this.#read(one, stream) > 0); }
        this.#close(one, stream);
      } else if (!one.isGrown) this.#watch(one, stream);
    }
  }

  #watch(one: One, stream: Stream): void {
    const file = one.files[stream - 1]!;
    this.#libc.fcntl(file, setFlags, nonBlocking); // What we are told of may have been read already.
    this.#poller.watch(file, () => {
      const count = this.#read(one, stream);
      if (count === 0) this.#close(one, stream);
      if (count === pipeBytes) this.#libc.fcntl(file, setPipeSize, roomBytes);
      return count >= pipeBytes;
    });
  }

  /** Bytes that were there; 0 at the end, below 0 when there is nothing yet. */
  #read(one: One, stream: Stream): number {
    const count = Number(this.#libc.read(one.files[stream - 1]!, this.#room, roomSize));
    if (count > 0) one.hearer.wrote(stream, this.#room.slice(0, count));
    return count;
  }

  #close(one: One, stream: Stream): void {
    this.#poller.close(one.files[stream - 1]!);
    one.files[stream - 1] = gone;
    if (one.isOver && !one.isOpen) one.hearer.closed();
  }

  #pidfd(pid: number): number {
    const pidfd = Number(this.#libc.syscall(pidfdOpen, pid, 0));
    if (pidfd < 0) throw errorOf(this.#libc);
    return pidfd;
  }
}

/** Reads what `wait4` tells. */
function exitOf(status: number, used: Used): Exit {
  const signal = status & 0x7f;
  if (signal === 0) return { code: status >> 8 & 0xff, signal: null, used };
  return { code: null, signal: `SIG${signals[signal - 1] ?? signal}`, used };
}

/** Reads what the kernel has counted. */
function usedOf(usage: Uint32Array): Used {
  const cpuMs = (numberAt(usage, 0) + numberAt(usage, 2)) * 1_000 +
    (numberAt(usage, 1) + numberAt(usage, 3)) / 1_000;
  const blocks = numberAt(usage, readsAt) + numberAt(usage, writesAt);
  return { cpuMs, ioBytes: blocks * blockBytes };
}

/** A number of 8 bytes, none of which is as large as a number may be. */
const numberAt = (words: Uint32Array, at: number): number =>
  words[2 * at]! + words[2 * at + 1]! * 2 ** 32;
