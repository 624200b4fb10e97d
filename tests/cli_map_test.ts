import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { type CommandOptions, Refusal } from "../actors/runtime.ts";
import { parseHalt } from "../cli/halt.ts";
import { tagged } from "../cli/output.ts";
import { echo, ended, exited, gate, mapped } from "./mapped.ts";
import { settled } from "./until.ts";

const encoder = new TextEncoder();

Deno.test("map: runs one command per line, of empty ones too unless they are left out", async () => {
  for (const skipBlank of [false, true]) {
    const seen: string[][] = [];
    const { stdout, counts } = await mapped({
      input: "a\n\nb c\n \nlast",
      template: ["sum", "-{}-", "{#}"],
      read: { skipBlank },
      command: (argv) => {
        seen.push([...argv]);
        return Promise.resolve(ended({ stdout: `${argv[2]}\n` }));
      },
    });
    const texts = skipBlank ? ["a", "b c", "last"] : ["a", "", "b c", " ", "last"];
    assertEquals(seen, texts.map((text, index) => ["sum", `-${text}-`, `${index + 1}`]));
    assertEquals(stdout, texts.map((_, index) => `${index + 1}\n`).join(""));
    assertEquals([counts.succeeded, counts.failed, counts.stopped], [texts.length, 0, false]);
  }
});

Deno.test("map: prints in the order of endings, or of lines when asked", async () => {
  for (const keepOrder of [false, true]) {
    const { command, release, started } = gate();
    const work = mapped({ input: "a\nb\nc\n", command, flags: { keepOrder } });
    for (const line of ["c", "a", "b"]) {
      await started(line);
      release(line);
      await settled();
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
    flags: { retries: 2, timeoutMs: 10_000 },
    command: (_, given) => {
      options.push(given);
      return Promise.resolve(ended());
    },
  });
  assertEquals([options[0]?.retries, options[0]?.timeoutMs], [2, 10_000]);
});

Deno.test("map: {%} is the smallest slot that is free, also while output is held back", async () => {
  const { command, release, started } = gate();
  const seen: Record<string, string> = {};
  const work = mapped({
    input: "a\nb\nc\nd\n",
    template: ["do", "{}", "{%}"],
    flags: { jobs: 2, keepOrder: true, tag: "{%}" },
    command: (argv, options) => {
      seen[argv[1]!] = argv[2]!;
      return command(argv, options);
    },
  });
  await started("b");
  release("b");
  await started("c");
  release("c");
  await started("d");
  release("a");
  release("d");
  assertEquals((await work).stdout, "1\ta\n2\tb\n2\tc\n2\td\n");
  assertEquals(seen, { a: "1", b: "2", c: "2", d: "2" });
});

Deno.test("map: a percentage is of all lines, which are read first", async () => {
  const command: Parameters<typeof mapped>[0]["command"] = ([, line]) =>
    Promise.resolve(line === "1" ? exited(1) : ended());
  const halt = parseHalt("soon,fail=20%");
  const few = await mapped({
    input: "1\n0\n1\n" + "0\n".repeat(12),
    command,
    flags: { halt, jobs: 1 },
  });
  assertEquals([few.counts.failed, few.counts.stopped], [2, false]);
  const many = await mapped({
    input: "1\n0\n1\n" + "0\n".repeat(7),
    command,
    flags: { halt, jobs: 1 },
  });
  assertEquals([many.counts.failed, many.counts.succeeded, many.counts.stopped], [2, 1, true]);
});

Deno.test("map: an interrupt ends even the wait for the number of lines", async () => {
  const soon = new AbortController();
  const stdin = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(encoder.encode("a\n")),
  });
  const flags = { halt: parseHalt("soon,fail=20%") };
  const work = mapped({ input: stdin, command: echo, flags, soon: soon.signal });
  soon.abort();
  const { counts, stdout } = await work;
  assertEquals([counts.stopped, stdout], [true, ""]);
});

Deno.test("map: a tag stands before each line of each stream, whatever pieces it comes in", async () => {
  const sunk: string[] = [];
  const sink = tagged((bytes) => {
    sunk.push(new TextDecoder().decode(bytes));
    return Promise.resolve();
  }, "T\t");
  for (const piece of ["a", "b\n", "\nc", "\n", "d"]) await sink(encoder.encode(piece));
  assertEquals(sunk.join(""), "T\tab\nT\t\nT\tc\nT\td");
  const { stdout, stderr } = await mapped({
    input: "x\n",
    flags: { tag: "{}" },
    command: () => Promise.resolve(ended({ stdout: "1\n2", stderr: "e\n" })),
  });
  assertEquals([stdout, stderr], ["x\t1\nx\t2", "x\te\n"]);
});
