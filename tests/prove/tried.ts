/**
 * Test files that are run as part of a proof.
 *
 * @module
 */

const folder = new URL("../", import.meta.url);

/** What a run of test files said. */
export interface Tried {
  /** Cases that passed, steps among them. */
  readonly passed: number;
  /** Cases that failed or were left out. */
  readonly wrong: number;
}

/** Runs test files, by their names in the folder of tests, in a process of their own. */
export async function tried(files: readonly string[]): Promise<Tried> {
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--no-check", ...files.map((file) => new URL(file, folder).pathname)],
    env: { NO_COLOR: "1" },
  }).output();
  const text = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  const summary = /\| \d+ failed(?: .*?\| (\d+) ignored)?/.exec(text);
  if (summary === null) throw new Error(`The tests did not end: ${text.slice(-500)}`);
  // A line for each case; those that share a service are steps of one test, which is none itself.
  const ended = (word: string) => text.matchAll(new RegExp(`^ *(.+) \\.\\.\\. ${word}\\b`, "gm"));
  const parents = new Set(Array.from(text.matchAll(/^(\S.*) \.\.\.$/gm), ([, name]) => name));
  const passed = [...ended("ok")].filter(([, name]) => !parents.has(name)).length;
  return { passed, wrong: [...ended("FAILED")].length + Number(summary[1] ?? 0) };
}
