/**
 * The file of a trail in a data directory.
 *
 * @module
 */
import type { TrailFile } from "../../trail_file.ts";

/** A trail's file, and the way to let go of it. */
export interface OpenTrail extends TrailFile {
  close(): void;
}

/** Opens the file at `path`; it need not be there. */
export function openTrail(path: string): OpenTrail {
  const left = read(path);
  let file: Deno.FsFile | null = null;
  return {
    left,
    append(bytes) {
      try {
        if (file !== null) writeAll(file, bytes);
      } catch {
        // What follows a gap would be read as what it is not: until the next start nothing is known.
        close();
        tryTo(() => Deno.truncateSync(path));
      }
    },
    replace(bytes) {
      const draft = `${path}.new`;
      let next: Deno.FsFile | null = null;
      try {
        next = Deno.openSync(draft, { write: true, create: true, truncate: true, mode: 0o600 });
        writeAll(next, bytes);
        // In its place at once and whole, whenever we die.
        Deno.renameSync(draft, path);
        close();
        file = next;
      } catch {
        next?.close();
      }
    },
    close,
  };

  function close(): void {
    file?.close();
    file = null;
  }
}

function tryTo(work: () => void): void {
  try {
    work();
  } catch {
    // The next one to write to this disk will tell.
  }
}

function read(path: string): Uint8Array {
  try {
    return Deno.readFileSync(path);
  } catch {
    return new Uint8Array(0);
  }
}

function writeAll(file: Deno.FsFile, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
}
