/**
 * Ways into folders that are shut: links that lie outside of what a worker may not read. Deno looks
 * at the path it is given, and follows links.
 *
 * @module
 */

/** The ways of one runtime. */
export class Ways {
  readonly #directory: string;
  /** Workers that use each of them. */
  readonly #users = new Map<string, number>();

  /** Links go into `directory`. */
  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Makes `folder`, and a way to it that has the same path whoever asks. */
  lay(folder: string): string {
    const way = `${this.#directory}/${folder.split("/").slice(-2).join("-")}`;
    const users = this.#users.get(way) ?? 0;
    if (users === 0) {
      Deno.mkdirSync(folder, { recursive: true, mode: 0o700 });
      Deno.symlinkSync(folder, way);
    }
    this.#users.set(way, users + 1);
    return way;
  }

  /** A worker needs it no more. */
  leave(way: string): void {
    const users = this.#users.get(way) ?? 0;
    if (users > 1) return void this.#users.set(way, users - 1);
    if (!this.#users.delete(way)) return;
    try {
      Deno.removeSync(way);
    } catch { /* it goes with its folder */ }
  }
}

/** True for a folder that lies in what these flags shut. */
export function isShut(flags: readonly string[], folder: string): boolean {
  const name = "--deny-read=";
  const shut = flags.flatMap((flag) =>
    flag.startsWith(name) ? flag.slice(name.length).split(",") : []
  );
  return shut.some((path) => folder.startsWith(`${path}/`));
}
