/** The pages of the program that a start leaves behind. */
import { assert } from "@std/assert";

/** A program of one thread: beside other tests, theirs would bring the pages back meanwhile. */
const program = `
import { forgetCode } from ${JSON.stringify(import.meta.resolve("../actors/host/code_pages.ts"))};
/** Resident code of this program, kB. */
function codeKb() {
  const text = Deno.readTextFileSync("/proc/self/smaps");
  const mappings = text.split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m);
  return mappings
    .filter((one) => / r-xp /.test(one.split("\\n", 1)[0]) && one.includes(Deno.execPath()))
    .reduce((sum, one) => sum + Number(/^Rss: +(\\d+) kB$/m.exec(one)[1]), 0);
}
const before = codeKb();
forgetCode();
const after = codeKb();
const used = /b+/.test(JSON.stringify({ a: "abb" }).toLowerCase());
console.log(JSON.stringify({ before, after, used }));
`;

/** Whether the kernel tells which pages are resident. */
function tells(): boolean {
  try {
    return Deno.readTextFileSync("/proc/self/smaps").includes("Rss:");
  } catch {
    return false;
  }
}

Deno.test({
  name: "code pages: are given back, and come again where they are used",
  ignore: Deno.build.os !== "linux" || !tells(),
  async fn() {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["eval", program],
      stdout: "piped",
      stderr: "inherit",
    });
    const { stdout } = await child.output();
    const { before, after, used } = JSON.parse(new TextDecoder().decode(stdout));
    assert(after < before / 2, `${before} kB of code, then ${after} kB`);
    assert(used);
  },
});
