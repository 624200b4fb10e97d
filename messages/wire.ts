/**
 * What a worker and its parent say to each other, and how it becomes bytes.
 *
 * A frame is a 4-byte little-endian length and a JSON array. The array is flat: each message is a
 * numeric kind followed by that kind's fields, so many messages of a moment travel as one array.
 * {@link messages} is the one table: codec, checks, fuzz corpus and docs/protocol.md follow from it.
 *
 * @module
 */

/** Version of this protocol; another one is refused with both numbers. */
export const protocol = 1;
/** Largest frame, bytes; a longer length condemns the peer before it is read. */
export const frameBytesMax = 8 * 1024 * 1024;
/** Largest single message, characters of JSON. */
export const messageCharsMax = 1024 * 1024;

/** A task with a time limit up to this is announced before it is begun, ms. */
export const announcedMs = 60_000;

/** `count`: integer 0..2^53-1 · `number`: finite, >= 0 · `text` · `ids`: array of counts · `any`. */
export type Field = "count" | "number" | "text" | "ids" | "any";

/** One row of {@link messages}. */
export interface MessageShape {
  readonly kind: number;
  readonly direction: "down" | "up";
  readonly fields: Readonly<Record<string, Field>>;
  readonly help: string;
}

/** All messages, by name. */
export const messages = {
  start: {
    kind: 1,
    direction: "down",
    fields: {
      id: "count",
      attempt: "count",
      operation: "count",
      input: "any",
      timeoutMs: "count",
      trace: "text",
    },
    help: "Queue a job; it begins after those sent before it. timeoutMs 0: none.",
  },
  cancel: {
    kind: 2,
    direction: "down",
    fields: { id: "count", because: "text" },
    help: "Abort a job; one that has not begun is returned.",
  },
  giveBack: {
    kind: 3,
    direction: "down",
    fields: { count: "count" },
    help: "Return the last `count` jobs that have not begun.",
  },
  describe: {
    kind: 4,
    direction: "down",
    fields: { request: "count", source: "text" },
    help: "Tell schemas and permissions of a task module; source empty: of all own tasks.",
  },
  stop: {
    kind: 5,
    direction: "down",
    fields: {},
    help: "End when all begun jobs have ended; jobs not begun are returned.",
  },
  ping: { kind: 6, direction: "down", fields: { nonce: "count" }, help: "Answer with pong." },
  define: {
    kind: 7,
    direction: "down",
    fields: { operation: "count", name: "text", source: "text" },
    help: "Give an operation its number. source: module URL or name of a task, empty: commands.",
  },
  environment: {
    kind: 10,
    direction: "down",
    fields: { variables: "any" },
    help: "What commands that are sent from now on are given besides variables of their own.",
  },
  collect: {
    kind: 9,
    direction: "down",
    fields: { atOnce: "count" },
    help: "Collect garbage. atOnce 0: when no job runs; 1: also while jobs wait for something.",
  },
  hello: {
    kind: 20,
    direction: "up",
    fields: { protocol: "count", pid: "count", generation: "count", nonce: "text" },
    help: "First message of a connection.",
  },
  ready: { kind: 21, direction: "up", fields: {}, help: "Takes jobs from now on." },
  began: {
    kind: 22,
    direction: "up",
    fields: { count: "count", heldMs: "number" },
    help: "The next `count` jobs in order were begun; the thread was held for `heldMs`.",
  },
  returned: {
    kind: 23,
    direction: "up",
    fields: { ids: "ids" },
    help: "Jobs that were not begun and are given back.",
  },
  output: {
    kind: 24,
    direction: "up",
    fields: { id: "count", stream: "count", text: "text" },
    help: "A piece of a job's output. stream: 0 log, 1 stdout, 2 stderr.",
  },
  progress: {
    kind: 25,
    direction: "up",
    fields: { id: "count", value: "any" },
    help: "How far a job is, in its own words.",
  },
  finished: {
    kind: 26,
    direction: "up",
    fields: { id: "count", ending: "count", payload: "any", runMs: "number" },
    help: "A begun job ended. ending: 0 done, 1 failed, 2 aborted.",
  },
  described: {
    kind: 27,
    direction: "up",
    fields: { request: "count", description: "any" },
    help: "Answer to describe.",
  },
  pong: { kind: 29, direction: "up", fields: { nonce: "count" }, help: "Answer to ping." },
  begins: {
    kind: 30,
    direction: "up",
    fields: { count: "count" },
    help: "Ahead of `began`, which counts them again: the next `count` jobs are begun now.",
  },
  spawned: {
    kind: 31,
    direction: "up",
    fields: { id: "count", pid: "count" },
    help:
      "A command's process has run for 10 ms, or was started under limits; pid as the worker sees it.",
  },
  held: {
    kind: 32,
    direction: "up",
    fields: { id: "count", heldMs: "number" },
    help: "A begun task goes on later; at first it held the thread for heldMs. " +
      "Without this message it held it from its beginning to its end.",
  },
  left: {
    kind: 33,
    direction: "up",
    fields: { run: "count" },
    help: "A command has ended; what it left behind carries this number in its mark.",
  },
  used: {
    kind: 34,
    direction: "up",
    fields: { id: "count", cpuMs: "number", ioBytes: "count" },
    help: "What the kernel counted for a command that has exited, and for what it has waited for.",
  },
  took: {
    kind: 35,
    direction: "up",
    fields: { id: "count", units: "any" },
    help: "What a begun job really took of the units of rates, by name: amounts.",
  },
  violation: {
    kind: 36,
    direction: "up",
    fields: { operation: "count", permission: "text", asked: "text" },
    help: "An access was denied to a task. operation: 0 when it is not known whose.",
  },
} as const satisfies Record<string, MessageShape>;

