/**
 * Texts as C has them: bytes that end with 0, and lists of pointers to them.
 *
 * @module
 */
import type { Variables } from "./start.ts";

const encoder = new TextEncoder();

/** Room for the texts of most programs, bytes: to ask where bytes lie takes longer than to fill them. */
const roomBytes = 16 * 1024;

/** `text` as C has it. */
export const cString = (text: string): Uint8Array<ArrayBuffer> => encoder.encode(`${text}\0`);

/** Words of most programs, arguments and variables together. */
const wordsUsual = 1_024;

/** Bytes, and where they lie. */
interface Room {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly base: number;
}

/** Where texts lie, one after another. */
interface Texts extends Room {
  /** Where each of them begins. */
  readonly starts: readonly number[];
}

/** No address of a program is as large as the integers that a number can't hold. */
const roomOf = (bytes: Uint8Array<ArrayBuffer>): Room => ({
  bytes,
  base: Number(Deno.UnsafePointer.value(Deno.UnsafePointer.of(bytes))),
});

/** Lays `list` out, in `room` where it fits in there; throws where a text has a NUL. */
function texts(list: readonly string[], room: Room | null = null): Texts {
  const joined = `${list.join("\0")}\0`;
  const fits = room !== null && joined.length * 3 <= room.bytes.length;
  const { bytes, base } = fits ? room : roomOf(encoder.encode(joined));
  const end = fits ? encoder.encodeInto(joined, bytes).written : bytes.length;
  const starts: number[] = [];
  let at = 0;
  for (let i = 0; i < list.length; i++) {
    starts.push(at);
    at = bytes.indexOf(0, at) + 1;
  }
  if (list.length > 0 && at !== end) throw new TypeError("A text must not hold NUL");
  return { bytes, base, starts };
}

/** Lists of pointers, each ended by 0: two words of 4 bytes for each. */
class Table {
  #words: Uint32Array<ArrayBuffer>;
  #at = 0;

  constructor(pointers: number) {
    this.#words = new Uint32Array(2 * pointers);
  }

  /** Makes room for so many pointers and begins anew. */
  clear(pointers: number): void {
    if (this.#words.length < 2 * pointers) this.#words = new Uint32Array(2 * pointers);
    this.#at = 0;
  }

  add(pointer: number): void {
    this.#words[this.#at++] = pointer; // What is above 32 bits is cut off.
    this.#words[this.#at++] = pointer / 2 ** 32;
  }

  /** The list that was added since byte `from`; the next one begins where it ends. */
  end(from = 0): Uint8Array<ArrayBuffer> {
    this.add(0);
    return new Uint8Array(this.#words.buffer, from, 4 * this.#at - from);
  }
}

/** What a program is started with: pointers to its arguments and to all its variables. */
export interface Words {
  readonly args: Uint8Array<ArrayBuffer>;
  readonly variables: Uint8Array<ArrayBuffer>;
  /** What they point to, to be kept until the call; the next ones may overwrite all of it. */
  readonly held: Uint8Array;
}

/** Lays out what programs are started with. What many are given alike is laid out once. */
export class Wording {
  readonly #room = roomOf(new Uint8Array(roomBytes));
  readonly #table = new Table(wordsUsual);
  #shared: Variables | null = null;
  #names: readonly string[] = [];
  #texts = texts([]);

  /** `own` variables above those of `shared`, which is the same object for many. */
  of(argv: readonly string[], shared: Variables, own: Variables): Words {
    if (shared !== this.#shared) {
      this.#texts = texts(lines(shared));
      this.#names = Object.keys(shared);
      this.#shared = shared;
    }
    const { bytes, base, starts } = texts([...argv, ...lines(own)], this.#room);
    const table = this.#table;
    table.clear(starts.length + this.#names.length + 2);
    for (let i = 0; i < argv.length; i++) table.add(base + starts[i]!);
    const args = table.end();
    for (let i = 0; i < this.#names.length; i++) {
      if (Object.hasOwn(own, this.#names[i]!)) continue;
      table.add(this.#texts.base + this.#texts.starts[i]!);
    }
    for (let i = argv.length; i < starts.length; i++) table.add(base + starts[i]!);
    return { args, variables: table.end(args.length), held: bytes };
  }
}

/** As the environment of a program has them. */
function lines(variables: Variables): string[] {
  const all: string[] = [];
  for (const name in variables) all.push(`${name}=${variables[name]}`);
  return all;
}
