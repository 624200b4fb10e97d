/**
 * Whether Python is there, for tests of workers that are written in it.
 *
 * @module
 */

const hasPython = await new Deno.Command("python3", { args: ["--version"], stdout: "null" })
  .output()
  .then(({ success }) => success, () => false);
if (!hasPython) console.error("LEFT OUT: tests of workers in Python, as there is no python3 here");

/** Options of a test that needs it. */
export const inPython = { ignore: !hasPython };
