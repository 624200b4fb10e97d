/**
 * The data directory: made for its owner alone, refused where others could change it.
 *
 * @module
 */
import { Refusal } from "../actors/runtime.ts";

/** Makes `path` where it is missing; throws Refusal `cannot_create` with the reason. */
export async function openDataDirectory(path: string): Promise<void> {
  try {
    await Deno.mkdir(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw cannotCreate(path, error instanceof Error ? error.message : String(error));
  }
  const { isDirectory, mode } = await Deno.stat(path);
  if (!isDirectory) throw cannotCreate(path, "it is not a directory");
  if (mode !== null && (mode & 0o022) !== 0) {
    throw cannotCreate(path, "others may write to it: chmod 700 it or name another");
  }
  // A probe says more than the mode bits: read-only mounts, quotas, rights of other kinds.
  try {
    const probe = await Deno.makeTempFile({ dir: path, prefix: ".probe-" });
    await Deno.remove(probe);
  } catch (error) {
    throw cannotCreate(path, error instanceof Error ? error.message : String(error));
  }
}

function cannotCreate(path: string, because: string): Refusal {
  return new Refusal("cannot_create", `cannot use data directory ${path}: ${because}`);
}
