/**
 * A disk of our own, so small that it can be filled.
 *
 * @module
 */

/** Where data lies that may be short of room. */
export interface Disk extends Disposable {
  readonly path: string;
  /** Why it can't be filled, null where it can. */
  readonly unfillable: string | null;
  /** Takes all the room that is left. */
  fill(): void;
  /** Gives it back. */
  free(): void;
}

/** Mounts a tmpfs of `sizeBytes` at `path`; where that can't be done, makes a folder. */
export function openDisk(path: string, sizeBytes: number): Disk {
  Deno.mkdirSync(path);
  const { success, stderr } = mount(path, sizeBytes);
  const unfillable = success ? null : `no tmpfs can be mounted: ${stderr}`;
  const ballast = `${path}/ballast`;
  const free = () => {
    try {
      Deno.removeSync(ballast);
    } catch { /* It was not filled. */ }
  };
  return {
    path,
    unfillable,
    fill: () => success && takeAll(ballast),
    free,
    [Symbol.dispose]() {
      // Lazily, as a dying process may still be in it.
      if (success) new Deno.Command("umount", { args: ["--lazy", path] }).outputSync();
    },
  };
}

function mount(path: string, sizeBytes: number): { success: boolean; stderr: string } {
  try {
    const args = ["-t", "tmpfs", "-o", `size=${sizeBytes}`, "flyball-chaos", path];
    const { success, stderr } = new Deno.Command("mount", { args }).outputSync();
    return { success, stderr: new TextDecoder().decode(stderr).trim() };
  } catch (error) {
    return { success: false, stderr: String(error) };
  }
}

/** Writes ever smaller pieces until not a byte fits. */
function takeAll(path: string): void {
  using file = Deno.openSync(path, { create: true, append: true });
  for (let piece = new Uint8Array(2 ** 20); piece.length > 0;) {
    try {
      const count = file.writeSync(piece);
      if (count === 0) return;
    } catch {
      piece = piece.subarray(0, piece.length >> 1);
    }
  }
}
