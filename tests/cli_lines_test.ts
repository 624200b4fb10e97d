import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import fc from "fast-check";
import { join } from "node:path";
import type { Outcome } from "../messages/outcome.ts";
import { Refusal } from "../actors/runtime.ts";
import { countOf, never, parseHalt, reached } from "../cli/halt.ts";
import { openJobLog } from "../cli/joblog.ts";
import { readLines } from "../cli/lines.ts";
import { quote, splitWords } from "../cli/quote.ts";
import { type Command, echo, ended, exited, mapped } from "./mapped.ts";

const encoder = new TextEncoder();

Deno.test("joblog: has the columns of GNU parallel and a run can be resumed from it", async () => {
  const directory = await Deno.makeTempDir();
  const joblog = join(directory, "log.tsv");
  const command: Command = ([, line]) =>
    Promise.resolve(line === "b" ? exited(7) : ended({ stdout: `${line}\n` }));
  await mapped({ input: "a\nb\n", command, joblog });
  const rows = (await Deno.readTextFile(joblog)).trimEnd().split("\n").map((row) =>
    row.split("\t")
  );
  assertEquals(
    rows[0]!.join(" "),
    "Seq Host Starttime JobRuntime Send Receive Exitval Signal Command",
  );
  assertEquals(rows[1]!.toSpliced(2, 1), ["1", ":", "     0.005", "0", "2", "0", "0", "do a"]);
  assertEquals(rows[2]!.toSpliced(2, 1), ["2", ":", "     0.005", "0", "0", "7", "0", "do b"]);
  // A crash in the middle of a row: what was cut off counts as not run.
  await Deno.writeTextFile(joblog, "3\t:\t1.0", { append: true });
  const again = await mapped({ input: "a\nb\nc\nd\n", command, joblog, resume: "ended" });
  assertEquals(again.stdout, "c\nd\n");
  assertEquals((await Deno.readTextFile(joblog)).trimEnd().split("\n").length, 5);
  const third = await mapped({ input: "a\nb\nc\nd\n", command, joblog, resume: "ended" });
  assertEquals([third.stdout, third.counts.succeeded], ["", 0]);
  await Deno.remove(directory, { recursive: true });
});

Deno.test("joblog: other input, other files and odd lines are told apart", async () => {
  const directory = await Deno.makeTempDir();
  const joblog = join(directory, "log.tsv");
  await mapped({ input: "a\tb\nb\n", command: echo, joblog });
  assertStringIncludes(await Deno.readTextFile(joblog), "\tdo $'a\\tb'\n");
  const other = () => mapped({ input: "a\tb\nX\n", command: echo, joblog, resume: "ended" });
  await assertRejects(other, Refusal, "row 2 is not do X");
  await mapped({ input: "new\n", command: echo, joblog });
  assertEquals((await Deno.readTextFile(joblog)).trimEnd().split("\n").length, 2);
  await Deno.writeTextFile(joblog, "shopping list\n");
  await assertRejects(() => openJobLog(joblog, "ended"), Refusal, "is not a job log");
  await assertRejects(
    () => openJobLog(join(directory, "no", "log"), "ended"),
    Refusal,
    "cannot write",
  );
  await Deno.remove(directory, { recursive: true });
});

Deno.test("joblog: a signal is its number, a timeout is -1", async () => {
  const directory = await Deno.makeTempDir();
  const joblog = join(directory, "log.tsv");
  const outcomes: Record<string, Outcome> = {
    killed: ended({ type: "failed", category: "signal", exitCode: null, signal: "SIGKILL" }),
    slow: ended({ type: "timedOut", category: "timeout", exitCode: null }),
  };
  await mapped({
    input: "killed\nslow\n",
    command: ([, line]) => Promise.resolve(outcomes[line!]!),
    joblog,
  });
  const rows = (await Deno.readTextFile(joblog)).split("\n").map((row) => row.split("\t"));
  assertEquals([rows[1]!.slice(6, 8), rows[2]!.slice(6, 8)], [["0", "9"], ["-1", "0"]]);
  await Deno.remove(directory, { recursive: true });
});

Deno.test("lines: cutting the bytes elsewhere changes nothing", async () => {
  await fc.assert(fc.asyncProperty(
    fc.array(fc.string({ unit: "grapheme" }).filter((text) => !text.includes("\n"))),
    fc.integer({ min: 1, max: 7 }),
    async (texts, size) => {
      const bytes = encoder.encode(texts.map((text) => `${text}\n`).join(""));
      const stream = new ReadableStream<Uint8Array>({
        start(controller) {
          for (let at = 0; at < bytes.length; at += size) {
            controller.enqueue(bytes.slice(at, at + size));
          }
          controller.close();
        },
      });
      const lines = await Array.fromAsync(readLines(stream));
      assertEquals(lines.map(({ text }) => text), texts);
    },
  ));
});

Deno.test("lines: NUL can end them", async () => {
  const lines = await Array.fromAsync(
    readLines(new Blob(["a\nb\0c\0"]).stream(), { delimiter: 0 }),
  );
  assertEquals(lines.map(({ text }) => text), ["a\nb", "c"]);
});

Deno.test("quote: a shell reads back exactly what was quoted", async () => {
  const words = ["", "a b", "it's", '"', "$HOME", "`id`", "\\", "*", "ä", "-n", "\t\n", "a'\n\\b"];
  const { stdout } = await new Deno.Command("bash", {
    args: ["-c", `printf '%s\\0' ${quote(words)}`],
  }).output();
  assertEquals(new TextDecoder().decode(stdout).split("\0").slice(0, -1), words);
});

Deno.test("quote: words without control characters survive quoting and splitting", () => {
  // deno-lint-ignore no-control-regex -- those are quoted in a way only shells read
  const plain = fc.string().filter((word) => !/[\x00-\x1f\x7f]/.test(word));
  fc.assert(fc.property(fc.array(plain), (words) => assertEquals(splitWords(quote(words)), words)));
});

Deno.test("quote: what only a shell can do is refused", () => {
  assertEquals(splitWords(`echo "a \\"b\\"" 'c d' e\\ f ""`), ["echo", 'a "b"', "c d", "e f", ""]);
  for (const line of ["a | b", "a > b", "echo $HOME", 'echo "$HOME"', "a; b", "ls *", "a &"]) {
    assertThrows(() => splitWords(line), Refusal, "only to a shell");
  }
  for (const line of ["'a", '"a', "a\\"]) assertThrows(() => splitWords(line), Refusal);
});

Deno.test("halt: counts what it is told to count", () => {
  assertEquals(parseHalt("never"), never);
  assertEquals(reached(never, { succeeded: 9, failed: 9 }), false);
  assertEquals(reached(parseHalt("soon,fail=2"), { succeeded: 9, failed: 1 }), false);
  assertEquals(reached(parseHalt("now,done=10"), { succeeded: 9, failed: 1 }), true);
  assertEquals(reached(parseHalt("now,success=9"), { succeeded: 9, failed: 1 }), true);
  assertEquals(parseHalt("-2"), parseHalt("now,success=1"));
  assertEquals(parseHalt("5%"), parseHalt("soon,fail=5%"));
  assertEquals(countOf(parseHalt("5%"), 41).count, 3);
  assertEquals(countOf(parseHalt("5%"), 0).count, 1);
  const wrong = ["", "now", "soon,fail", "soon,fail=0", "later,fail=1", "soon,fail=-1", "101%"];
  for (const text of wrong) {
    assertThrows(() => parseHalt(text), Refusal, "--halt expected");
  }
});
