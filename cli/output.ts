/**
 * Captured output of a command, given on byte for byte.
 *
 * @module
 */
import type { Outcome } from "../messages/outcome.ts";

/** Where bytes go; resolves when all are written. */
export type Sink = (bytes: Uint8Array) => Promise<void>;

/** A sink that writes to a stream such as `Deno.stdout`. */
export function sinkOf(stream: { write(bytes: Uint8Array): Promise<number> }): Sink {
  return async (bytes) => {
    for (let from = 0; from < bytes.length;) from += await stream.write(bytes.subarray(from));
  };
}

/** A sink that puts `tag` before each line. It is for one command: the next begins a line anew. */
export function tagged(sink: Sink, tag: string): Sink {
  const prefix = new TextEncoder().encode(tag);
  let atStart = true;
  return async (bytes) => {
    for (let from = 0; from < bytes.length;) {
      if (atStart) await sink(prefix);
      const end = bytes.indexOf(newline, from);
      atStart = end >= 0;
      const line = bytes.subarray(from, atStart ? end + 1 : bytes.length);
      await sink(line);
      from += line.length;
    }
  };
}

const newline = 10;

/** Writes what a command wrote, removes its temporary files, and resolves with stdout's bytes. */
export async function writeOutput(
  outcome: Outcome,
  sinks: { readonly stdout: Sink; readonly stderr: Sink },
): Promise<number> {
  try {
    const bytes = await write(sinks.stdout, {
      file: outcome.stdoutFile,
      base64: outcome.stdoutBase64,
      text: outcome.stdout,
    });
    await write(sinks.stderr, {
      file: outcome.stderrFile,
      base64: outcome.stderrBase64,
      text: outcome.stderr,
    });
    return bytes;
  } finally {
    await discardOutput(outcome);
  }
}

/** Removes the temporary files of an outcome. */
export async function discardOutput({ stdoutFile, stderrFile }: Outcome): Promise<void> {
  for (const file of [stdoutFile, stderrFile]) {
    if (file !== undefined) await Deno.remove(file).catch(() => {});
  }
}

interface Captured {
  readonly file: string | undefined;
  readonly base64: string | undefined;
  readonly text: string | undefined;
}

async function write(sink: Sink, { file, base64, text }: Captured): Promise<number> {
  if (file !== undefined) return await copy(file, sink);
  if (text === "" && base64 === undefined) return 0;
  const bytes = bytesOf(text, base64);
  if (bytes.length > 0) await sink(bytes);
  return bytes.length;
}

/** The bytes a command wrote, from their text or, where they are no text, from base64. */
export function bytesOf(text = "", base64?: string): Uint8Array {
  return base64 === undefined ? new TextEncoder().encode(text) : Uint8Array.fromBase64(base64);
}

async function copy(path: string, sink: Sink): Promise<number> {
  using file = await Deno.open(path);
  const buffer = new Uint8Array(65_536);
  let total = 0;
  for (let size = await file.read(buffer); size !== null; size = await file.read(buffer)) {
    await sink(buffer.subarray(0, size));
    total += size;
  }
  return total;
}
