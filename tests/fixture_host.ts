/**
 * Hosts in files: what a kernel of some kind tells, at two looks a second apart.
 *
 * A line `--- /proc/stat` begins a file, `--- 2 /proc/stat` what it holds from the second look on,
 * `--- 2 gone /proc/stat` takes it away. A folder has the names that lie below it.
 */
import type { KernelFiles } from "../actors/host/kernel_files.ts";

/** A host as it is at one look after another. */
export class FixtureHost implements KernelFiles {
  readonly #looks: Map<string, string | null>[] = [new Map(), new Map()];
  /** 1 at first. */
  look = 1;

  /** Of `tests/fixtures/hosts/NAME.txt`. */
  constructor(name: string) {
    const text = Deno.readTextFileSync(new URL(`fixtures/hosts/${name}.txt`, import.meta.url));
    for (const part of text.split(/^--- /m).slice(1)) {
      const end = part.indexOf("\n");
      const [, second, gone, path] = part.slice(0, end).match(/^(2 )?(gone )?(\/.*)$/)!;
      this.#looks[second ? 1 : 0]!.set(path!, gone ? null : part.slice(end + 1));
    }
  }

  /** Monotonic time of the look, ms. */
  readonly nowMs = (): number => this.look * 1_000;

  /** Paths of all files, and what they hold now. */
  get files(): ReadonlyMap<string, string> {
    const all = new Map(this.#looks.slice(0, this.look).flatMap((look) => [...look]));
    return new Map([...all].flatMap(([path, text]) => text === null ? [] : [[path, text]]));
  }

  readonly read = (path: string): string | null => this.files.get(path) ?? null;

  readonly list = (folder: string): readonly string[] | null => {
    const below = [...this.files.keys()].filter((path) => path.startsWith(`${folder}/`));
    const names = new Set(below.map((path) => path.slice(folder.length + 1).split("/")[0]!));
    return names.size > 0 ? [...names] : null;
  };

  /** Writes the files below a folder. */
  unpack(root: string): void {
    for (const [path, text] of this.files) {
      Deno.mkdirSync(root + path.slice(0, path.lastIndexOf("/")), { recursive: true });
      Deno.writeTextFileSync(root + path, text);
    }
  }
}
