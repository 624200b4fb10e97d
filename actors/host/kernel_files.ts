/**
 * The files through which the kernel tells things, below a root that can be another one.
 *
 * @module
 */
import type { ReadText } from "./read_text.ts";

/** Reads files and folders as the kernel offers them. */
export interface KernelFiles {
  /** Text of a file; null when it is not there or not ours to read. */
  readonly read: ReadText;
  /** Names in a folder; null when it is not there or not ours to read. */
  readonly list: (folder: string) => readonly string[] | null;
}

/** The files below `root`. Default: the real ones. */
export function kernelFiles(root = ""): KernelFiles {
  return {
    read(path) {
      try {
        return Deno.readTextFileSync(root + path);
      } catch {
        return null;
      }
    },
    list(folder) {
      try {
        return Array.from(Deno.readDirSync(root + folder), ({ name }) => name);
      } catch {
        return null;
      }
    },
  };
}
