/**
 * Reads of a file that the kernel does not answer from memory: `dd` can ask for that.
 *
 * @module
 */

/** Longest time of one reading, ms. */
const longestMs = 2_000;

/** Reads so many blocks of a file; null where that can't be had (no `dd`, a file system in memory). */
export async function readDirectly(
  path: string,
  blockBytes: number,
  blocks: number,
): Promise<{ readonly blocksPerS: number } | null> {
  const args = [
    `if=${path}`,
    "of=/dev/null",
    `bs=${blockBytes}`,
    `count=${blocks}`,
    "iflag=direct",
  ];
  try {
    const signal = AbortSignal.timeout(longestMs);
    const env = { LC_ALL: "C" };
    const { success, stderr } = await new Deno.Command("dd", { args, env, signal, stdout: "null" })
      .output();
    // 67108864 bytes (67 MB, 64 MiB) copied, 0.0412 s, 1.6 GB/s
    const seconds = Number(/ copied, ([\d.e-]+) s/.exec(new TextDecoder().decode(stderr))?.[1]);
    return success && seconds > 0 ? { blocksPerS: blocks / seconds } : null;
  } catch {
    return null;
  }
}
