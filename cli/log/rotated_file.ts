/**
 * A log file that is rotated by its size.
 *
 * @module
 */

import { writeAll } from "./write_all.ts";

const utf8 = new TextEncoder();
/** Bytes of one character of a text, at most. */
const utf8BytesMax = 3;

/** Appends to `path`; at `maxBytes` it becomes `path.1`, that `path.2`, up to `files`. */
export class RotatedFile {
  readonly #path: string;
  readonly #maxBytes: number;
  readonly #files: number;
  #writing: Promise<void> = Promise.resolve();
  #bytes = new Uint8Array();
  #open: { readonly file: Deno.FsFile; bytes: number } | null = null;

  /** Opens nothing yet. */
  constructor(path: string, maxBytes: number, files: number) {
    this.#path = path;
    this.#maxBytes = maxBytes;
    this.#files = files;
  }

  /** Appends `text`, to a new file where it would make this one too large; one at a time. */
  write(text: string): Promise<void> {
    return this.#writing = this.#write(text);
  }

  /** Closes the file when what is being written is; another write opens it again. */
  async close(): Promise<void> {
    await this.#writing.catch(() => {});
    this.#shut();
  }

  async #write(text: string): Promise<void> {
    const bytes = this.#bytesOf(text);
    try {
      this.#open ??= await this.#append();
      if (this.#open.bytes > 0 && this.#open.bytes + bytes.length > this.#maxBytes) {
        await this.#rotate();
        this.#open = await this.#append();
      }
      await writeAll(this.#open.file, bytes);
      this.#open.bytes += bytes.length;
    } catch (error) {
      this.#shut(); // It may have been taken away, or its disk is full: the next write tries anew.
      throw error;
    }
  }

  /** One piece is written at a time, so all share their bytes: new ones for each would be garbage. */
  #bytesOf(text: string): Uint8Array {
    const most = text.length * utf8BytesMax;
    if (this.#bytes.length < most) this.#bytes = new Uint8Array(most);
    return this.#bytes.subarray(0, utf8.encodeInto(text, this.#bytes).written);
  }

  #shut(): void {
    this.#open?.file.close();
    this.#open = null;
  }

  async #append() {
    const file = await Deno.open(this.#path, { append: true, create: true, mode: 0o600 });
    try {
      return { file, bytes: (await file.stat()).size };
    } catch (error) {
      file.close();
      throw error;
    }
  }

  async #rotate(): Promise<void> {
    this.#shut();
    for (let i = this.#files - 1; i >= 1; i--) {
      await Deno.rename(`${this.#path}.${i}`, `${this.#path}.${i + 1}`).catch(unlessMissing);
    }
    await Deno.rename(this.#path, `${this.#path}.1`);
  }
}

function unlessMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
