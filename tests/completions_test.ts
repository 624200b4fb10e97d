import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { completionWords } from "../cli/completion_words.ts";
import { verbs } from "../cli/verbs.ts";
import { say } from "./cli_stage.ts";

/** What a shell says, null where it is not installed. */
async function shell(program: string, ...args: string[]): Promise<string | null> {
  try {
    const { stdout, stderr, success } = await new Deno.Command(program, { args }).output();
    const text = new TextDecoder();
    assert(success, text.decode(stderr));
    return text.decode(stdout);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** A file with the script for a shell. */
async function withScriptFor(name: string, test: (file: string) => Promise<void>) {
  const file = await Deno.makeTempFile({ prefix: "flyball-completions-" });
  try {
    const { code, stdout } = await say("completions", name);
    assertEquals(code, 0);
    await Deno.writeTextFile(file, stdout);
    await test(file);
  } finally {
    await Deno.remove(file);
  }
}

/** What bash offers where these words stand and the last is being typed. */
async function offered(file: string, ...words: string[]): Promise<string[] | null> {
  const typed = words.map((word) => `'${word}'`).join(" ");
  const script = `source '${file}'
    COMP_WORDS=(flyball ${typed}); COMP_CWORD=${words.length}
    _flyball; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const said = await shell("bash", "--norc", "-c", script);
  return said === null ? null : said.split("\n").filter((line) => line !== "").sort();
}

Deno.test("completions: bash completes verbs, options, words and values", async () => {
  await withScriptFor("bash", async (file) => {
    if (await shell("bash", "-n", file) === null) return console.error("there is no bash here");
    const cases: [string[], string[]][] = [
      [["re"], ["report", "retry"]],
      [["help", "sta"], ["status"]],
      [["pool", "pa"], ["pause"]],
      [["pool", "--sca"], ["--scaling"]],
      [["pool", "pause", "--scaling", "o"], ["out"]],
      [["pool", "pause", "--scaling", "=", "bo"], ["both"]],
      [["jobs", "--state", "d"], ["dead", "done"]],
      [["jobs", "--state", "="], []],
      [["map", "--", "re"], []],
      [["jobs", "--limit", "re"], []],
      [["completions", ""], ["--help", "-h", "bash", "fish", "zsh"]],
      [["config", "s"], ["set", "show"]],
    ];
    for (const [words, expected] of cases) {
      const all = await offered(file, ...words);
      if (words.at(-1) === "=") assert(all!.includes("done"), words.join(" "));
      else if (words[0] === "config") expected.forEach((word) => assert(all!.includes(word)));
      else assertEquals(all, expected, words.join(" "));
    }
  });
});

Deno.test("completions: zsh and fish take their scripts; every option is in each", async () => {
  const words = await completionWords(verbs);
  assertEquals(words.map(({ verb }) => verb), Object.keys(verbs));
  for (const name of ["bash", "zsh", "fish"]) {
    await withScriptFor(name, async (file) => {
      await shell(name, "-n", file);
      const script = await Deno.readTextFile(file);
      for (const { verb, options } of words) {
        assertStringIncludes(script, verb);
        for (const { long } of options) if (long) assertStringIncludes(script, long.slice(2));
      }
    });
  }
  await withScriptFor("fish", async (file) => {
    const said = await shell("fish", "-N", "-c", `source ${file}; complete -C 'flyball pool res'`);
    if (said !== null) assertEquals(said.split("\n").filter(Boolean).sort(), ["resize", "resume"]);
  });
  await withScriptFor("zsh", async (file) => {
    const load = `autoload -U compinit; compinit -D -u; source ${file}; print $_comps[flyball]`;
    const said = await shell("zsh", "-fc", load);
    if (said !== null) assertEquals(said, "_flyball\n");
  });
});
