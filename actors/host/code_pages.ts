/**
 * The pages of Deno's own program that lie in memory.
 *
 * @module
 */

/** Of `madvise(2)`: the pages are not needed now, and read from the file again when they are. */
const dontNeed = 4;

const libc = {
  madvise: { parameters: ["u64", "usize", "i32"], result: "i32" },
} as const;

/** A mapping of code: it is never written to, so what lies in the file is all there is. */
const codeOf = /^([0-9a-f]+)-([0-9a-f]+) r-xp [0-9a-f]+ \S+ \d+ +(.*)$/gm;

/**
 * Gives back the pages of Deno's code, 30 MB of which a start has touched: compilers, parsers and
 * what else is not needed again soon. The kernel keeps them cached as long as it has room, and what
 * is called comes back page by page. Linux only; elsewhere, and where we may not, nothing happens.
 */
export function forgetCode(): void {
  if (Deno.build.os !== "linux") return;
  try {
    const program = Deno.execPath();
    const maps = Deno.readTextFileSync("/proc/self/maps");
    const library = Deno.dlopen("libc.so.6", libc);
    for (const [, from, to, path] of maps.matchAll(codeOf)) {
      if (path !== program) continue;
      const start = BigInt(`0x${from}`);
      library.symbols.madvise(start, BigInt(`0x${to}`) - start, dontNeed);
    }
    library.close();
  } catch {
    // Without the permission or the library it stays as it is.
  }
}
