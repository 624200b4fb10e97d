import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import { join } from "node:path";
import type { Outcome } from "../messages/outcome.ts";
import { type CommandOptions, Refusal, type Runtime } from "../actors/runtime.ts";
import { never, parseHalt, reached } from "../cli/halt.ts";
import { openJobLog } from "../cli/joblog.ts";
import { readLines } from "../cli/lines.ts";
import { quote, splitWords } from "../cli/quote.ts";
import { spread, type SpreadFlags } from "../cli/spread.ts";
import { fillTemplate } from "../cli/template.ts";

const encoder = new TextEncoder();

function ended(part: Partial<Outcome> = {}): Outcome {
  return {
    type: "done",
    exitCode: 0,
    signal: null,
    stdout: "",
    stderr: "",
    droppedBytes: 0,
    attempts: 1,
    waitMs: 0,
    durationMs: 5,
    resources: { cpuSeconds: null, peakBytes: null, ioBytes: null, source: "none" },
    worker: "1.1",
    ...part,
  };
}

function exited(exitCode: number): Outcome {
  return ended({ type: "failed", category: "exit", code: "exit_nonzero", exitCode });
}

type Command = (argv: readonly string[], options: CommandOptions) => Promise<Outcome>;

interface Mapped {
  readonly command: Command;
  readonly input: string | ReadableStream<Uint8Array>;
  readonly flags?: SpreadFlags;
  readonly template?: readonly string[];
  readonly joblog?: string;
  readonly resume?: boolean;
  readonly signal?: AbortSignal;
  readonly stdout?: (bytes: Uint8Array) => Promise<void>;
}

/** Maps with a scripted runtime and resolves with the counts and what was printed. */
async function mapped(given: Mapped) {
  const printed = { stdout: "", stderr: "" };
  const sink = (name: "stdout" | "stderr") => (bytes: Uint8Array) => {
    printed[name] += new TextDecoder().decode(bytes);
    return Promise.resolve();
  };
  await using log = given.joblog === undefined
    ? null
    : await openJobLog(given.joblog, given.resume === true);
  const counts = await spread({
    runtime: {
      command: (argv, options = {}) => given.command(argv, options),
      status: () => ({ pools: [] }) as unknown as ReturnType<Runtime["status"]>,
    },
    template: given.template ?? ["do", "{}"],
    flags: given.flags ?? {},
    log,
    stdin: typeof given.input === "string" ? new Blob([given.input]).stream() : given.input,
    signal: given.signal ?? new AbortController().signal,
    stdout: given.stdout ?? sink("stdout"),
    stderr: sink("stderr"),
  });
  return { ...printed, counts };
}

const echo: Command = ([, line]) => Promise.resolve(ended({ stdout: `${line}\n` }));

/** Ends when told to: `release(line)`. */
function gate() {
  const gates = new Map<string, PromiseWithResolvers<Outcome>>();
  const at = (line: string) => {
    const known = gates.get(line) ?? Promise.withResolvers<Outcome>();
    gates.set(line, known);
    return known;
  };
  const starts = new Map<string, PromiseWithResolvers<void>>();
  const start = (line: string) => {
    const known = starts.get(line) ?? Promise.withResolvers<void>();
    starts.set(line, known);
    return known;
  };
  const command: Command = ([, line], { signal }) => {
    start(line!).resolve();
    signal?.addEventListener("abort", () => at(line!).resolve(ended({ type: "cancelled" })));
    return at(line!).promise;
  };
  const release = (line: string, outcome = ended({ stdout: `${line}\n` })) =>
    at(line).resolve(outcome);
  return { command, release, started: (line: string) => start(line).promise };
}

Deno.test("map: runs one command per line and skips empty lines", async () => {
  const seen: string[][] = [];
  const { stdout, counts } = await mapped({
    input: "a\n\nb c\n\n\nlast",
    template: ["sum", "-{}-", "{}"],
    command: (argv) => {
      seen.push([...argv]);
      return Promise.resolve(ended({ stdout: `${argv[2]}\n` }));
    },
  });
  assertEquals(seen, [["sum", "-a-", "a"], ["sum", "-b c-", "b c"], ["sum", "-last-", "last"]]);
  assertEquals(stdout, "a\nb c\nlast\n");
  assertEquals([counts.succeeded, counts.failed, counts.stopped], [3, 0, false]);
});

Deno.test("map: prints in the order of endings, or of lines when asked", async () => {
  for (const keepOrder of [false, true]) {
    const { command, release } = gate();
    const work = mapped({ input: "a\nb\nc\n", command, flags: { keepOrder } });
    for (const line of ["c", "a", "b"]) {
      release(line);
      await new Promise((resolve) => setTimeout(resolve));
    }
    assertEquals((await work).stdout, keepOrder ? "a\nb\nc\n" : "c\na\nb\n");
  }
});

