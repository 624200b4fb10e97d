/**
 * Reads the small files through which the kernel tells things.
 *
 * @module
 */

/** Reads a file as the kernel offers it; null when it is not there or not ours to read. */
export type ReadText = (path: string) => string | null;

/** The real files. */
export const readText: ReadText = (path) => {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return null;
  }
};
