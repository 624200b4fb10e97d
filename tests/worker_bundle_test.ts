/**
 * What workers run is made of the files beside it.
 * `UPDATE=1 deno test -A tests/worker_bundle_test.ts` makes it anew; see that you understand the diff.
 */
import { assert, assertEquals } from "@std/assert";
import { ourProgram } from "../actors/host/program.ts";

const root = new URL("../", import.meta.url);
const path = "worker/main.bundle.js";

Deno.test("worker bundle: is what its sources give, and all that a worker loads", async () => {
  assertEquals(ourProgram, new URL(path, root).href);
  const text = await bundled();
  if (Deno.env.has("UPDATE")) await Deno.writeTextFile(new URL(path, root), text);
  const kept = await Deno.readTextFile(new URL(path, root));
  assert(kept === text, `${path} is old: UPDATE=1 deno test -A tests/worker_bundle_test.ts`);
  assert(!/^(import|export)\b/m.test(text), "it loads another file");
});

/** Not minified: who reads a stack of it finds names. */
async function bundled(): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--platform=deno", "worker/main.ts"],
    cwd: root,
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}
