/** From lines to commands: where lines come from, how they are put together and put in place. */
import { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { Command, InvalidArgumentError } from "commander";
import fc from "fast-check";
import { Refusal } from "../actors/runtime.ts";
import { Entries, type EntryOptions } from "../cli/entries.ts";
import { declareForeign, needless, refused } from "../cli/foreign_options.ts";
import { commandsAtOnce, delimiter, seconds, separator } from "../cli/numbers.ts";
import { pace } from "../cli/pace.ts";
import { splitSources, streamSource, wordsSource } from "../cli/sources.ts";
import { readTemplate } from "../cli/template.ts";

const entry = (...args: string[]) => ({ seq: 7, args, fault: null });
const fill = (words: string[], ...args: string[]) => readTemplate(words).fill(entry(...args), 3);
const shell = (words: string[], ...args: string[]) =>
  readTemplate(words, true).fill(entry(...args), 3)?.at(-1);

Deno.test("template: arguments are put in place literally, or come last", () => {
  assertEquals(fill(["cp", "{}", "{}.bak"], "$&"), ["cp", "$&", "$&.bak"]);
  assertEquals(fill(["wc", "-l"], "a b"), ["wc", "-l", "a b"]);
  assertEquals(fill(["echo", "{}{#}{%}"], "{#}"), ["echo", "{#}73"], "what is put is not read");
  assertEquals(fill(["{2} {-1}", "{1.}", "{3}", "x{3}"], "a.b", "c"), ["c c", "a", "x"]);
  assertEquals(fill(["mv", "{}"], "a", "b"), ["mv", "a", "b"]);
  assertEquals(fill(["{}={2}"], "a", "b"), ["a=b", "b=b"]);
  assertEquals(fill([], "wc -l 'a b'"), ["wc", "-l", "a b"]);
  assertEquals(fill([], " "), null);
});

Deno.test("template: for a shell every argument is quoted, and put in place once", async () => {
  assertEquals(shell(["echo x{}", "| cat"], "a b", "c"), "echo x'a b' xc | cat");
  assertEquals(shell(["echo  {2}"], "a"), "echo  ");
  assertEquals(shell(["echo"], ""), "echo ''");
  const plain = fc.string({ unit: "grapheme" }).filter((text) => !text.includes("\0"));
  const given = fc.sample(fc.array(plain, { minLength: 1, maxLength: 4 }), 40);
  const texts = given.map((args) => shell(["printf '<%s>' {} end{1}; echo"], ...args));
  const { stdout } = await new Deno.Command("sh", { args: ["-c", texts.join("\n")] }).output();
  const expected = given.map((args) =>
    `${[...args, `end${args[0]}`].map((arg) => `<${arg}>`).join("")}\n`
  );
  assertEquals(new TextDecoder().decode(stdout), expected.join(""));
});

Deno.test("template: as text it is one line", () => {
  assertEquals(readTemplate(["echo"]).describe(entry("a b"), 0), "echo 'a b'");
  assertEquals(readTemplate(["echo {} | cat"], true).describe(entry("a b"), 0), "echo 'a b' | cat");
  for (const inShell of [false, true]) {
    assertMatch(readTemplate(["echo"], inShell).describe(entry("a\tb\nc"), 0), /^[^\t\n]+$/);
    assertEquals(readTemplate([], inShell).describe(entry(""), 0), "");
  }
  const broken = { seq: 1, args: [""], fault: "is not UTF-8" };
  assertEquals(readTemplate(["echo"]).describe(broken, 0), "''");
  assertThrows(() => readTemplate(["echo"]).fill(broken, 0), Refusal, "the line is not UTF-8");
});

const read = async (text: string, options: EntryOptions) =>
  (await Array.fromAsync(new Entries([streamSource(new Blob([text]).stream())], options).read()))
    .map(({ args }) => args);

Deno.test("entries: are made of one line, of several, or of the parts of one", async () => {
  assertEquals(await read("a\n\nb\n", {}), [["a"], [""], ["b"]]);
  assertEquals(await read("a\n \nb\n", { skipBlank: true }), [["a"], ["b"]]);
  assertEquals(await read("a\nb\nc\n", { argsMax: 2 }), [["a", "b"], ["c"]]);
  assertEquals(await read("a,b\nc\n", { separator: separator(",") }), [["a", "b"], ["c"]]);
  const long = "x".repeat(60_000);
  assertEquals((await read(`${long}\n`.repeat(5), { argsMax: 9 })).map(({ length }) => length), [
    2,
    2,
    1,
  ]);
});

Deno.test("entries: of several sources are each with each, and know how much was read", async () => {
  const sources = [["a", "b"], ["1", "2"], ["x"]].map(wordsSource);
  const entries = new Entries(sources);
  assertEquals(entries.share, 0);
  const all = await Array.fromAsync(entries.read());
  assertEquals(all.map(({ args }) => args.join("")), ["a1x", "a2x", "b1x", "b2x"]);
  assertEquals([entries.share, all.map(({ seq }) => seq)], [1, [1, 2, 3, 4]]);
  assertEquals(
    await Array.fromAsync(new Entries([wordsSource(["a"]), wordsSource([])]).read()),
    [],
  );
  assertEquals(new Entries([streamSource(new Blob(["a"]).stream())]).share, null);
  assertThrows(() => new Entries(sources, { argsMax: 2 }), Refusal, "lines of one input");
});

Deno.test("entries: what has to be held is bounded", async () => {
  const endless: ReturnType<typeof wordsSource> = {
    size: () => null,
    lines: async function* () {
      for (;;) yield await Promise.resolve({ text: "x".repeat(100_000), fault: null });
    },
  };
  const entries = new Entries([wordsSource(["a"]), endless]);
  await assertRejects(() => entries.read().next(), Refusal, "have to be held");
});

Deno.test("sources: are named behind the command, and a missing file is told", async () => {
  const split = splitSources(["echo", "{}", ":::", "a", "b", "::::", "none"], ["first"]);
  assertEquals([split.template, split.sources.length], [["echo", "{}"], 3]);
  assertEquals(splitSources([":::", "a"], []).template, []);
  const missing = new Entries(splitSources(["x", "::::", "/none"], []).sources);
  const refusal = await assertRejects(() => missing.read().next(), Refusal, "cannot read /none");
  assertEquals(refusal.code, "no_input");
  assertThrows(() => splitSources(["x", ":::+", "a"], []), Refusal, ":::+ is not supported");
  assertThrows(() => splitSources(["x", "::::", "-", "-"], []), Refusal, "read only once");
});

Deno.test("pace: keeps the starts apart, and an end is not waited for", async () => {
  const stop = new AbortController();
  const startMs = performance.now();
  let items = 0;
  async function* endless() {
    for (;;) yield await Promise.resolve(0);
  }
  for await (const _ of pace(endless(), 20, stop.signal)) {
    if (++items === 3) break;
  }
  // A timer may end a little before its time.
  assert(performance.now() - startMs > 36, `${performance.now() - startMs} ms`);
  const late = pace(endless(), 1e9, stop.signal);
  await late.next();
  const next = late.next();
  stop.abort();
  assertEquals(await next, { done: true, value: undefined });
});

Deno.test("numbers: durations are of seconds, commands of cores, delimiters of one byte", () => {
  assertEquals([seconds("2"), seconds("0.5"), seconds("3m"), seconds("20ms")], [
    2_000,
    500,
    180_000,
    20,
  ]);
  assertEquals(commandsAtOnce("7"), 7);
  assertEquals(commandsAtOnce("100%"), navigator.hardwareConcurrency);
  assertEquals(["1%", "-9999", "0"].map(commandsAtOnce), [1, 1, undefined]);
  assertEquals(commandsAtOnce("+2"), navigator.hardwareConcurrency + 2);
  assertEquals(["\\t", "\\0", ","].map(delimiter), [9, 0, 44]);
  const wrong = [
    () => seconds("200%"),
    () => seconds("ten"),
    () => commandsAtOnce("10001"),
    () => delimiter("ä"),
    () => delimiter("ab"),
    () => separator("("),
    () => separator(""),
  ];
  for (const read of wrong) assertThrows(read, InvalidArgumentError);
});

Deno.test("foreign options: are refused with what to do instead, or are needless", () => {
  const parse = (...args: string[]) =>
    declareForeign(new Command("map").exitOverride()).argument("[x...]").parse(args, {
      from: "user",
    });
  for (const [flag, instead] of Object.entries(refused)) {
    assertThrows(
      () => parse(flag),
      Refusal,
      `${flag} of GNU parallel is not supported: ${instead}`,
    );
  }
  assertThrows(() => parse("--sshlogin=host", "x"), Refusal, "--sshlogin of GNU parallel");
  for (const flag of needless) assertEquals(parse(flag, "x").args, ["x"]);
  assertEquals(parse().helpInformation().includes("parallel"), false);
});
