/** The staged run of the README, submitted as it says there. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { flyball, inFolder } from "./command_line.ts";
import { serve } from "./serving.ts";

const root = new URL("../", import.meta.url);
const read = (path: string) => Deno.readTextFile(new URL(path, root));

Deno.test("README: its staged run is the example, and finds a warm workspace the second time", async () => {
  const [readme, job] = [await read("README.md"), await read("examples/runner/job.json")];
  assertStringIncludes(readme, "```json\n" + job + "```");
  const line = /^deno task flyball (submit .*--job \S+)$/m.exec(readme);
  assert(line, "the README says how to submit it");
  const args = line[1]!.replace("examples/", `${root.pathname}examples/`).split(" ");
  await inFolder({}, async (cwd) => {
    await using _service = await serve(cwd);
    const submit = async () => {
      const { code, stdout, stderr } = await flyball(args, { cwd });
      assertEquals(code, 0, stderr);
      return stdout;
    };
    const shown = (workspace: string) =>
      new RegExp(
        `workspace +${workspace}, \\d+ ms\n +prep +done, \\d+ ms\n +implement +done, \\d+ ms\n` +
          ` +verify +done, \\d+ ms\n +clean +done, \\d+ ms`,
      );
    assertMatch(await submit(), shown("cold"));
    assertMatch(await submit(), shown("warm"));
  });
});
