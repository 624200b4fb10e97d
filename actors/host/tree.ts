/**
 * Removes folders whatever lies in them.
 *
 * @module
 */

/** Times that a folder is removed anew when something is still written into it. */
const triesMax = 5;

/** Removes a file or a folder with all that is in it. False when something of it is still there. */
export async function removeTree(path: string): Promise<boolean> {
  for (let tries = 0; tries < triesMax; tries++) {
    try {
      await Deno.remove(path, { recursive: true });
      return true;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return true;
      if (error instanceof Deno.errors.PermissionDenied) await enter(path);
    }
  }
  return false;
}

/** Gives us back the rights that a job took from its own folders. */
async function enter(path: string): Promise<void> {
  try {
    await Deno.chmod(path, 0o700);
    for await (const { name, isDirectory } of Deno.readDir(path)) {
      if (isDirectory) await enter(`${path}/${name}`);
    }
  } catch { /* gone, or not ours */ }
}
