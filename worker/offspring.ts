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
  type Take,
  type Used,
} from "./child.ts";
import { errorOf, type Libc } from "./libc.ts";
import { Poller } from "./poller.ts";

const setPipeSize = 1031;
const noWait = 1;
const pidfdOpen = 434n;
const readable = 1;
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
/** What is waited for: a file, what of it, and what there is (4, 2 and 2 bytes). */
const waitBytes = 8;
const happenedAt = 6;

/** Names of signals by number, as Linux has them. */
const signals = ("HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT " +
  "CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS").split(" ");

/** One of them. */
interface One {
  readonly pid: number;
  /** By which its end is heard. */
  readonly pidfd: number;
  /** Our ends of its pipes, and who takes what comes out of them. */
  readonly open: Map<number, Take>;
  readonly hearer: Hearer;
  /** It has lived long enough: the poller waits for it. */
  isGrown: boolean;
  isOver: boolean;
}

/** All that were started and have not ended. */
export class Offspring {
  readonly #libc: Libc;
  readonly #poller: Poller;
  /** The connection to the parent; null where it isn't known. */
  readonly #link: number | null;
  readonly #running = new Set<One>();
  /** Until when the thread waits for the youngest, ms. */
  #youngUntilMs = 0;
  readonly #waits = new DataView(new ArrayBuffer(waitBytes * (1 + attendedMax)));
  #isAttending = false;
  readonly #number = new Int32Array(1);
  readonly #status = new Uint8Array(this.#number.buffer);
  readonly #usage = new BigInt64Array(usageNumbers);
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
    const open = new Map([[out, hearer.stdout], [err, hearer.stderr]]);
    const one: One = { pid, pidfd, open, hearer, isGrown: false, isOver: false };
    this.#running.add(one);
    this.#youngUntilMs = performance.now() + shortMs;
    if (this.#link === null) this.#grow();
    return {
      pid,
      stdin: null,
      get isOpen() {
        return open.size > 0;
      },
      stop: () => [...open.keys()].forEach((file) => this.#close(one, file)),
      signal: (signal) => {
        const number = signalNumbers[signal];
        if (this.#libc.kill(-pid, number) < 0 && !one.isOver) this.#libc.kill(pid, number);
      },
    };
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
      const { size } = this.#running;
      if (leftMs <= 0 || size < underWay() || size > attendedMax) return this.#grow();
      if (this.#wait(Math.ceil(leftMs)) <= 0) continue;
      const isHeard = this.#waits.getInt16(happenedAt, true) !== 0;
      this.#heed();
      // What the parent does not take can't leave without the loop, however long a program runs.
      if (!parent.flush()) return this.#grow();
      if (isHeard && (nowMs > turnMs || !parent.hear())) return;
    }
  }

  /** How many of all that is waited for have something; below 0 when a signal came first. */
  #wait(withinMs: number): number {
    const waits = this.#waits;
    let count = 0;
    const add = (file: number) => {
      waits.setInt32(count * waitBytes, file, true);
      waits.setInt32(count++ * waitBytes + 4, readable, true);
    };
    add(this.#link!);
    for (const { pidfd } of this.#running) add(pidfd);
    return this.#libc.poll(waits.buffer, BigInt(count), withinMs);
  }

  /** Sees to those that were found to have ended. */
  #heed(): void {
    let at = waitBytes;
    for (const one of this.#running) {
      if (this.#waits.getInt16(at + happenedAt, true) !== 0) this.#reap(one);
      at += waitBytes;
    }
  }

  /** None of them is short. */
  #grow(): void {
    for (const one of this.#running) {
      if (one.isGrown) continue;
      one.isGrown = true;
      this.#poller.watch(one.pidfd, () => this.#reap(one));
      for (const file of one.open.keys()) this.#watch(one, file);
      one.hearer.grown();
    }
  }

  /** Takes note that `one` has ended, if it has, and takes what it has left to say. */
  #reap(one: One): false {
    if (this.#libc.wait4(one.pid, this.#status, noWait, this.#usage) !== one.pid) return false;
    this.#running.delete(one);
    this.#poller.close(one.pidfd);
    const exit = { ...exitOf(this.#number[0]!), used: usedOf(this.#usage) };
    for (const [file, take] of one.open) {
      const count = this.#read(file, take);
      // Mostly nobody else has it, and it is at its end.
      if (count === 0 || (count > 0 && this.#read(file, take) === 0)) this.#close(one, file);
      else if (!one.isGrown) this.#watch(one, file);
    }
    one.isOver = true;
    one.hearer.exited(exit);
    return false;
  }

  #watch(one: One, file: number): void {
    const take = one.open.get(file)!;
    this.#poller.watch(file, () => {
      const count = this.#read(file, take);
      if (count === 0) this.#close(one, file);
      if (count === pipeBytes) this.#libc.fcntl(file, setPipeSize, roomBytes);
      return count >= pipeBytes;
    });
  }

  /** Bytes that were there; 0 at the end, below 0 when there is nothing yet. */
  #read(file: number, take: Take): number {
    const count = Number(this.#libc.read(file, this.#room, roomSize));
    if (count > 0) take(this.#room.slice(0, count));
    return count;
  }

  #close(one: One, file: number): void {
    one.open.delete(file);
    this.#poller.close(file);
    if (one.isOver && one.open.size === 0) one.hearer.closed();
  }

  #pidfd(pid: number): number {
    const pidfd = Number(this.#libc.syscall(pidfdOpen, pid, 0));
    if (pidfd < 0) throw errorOf(this.#libc);
    return pidfd;
  }
}

/** Reads what `wait4` tells. */
function exitOf(status: number): Pick<Exit, "code" | "signal"> {
  const signal = status & 0x7f;
  if (signal === 0) return { code: status >> 8 & 0xff, signal: null };
  return { code: null, signal: `SIG${signals[signal - 1] ?? signal}` };
}

/** Reads what the kernel has counted. */
function usedOf(usage: BigInt64Array): Used {
  const [userS, userUs, systemS, systemUs] = usage;
  const cpuMs = Number(userS! + systemS!) * 1_000 + Number(userUs! + systemUs!) / 1_000;
  return { cpuMs, ioBytes: Number(usage[readsAt]! + usage[writesAt]!) * blockBytes };
}
