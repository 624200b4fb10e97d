/**
 * Which jobs are with workers, written down as they go: what the next process knows of those that ran
 * when this one was killed.
 *
 * All that happens in one turn of the loop is one write without a sync, before it leaves for the
 * workers. So a kill loses nothing of it; a machine that loses its power may.
 *
 * @module
 */
import { isKept, type Job } from "./job.ts";
import type { TrailFile } from "./trail_file.ts";

/** Kinds of records. */
const opened = 1;
const sent = 2;
const began = 3;
const back = 4;

/** A kind and a number, who, and a job: two words and a double. */
const recordBytes = 16;
/** Records that are gathered before they are written within a turn. */
const gatheredMax = 256;
/** Bytes after which only what is still out is written anew. */
const bytesMax = 1_048_576;
/** What fits beside the kind. */
const numberMax = 0xff_ffff;

/** Who has jobs: a worker, or nobody's (a staged run). */
interface Holder {
  readonly seat: number;
  readonly generation: number;
}

const nobody: Holder = { seat: 0, generation: 0 };

/** A job that is out. */
export interface Out {
  readonly job: Job;
  /** Null: it is a staged run. */
  readonly holder: Holder | null;
}

/** What was out when a process was killed: attempts by number of the job. */
export interface Outlived {
  /** Those that had begun, as far as anyone can know. */
  readonly begun: ReadonlyMap<number, number>;
  /** Those that lay behind them in their workers, and had hardly begun. */
  readonly sent: ReadonlyMap<number, number>;
}

/** Writes it. */
export class Trail {
  /** All that is out, for each worker in the order in which it was sent. */
  out: () => Iterable<Out> = () => [];
  readonly #words = new Uint32Array(gatheredMax * recordBytes / 4);
  readonly #doubles = new Float64Array(this.#words.buffer);
  readonly #bytes = new Uint8Array(this.#words.buffer);
  readonly #file: TrailFile;
  readonly #epoch: number;
  #gathered = 0;
  #writtenBytes = 0;
  #armed = false;
  /** What an earlier process has left stands until it was made use of. */
  #isOpen = false;

  /** Of the service's start `epoch`. */
  constructor(file: TrailFile, epoch: number) {
    this.#file = file;
    this.#epoch = epoch;
  }

  /** What an earlier process has left. */
  get outlived(): Outlived {
    return readTrail(this.#file.left, this.#epoch);
  }

  /** Begins anew: what an earlier process has left was made use of. */
  open(): void {
    this.#isOpen = true;
    this.#renew();
  }

  /** A job is about to be sent. */
  sent(job: Job, holder: Holder): void {
    if (isKept(job)) this.#add(sent, job, holder);
  }

  /** Jobs were begun. */
  began(jobs: readonly Job[]): void {
    for (const job of jobs) if (isKept(job)) this.#add(began, job, nobody);
  }

  /** Jobs are in the queue again, with the same attempt to come. */
  back(jobs: readonly Job[]): void {
    for (const job of jobs) if (isKept(job)) this.#add(back, job, nobody);
  }

  /** The process ends in good order: nothing is out. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#gathered = 0;
    this.#file.replace(new Uint8Array(0));
  }

  #add(kind: number, { id, attempt }: Job, { seat, generation }: Holder): void {
    if (this.#gathered === gatheredMax) this.#write();
    const at = this.#gathered++;
    this.#words[4 * at] = kind << 24 | Math.min(attempt, numberMax);
    this.#words[4 * at + 1] = seat << 16 | generation & 0xffff;
    this.#doubles[2 * at + 1] = id;
    if (this.#armed) return;
    this.#armed = true;
    queueMicrotask(() => {
      this.#armed = false;
      this.#write();
    });
  }

  #write(): void {
    const bytes = this.#gathered * recordBytes;
    if (bytes === 0 || !this.#isOpen) return;
    this.#gathered = 0;
    this.#file.append(this.#bytes.subarray(0, bytes));
    this.#writtenBytes += bytes;
    if (this.#writtenBytes > bytesMax) this.#renew();
  }

  /** Leaves out all that is over. */
  #renew(): void {
    this.#writtenBytes = 0;
    const out = [...this.out()].filter(({ job }) => isKept(job));
    const words = new Uint32Array(4 * (1 + 2 * out.length));
    const doubles = new Float64Array(words.buffer);
    let at = 0;
    const put = (kind: number, number: number, id: number, { seat, generation } = nobody) => {
      words[4 * at] = kind << 24 | Math.min(number, numberMax);
      words[4 * at + 1] = seat << 16 | generation & 0xffff;
      doubles[2 * at++ + 1] = id;
    };
    put(opened, 0, this.#epoch);
    for (const { job, holder } of out) {
      put(sent, job.attempt, job.id, holder ?? nobody);
      if (job.state === "running") put(began, job.attempt, job.id);
    }
    this.#file.replace(new Uint8Array(words.buffer, 0, at * recordBytes));
  }
}

/** What is left of an earlier start than `epoch`; nothing where it can't be believed. */
export function readTrail(bytes: Uint8Array, epoch: number): Outlived {
  const whole = bytes.slice(0, bytes.length - bytes.length % recordBytes).buffer;
  const words = new Uint32Array(whole);
  const doubles = new Float64Array(whole);
  const begun = new Map<number, number>();
  /** Not begun, in order, with who has it. */
  const waiting = new Map<number, { readonly attempt: number; readonly holder: number }>();
  const isOurs = doubles.length > 0 && words[0]! >>> 24 === opened && doubles[1]! < epoch;
  for (let at = 1; isOurs && 2 * at < doubles.length; at++) {
    const [kind, attempt] = [words[4 * at]! >>> 24, words[4 * at]! & numberMax];
    const [holder, id] = [words[4 * at + 1]!, doubles[2 * at + 1]!];
    if (kind < sent || kind > back) break; // What a crash of the machine has left.
    waiting.delete(id);
    begun.delete(id);
    if (kind === sent) waiting.set(id, { attempt, holder });
    else if (kind === began) begun.set(id, attempt);
  }
  const heads = new Set<number>();
  const behind = new Map<number, number>();
  for (const [id, { attempt, holder }] of waiting) {
    // A worker tells that it has begun a job only after a moment's work.
    if (heads.has(holder)) behind.set(id, attempt);
    else begun.set(id, attempt);
    heads.add(holder);
  }
  return { begun, sent: behind };
}
