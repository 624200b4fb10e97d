/**
 * Folders of runtimes that ended without being able to clean up.
 *
 * @module
 */

/** What the folder of a runtime is called, before chance takes over. */
const folderPrefix = "flyball-";
/** The socket in it: who is alive listens. */
export const socketName = "workers.sock";
/** An empty folder of this age was left before it had a socket, ms. */
const emptyMs = 60_000;
/** Folders looked at, at most. */
const foldersMax = 1_000;

/** Removes folders beside `own` whose runtime is gone; returns how many. */
export async function removeLeftovers(own: string): Promise<number> {
  const parent = own.slice(0, own.lastIndexOf("/"));
  let removed = 0;
  let seen = 0;
  for await (const { name, isDirectory } of Deno.readDir(parent)) {
    const path = `${parent}/${name}`;
    if (!isDirectory || !name.startsWith(folderPrefix) || path === own) continue;
    if (++seen > foldersMax) break;
    if (await isLeft(path)) {
      await Deno.remove(path, { recursive: true }).then(() => removed++, () => {});
    }
  }
  return removed;
}

async function isLeft(path: string): Promise<boolean> {
  try {
    const { uid, mtime } = await Deno.lstat(path);
    if (uid !== Deno.uid()) return false;
    const connection = await Deno.connect({ transport: "unix", path: `${path}/${socketName}` })
      .catch((error) => error as Error);
    if (connection instanceof Deno.errors.ConnectionRefused) return true;
    if (!(connection instanceof Error)) connection.close();
    if (!(connection instanceof Deno.errors.NotFound)) return false;
    const old = Date.now() - (mtime?.getTime() ?? Date.now()) > emptyMs;
    return old && [...Deno.readDirSync(path)].length === 0;
  } catch {
    return false;
  }
}
