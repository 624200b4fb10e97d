/** The pages of the program that a start leaves behind. */
import { assert } from "@std/assert";
import { forgetCode } from "../actors/host/code_pages.ts";

/** Resident code of this program, kB; null where the kernel doesn't tell. */
function codeKb(): number | null {
  try {
    const text = Deno.readTextFileSync("/proc/self/smaps");
    const mappings = text.split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m);
    return mappings
      .filter((one) => / r-xp /.test(one.split("\n", 1)[0]!) && one.includes(Deno.execPath()))
      .reduce((sum, one) => sum + Number(/^Rss: +(\d+) kB$/m.exec(one)![1]), 0);
  } catch {
    return null;
  }
}

Deno.test({
  name: "code pages: are given back, and come again where they are used",
  ignore: Deno.build.os !== "linux" || codeKb() === null,
  fn() {
    const before = codeKb()!;
    forgetCode();
    const after = codeKb()!;
    assert(after < before / 2, `${before} kB of code, then ${after} kB`);
    assert(/b+/.test(JSON.stringify({ a: "abb" }).toLowerCase()));
  },
});
