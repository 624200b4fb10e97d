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

/** Bytes, and where they lie. */
interface Room {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly base: bigint;
}

/** Texts for C. */
export interface Texts {
  /** They must outlive the call. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Where each of them lies; 0 is the last. */
  readonly pointers: BigUint64Array<ArrayBuffer>;
}

const roomOf = (bytes: Uint8Array<ArrayBuffer>): Room => ({
  bytes,
  base: BigInt(Deno.UnsafePointer.value(Deno.UnsafePointer.of(bytes))),
});

/** Lays `list` out, in `room` where it fits in there; throws where a text has a NUL. */
export function texts(list: readonly string[], room: Room | null = null): Texts {
  const joined = `${list.join("\0")}\0`;
  const fits = room !== null && joined.length * 3 <= room.bytes.length;
  const { bytes, base } = fits ? room : roomOf(encoder.encode(joined));
  const end = fits ? encoder.encodeInto(joined, bytes).written : bytes.length;
  const pointers = new BigUint64Array(list.length + 1);
  let at = 0;
  for (let i = 0; i < list.length; i++) {
    pointers[i] = base + BigInt(at);
    at = bytes.indexOf(0, at) + 1;
  }
  if (list.length > 0 && at !== end) throw new TypeError("A text must not hold NUL");
  return { bytes, pointers };
}

/** What a program is started with: its arguments and all its variables. */
export interface Words {
  readonly args: BigUint64Array<ArrayBuffer>;
  readonly variables: BigUint64Array<ArrayBuffer>;
  /** What they point to, to be kept until the call; the next ones may overwrite it. */
  readonly held: Uint8Array;
}

/** Lays out what programs are started with. What many are given alike is laid out once. */
export class Wording {
  readonly #room = roomOf(new Uint8Array(roomBytes));
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
    const { bytes, pointers } = texts([...argv, ...lines(own)], this.#room);
    const args = new BigUint64Array(argv.length + 1);
    args.set(pointers.subarray(0, argv.length));
    const variables = new BigUint64Array(this.#names.length + pointers.length - argv.length);
    let at = 0;
    for (let i = 0; i < this.#names.length; i++) {
      if (!Object.hasOwn(own, this.#names[i]!)) variables[at++] = this.#texts.pointers[i]!;
    }
    variables.set(pointers.subarray(argv.length), at);
    return { args, variables, held: bytes };
  }
}

const lines = (variables: Variables): readonly string[] =>
  Object.entries(variables).map(([name, value]) => `${name}=${value}`);