Deno.test("map: counts failing lines and goes on", async () => {
  const { counts, stdout } = await mapped({
    input: "1\n2\n3\n4\n",
    command: ([, line]) => Promise.resolve(Number(line) % 2 ? exited(3) : ended({ stdout: line! })),
  });
  assertEquals([counts.succeeded, counts.failed], [2, 2]);
  assertEquals(stdout, "24");
});

Deno.test("map: a line that cannot be run fails like any other", async () => {
  const long = "x".repeat(131_072);
  const bytes = new Uint8Array([...encoder.encode(`ok\n${long}\n`), 0xff, 0x0a]);
  const { counts, stdout } = await mapped({
    input: new Blob([bytes, "refused\nok\n"]).stream(),
    command: (argv, options) => {
      if (argv[1] === "refused") throw new Refusal("invalid_command", "NUL in an argument");
      return echo(argv, options);
    },
  });
  assertEquals([counts.succeeded, counts.failed], [2, 3]);
  assertEquals(stdout, "ok\nok\n");
});

Deno.test("map: never runs more at once than --jobs", async () => {
  let running = 0;
  let peak = 0;
  const { counts } = await mapped({
    input: Array.from({ length: 50 }, (_, n) => `${n}\n`).join(""),
    flags: { jobs: 3 },
    command: async () => {
      peak = Math.max(peak, ++running);
      await new Promise((resolve) => setTimeout(resolve));
      running--;
      return ended();
    },
  });
  assertEquals([counts.succeeded, peak], [50, 3]);
});

Deno.test("map: reads no more lines than it may hold", async () => {
  let given = 0;
  const { command, release } = gate();
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(encoder.encode(`${given++}\n`)),
  }, { highWaterMark: 0 });
  const stop = new AbortController();
  const turn = () => new Promise((resolve) => setTimeout(resolve));
  const work = mapped({
    input: endless,
    signal: stop.signal,
    flags: { keepOrder: true },
    command: async (argv, options) => {
      // The first line holds back all that follow it.
      if (argv[1] === "0") return await command(argv, options);
      await turn();
      return ended();
    },
  });
  while (given < 1_024) await turn();
  for (let turns = 0; turns < 50; turns++) await turn();
  assert(given <= 1_026, `${given} lines were read`);
  release("0");
  while (given < 3_000) await turn();
  stop.abort();
  assertEquals((await work).counts.stopped, true);
});

Deno.test("map: --halt soon lets running commands end and starts no more", async () => {
  const { command, release, started } = gate();
  const work = mapped({
    input: "a\nb\nc\nd\n",
    command,
    flags: { jobs: 2, halt: parseHalt("soon,fail=1") },
  });
  await started("b");
  release("a", exited(1));
  release("b");
  const { counts, stdout } = await work;
  assertEquals(stdout, "b\n");
  assertEquals([counts.succeeded, counts.failed, counts.stopped], [1, 1, true]);
});

Deno.test("map: --halt now ends running commands, which have not failed by that", async () => {
  const directory = await Deno.makeTempDir();
  const joblog = join(directory, "log.tsv");
  const { command, release, started } = gate();
  const work = mapped({
    input: "a\nb\nc\n",
    command,
    joblog,
    flags: { jobs: 2, halt: parseHalt("now,fail=1") },
  });
  await started("b");
  release("a", exited(9));
  const { counts } = await work;
  assertEquals([counts.succeeded, counts.failed, counts.stopped], [0, 1, true]);
  assertEquals((await Deno.readTextFile(joblog)).trim().split("\n").length, 2);
  await Deno.remove(directory, { recursive: true });
});

Deno.test("map: halts although stdin gives no more lines and no end", async () => {
  const { command, release } = gate();
  const stdin = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(encoder.encode("a\n")),
  });
  const work = mapped({ input: stdin, command, flags: { halt: parseHalt("soon,done=1") } });
  release("a");
  assertEquals((await work).counts.stopped, true);
});

Deno.test("map: an interrupt ends what runs and resolves", async () => {
  const { command, started } = gate();
  const stop = new AbortController();
  const work = mapped({ input: "a\nb\n", command, signal: stop.signal });
  await started("b");
  stop.abort();
  const { counts } = await work;
  assertEquals([counts.succeeded, counts.failed, counts.running], [0, 0, 0]);
});

Deno.test("map: a reader that went away ends everything", async () => {
  const { command, release } = gate();
  const work = mapped({
    input: "a\nb\nc\n",
    command,
    stdout: () => Promise.reject(new Deno.errors.BrokenPipe("Broken pipe")),
  });
  release("b");
  await assertRejects(() => work, Deno.errors.BrokenPipe);
});