/** Name of a message. */
export type MessageName = keyof typeof messages;

const byKind: (readonly Field[] | undefined)[] = [];
const directions: string[] = [];
for (const { kind, direction, fields } of Object.values(messages)) {
  byKind[kind] = Object.values(fields);
  directions[kind] = direction;
}

const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;

function fits(value: unknown, field: Field): boolean {
  switch (field) {
    case "count":
      return isCount(value);
    case "number":
      return typeof value === "number" && value >= 0 && value !== Infinity;
    case "text":
      return typeof value === "string";
    case "ids":
      return Array.isArray(value) && value.every(isCount);
    case "any":
      return true;
  }
}

/** Fields of a kind; 0 for an unknown kind. Messages are `1 + arity(kind)` long. */
export const arity = (kind: number): number => byKind[kind]?.length ?? 0;

/** Says what is wrong with a batch that came `up` or `down`; null when all of it is well formed. */
export function malformed(batch: readonly unknown[], direction: "up" | "down"): string | null {
  for (let at = 0; at < batch.length;) {
    const kind = batch[at];
    const fields = typeof kind === "number" ? byKind[kind] : undefined;
    if (!fields || directions[kind as number] !== direction) {
      return `unknown kind ${JSON.stringify(kind)?.slice(0, 40)} at ${at}`;
    }
    if (at + fields.length >= batch.length) return `kind ${kind} is cut short at ${at}`;
    for (let i = 0; i < fields.length; i++) {
      if (!fits(batch[at + 1 + i], fields[i]!)) {
        return `kind ${kind} wants ${fields[i]} as field ${i + 1} at ${at}`;
      }
    }
    at += 1 + fields.length;
  }
  return null;
}

/** Encodes one message as comma-separated JSON, ready to be joined with others. */
export function encode(kind: number, ...fields: readonly unknown[]): string {
  let text = String(kind);
  for (const field of fields) text += "," + (JSON.stringify(field) ?? "null");
  return text;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

/** Makes one frame of messages that were joined by commas. Throws RangeError over {@link frameBytesMax}. */
export function frame(items: string): Uint8Array<ArrayBuffer> {
  const text = `[${items}]`;
  let bytes = new Uint8Array(4 + text.length);
  let { read, written } = encoder.encodeInto(text, bytes.subarray(4));
  if (read < text.length) { // not ASCII alone
    bytes = new Uint8Array(4 + text.length * 3);
    ({ read, written } = encoder.encodeInto(text, bytes.subarray(4)));
  }
  if (written > frameBytesMax) {
    throw new RangeError(
      `Cannot send frame as it must be <= ${frameBytesMax} bytes: it is ${written}`,
    );
  }
  new DataView(bytes.buffer).setUint32(0, written, true);
  return bytes.subarray(0, 4 + written);
}

/** Cuts a stream of bytes into frames. Feed it what was read; it calls back for each whole frame. */
export class Unframer {
  #held = new Uint8Array(64 * 1024);
  #length = 0;

  /** Where to read the next bytes to. */
  get room(): Uint8Array<ArrayBuffer> {
    if (this.#held.length - this.#length < 16 * 1024) this.#grow(this.#held.length * 2);
    return this.#held.subarray(this.#length);
  }

  /**
   * Takes note that `count` bytes were read into `room` and hands each whole frame on. Throws
   * RangeError for a length over {@link frameBytesMax}, SyntaxError or TypeError for bad content.
   */
  took(count: number, onBatch: (batch: unknown[]) => void): void {
    this.#length += count;
    const held = this.#held;
    let at = 0;
    while (this.#length - at >= 4) {
      const size = held[at]! + held[at + 1]! * 0x100 + held[at + 2]! * 0x10000 +
        held[at + 3]! * 0x1000000;
      if (size > frameBytesMax) throw new RangeError(`frame of ${size} bytes`);
      if (this.#length - at - 4 < size) {
        if (size + 4 > held.length) this.#grow(size + 4);
        break;
      }
      const batch = JSON.parse(decoder.decode(held.subarray(at + 4, at + 4 + size)));
      if (!Array.isArray(batch)) throw new TypeError("frame is not an array");
      at += 4 + size;
      onBatch(batch);
    }
    if (at > 0) {
      this.#held.copyWithin(0, at, this.#length);
      this.#length -= at;
    }
  }

  #grow(size: number) {
    const larger = new Uint8Array(size);
    larger.set(this.#held.subarray(0, this.#length));
    this.#held = larger;
  }
}
