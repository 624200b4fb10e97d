/**
 * Who listens on a TCP port, where the kernel tells.
 *
 * @module
 */

/** The `st` column of /proc/net/tcp for a listening socket. */
const listening = "0A";

/** Pid of the process that listens on `port`; null where that can't be read. */
export function portOwner(port: number): number | null {
  try {
    const inodes = new Set([
      ...inodesOf("/proc/net/tcp", port),
      ...inodesOf("/proc/net/tcp6", port),
    ]);
    if (inodes.size === 0) return null;
    for (const { name } of Deno.readDirSync("/proc")) {
      if (/^\d+$/.test(name) && holds(Number(name), inodes)) return Number(name);
    }
  } catch {
    // Without /proc, or without the right to read it, the owner stays unknown.
  }
  return null;
}

function inodesOf(table: string, port: number): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  return Deno.readTextFileSync(table).split("\n").slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((columns) => columns[1]?.endsWith(suffix) && columns[3] === listening)
    .map((columns) => columns[9]!);
}

function holds(pid: number, inodes: ReadonlySet<string>): boolean {
  try {
    for (const { name } of Deno.readDirSync(`/proc/${pid}/fd`)) {
      const inode = /^socket:\[(\d+)\]$/.exec(linkOf(`/proc/${pid}/fd/${name}`))?.[1];
      if (inode !== undefined && inodes.has(inode)) return true;
    }
  } catch {
    // The process has ended since, or belongs to another user.
  }
  return false;
}

function linkOf(path: string): string {
  try {
    return Deno.readLinkSync(path);
  } catch {
    return "";
  }
}