Deno.test("map: gives bytes on as they were and removes temporary files", async () => {
  const directory = await Deno.makeTempDir();
  const big = join(directory, "big");
  const bytes = crypto.getRandomValues(new Uint8Array(60_000));
  const whole = new Uint8Array(180_000).map((_, at) => bytes[at % 60_000]!);
  await Deno.writeFile(big, whole);
  const printed: Uint8Array<ArrayBuffer>[] = [];
  const base64 = btoa(String.fromCharCode(0xff, 0, 0xfe));
  const { stderr } = await mapped({
    input: "big\nraw\n",
    flags: { keepOrder: true },
    command: ([, line]) =>
      Promise.resolve(
        line === "big"
          ? ended({ stdout: "the beginning", stdoutFile: big, stderr: "warned\n" })
          : ended({ stdoutBase64: base64 }),
      ),
    stdout: (bytes) => {
      printed.push(bytes.slice());
      return Promise.resolve();
    },
  });
  const all = new Uint8Array(await new Blob(printed).arrayBuffer());
  assertEquals(all.length, whole.length + 3);
  assert(whole.every((byte, at) => byte === all[at]));
  assertEquals([...all.slice(-3)], [0xff, 0, 0xfe]);
  assertEquals(stderr, "warned\n");
  assertEquals([...Deno.readDirSync(directory)], []);
  await Deno.remove(directory);
});

Deno.test("map: passes retries and timeout on", async () => {
  const options: CommandOptions[] = [];
  await mapped({
    input: "a\n",
    flags: { retries: 2, timeout: 10_000 },
    command: (_, given) => {
      options.push(given);
      return Promise.resolve(ended());
    },
  });
  assertEquals([options[0]?.retries, options[0]?.timeoutMs], [2, 10_000]);
});

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
  const again = await mapped({ input: "a\nb\nc\nd\n", command, joblog, resume: true });
  assertEquals(again.stdout, "c\nd\n");
  assertEquals((await Deno.readTextFile(joblog)).trimEnd().split("\n").length, 5);
  const third = await mapped({ input: "a\nb\nc\nd\n", command, joblog, resume: true });
  assertEquals([third.stdout, third.counts.succeeded], ["", 0]);
  await Deno.remove(directory, { recursive: true });
});

Deno.test("joblog: other input, other files and odd lines are told apart", async () => {
  const directory = await Deno.makeTempDir();
  const joblog = join(directory, "log.tsv");
  await mapped({ input: "a\tb\nb\n", command: echo, joblog });
  assertStringIncludes(await Deno.readTextFile(joblog), "\tdo $'a\\tb'\n");
  const other = () => mapped({ input: "a\tb\nX\n", command: echo, joblog, resume: true });
  await assertRejects(other, Refusal, "row 2 is not do X");
  await mapped({ input: "new\n", command: echo, joblog });
  assertEquals((await Deno.readTextFile(joblog)).trimEnd().split("\n").length, 2);
  await Deno.writeTextFile(joblog, "shopping list\n");
  await assertRejects(() => openJobLog(joblog, true), Refusal, "is not a job log");
  await assertRejects(
    () => openJobLog(join(directory, "no", "log"), true),
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
      assertEquals(lines.map(({ text }) => text), texts.filter((text) => text !== ""));
      assertEquals(lines.map(({ seq }) => seq), lines.map((_, index) => index + 1));
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

Deno.test("template: the line replaces every {} literally, or comes last", () => {
  assertEquals(fillTemplate(["cp", "{}", "{}.bak"], "$&"), ["cp", "$&", "$&.bak"]);
  assertEquals(fillTemplate(["wc", "-l"], "a b"), ["wc", "-l", "a b"]);
  assertEquals(fillTemplate([], "wc -l 'a b'"), ["wc", "-l", "a b"]);
});

Deno.test("halt: counts what it is told to count", () => {
  assertEquals(parseHalt("never"), never);
  assertEquals(reached(never, { succeeded: 9, failed: 9 }), false);
  assertEquals(reached(parseHalt("soon,fail=2"), { succeeded: 9, failed: 1 }), false);
  assertEquals(reached(parseHalt("now,done=10"), { succeeded: 9, failed: 1 }), true);
  assertEquals(reached(parseHalt("now,success=9"), { succeeded: 9, failed: 1 }), true);
  for (const text of ["", "now", "soon,fail", "soon,fail=0", "later,fail=1", "soon,fail=-1"]) {
    assertThrows(() => parseHalt(text), Refusal, "--halt expected");
  }
});
