/**
 * Measuring in a process of its own, which says what it found in its last line.
 *
 * @module
 */

const root = new URL("../../../", import.meta.url);

/** Runs a program of this folder to its end; what its last line says, as JSON. */
export async function side<T>(program: string, ...args: readonly (string | number)[]): Promise<T> {
  const path = new URL(program, import.meta.url).pathname;
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", path, ...args.map(String)],
    cwd: root,
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
  if (!success) throw new Error(text(stderr).split("\n").at(-1));
  return JSON.parse(text(stdout).split("\n").at(-1)!);
}
