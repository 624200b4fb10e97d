import { hash, randomBytes } from "node:crypto";
import { assert, assertAlmostEquals, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { digest } from "../examples/scanner/scan.ts";
import { makeFiles } from "../examples/scanner/files.ts";
import { memoryOf, processTree, treeCpuMs } from "../examples/scanner/gauge.ts";
import { closedLoop } from "../examples/scanner/lanes.ts";
import { type Frame, line, Live } from "../examples/scanner/live.ts";
import { poolConfig } from "../examples/scanner/sizing.ts";
import { compare, sparkline, table } from "../examples/scanner/table.ts";
import { runVariant, scanRuntime } from "../examples/scanner/variant.ts";
import { tempFolder } from "./live.ts";

Deno.test("scanner files: the same seed makes the same tree, and disposal removes it", async () => {
  let root: string;
  {
    using first = makeFiles(300);
    using second = makeFiles(300);
    root = first.root;
    assertEquals(first.paths.length, 300);
    assertEquals(first.bytes, second.bytes);
    const digests = await Promise.all(first.paths.map(digest));
    assertEquals(digests, await Promise.all(second.paths.map(digest)));
    assertEquals(new Set(digests).size, 300);
    const sizes = first.paths.map((path) => Deno.statSync(path).size).sort((a, b) => a - b);
    assert(sizes[0]! >= 256 && sizes.at(-1)! <= 16_384);
    assertAlmostEquals(Math.log2(sizes[150]!), 12, 0.5);
    using other = makeFiles(300, 8);
    assert(other.bytes !== first.bytes);
  }
  await assertRejects(() => Deno.stat(root), Deno.errors.NotFound);
});

Deno.test("scanner: the digest of a file is that of its bytes, however many there are", async () => {
  await using folder = await tempFolder();
  const kib = 1024;
  const sizes = [0, 1, 64 * kib - 1, 64 * kib, 64 * kib + 1, 256 * kib, 512 * kib + 3, 3_000_000];
  const files = sizes.map((size, i) => {
    const content = randomBytes(size);
    const path = `${folder.path}/${i}`;
    Deno.writeFileSync(path, content);
    return { path, expected: hash("sha256", content, "hex") };
  });
  const small = files.filter(({ path }) => typeof digest(path) === "string");
  assertEquals(small.length, 3, "what fills the buffer is read in pieces");
  // Twice, and all at once: they share their buffers.
  const digests = await Promise.all([...files, ...files].map(({ path }) => digest(path)));
  assertEquals(digests, [...files, ...files].map(({ expected }) => expected));
  assertThrows(() => digest(`${folder.path}/none`), Error, "ENOENT");
});

Deno.test("scanner lanes: never more in flight than asked, all of them counted", async () => {
  let now = 0, most = 0;
  const tally = { begun: 0, done: 0 };
  await closedLoop(3, () => tally.begun < 10, async (index) => {
    assertEquals(index, tally.begun - 1);
    most = Math.max(most, ++now);
    await Promise.resolve();
    now--;
  }, tally);
  assertEquals([most, tally], [3, { begun: 10, done: 10 }]);
  await assertRejects(
    () => closedLoop(2, () => true, () => Promise.reject(new Error("no"))),
    Error,
    "no",
  );
});

Deno.test("scanner gauge: sees a process, its child and their memory", async () => {
  const child = new Deno.Command("sleep", { args: ["60"] }).spawn();
  const tree = processTree(Deno.pid);
  assertEquals(tree[0], Deno.pid);
  assert(tree.includes(child.pid));
  const { rssBytes, pssBytes } = memoryOf([Deno.pid]);
  assert(pssBytes > 2 ** 20 && pssBytes <= rssBytes);
  assertEquals(memoryOf([]), { rssBytes: 0, pssBytes: 0 });
  const startMs = treeCpuMs(Deno.pid);
  for (const ceilingMs = Date.now() + 30_000; treeCpuMs(Deno.pid) === startMs;) {
    assert(Date.now() < ceilingMs, "CPU time does not grow");
  }
  child.kill("SIGKILL");
  await child.status;
});

Deno.test("scanner: a hash that is known is looked up, until its file has changed", async () => {
  using tree = makeFiles(3);
  await using runtime = await scanRuntime({ min: 1, max: 1, slots: 0 }, false, true);
  const scan = () => Promise.all(tree.paths.map((path) => runtime.run("scan", path)));
  const first = await scan();
  assertEquals(await scan(), first);
  Deno.writeTextFileSync(tree.paths[1]!, "changed");
  const changed = hash("sha256", "changed", "hex");
  assertEquals(await scan(), [first[0], changed, first[2]]);
  const { hits, misses } = runtime.status().cache;
  assertEquals([hits, misses], [5, 4]);
});

Deno.test("scanner sizing: says a fixed size, a range or nothing", () => {
  assertEquals(poolConfig(null), {});
  assertEquals(poolConfig({ min: 1, max: 8, slots: 0 }), { workers: { min: 1, max: 8 } });
  assertEquals(poolConfig({ min: 4, max: 4, slots: 1 }), {
    workers: { min: 4, max: 4 },
    slots: { max: 1 },
    policy: { name: "fixed", workers: 4 },
  });
});

Deno.test("scanner table: lines up, and draws sizes over time", () => {
  assertEquals(table(["a", "n", ""], [["long", "1", "x"]]), "a     n\nlong  1  x");
  assertEquals(sparkline([[0, 1], [50, 2]], 100, 4), "1..2   ▅▅██");
  assertEquals(sparkline([[0, 0]], 100, 2), "0..0   ▁▁");
  const row = {
    name: "fixed 2",
    filesPerS: 12_345.6,
    msPerFile: 0.081,
    elapsedMs: 100,
    workers: [[0, 2]] as const,
    peakCpuRatio: 0.5,
    peakRssBytes: 3 * 2 ** 20,
    peakPssBytes: 2 ** 20,
  };
  const shown = compare("scan", [row]).split("\n")[1]!;
  assert(/^fixed 2 +12,346 +0\.081 +50 % +3 +1 +2\.\.2 +█+$/.test(shown), shown);
});

const frame = (elapsedMs: number): Frame => ({
  act: "cached scan",
  elapsedMs,
  etaMs: 15_000 - elapsedMs,
  done: 10,
  filesPerS: 41_230,
  status: {
    size: 3,
    pools: [{
      workers: { ready: 3, starting: 1, draining: 0, idle: 0 },
      running: 128,
      lastResize: { at: "", from: 2, to: 3, because: "head waited 31 ms", decision: 7 },
    }],
  } as unknown as Frame["status"],
});

Deno.test("scanner live line: workers, slots, rate, ETA and why the size changed", () => {
  assertEquals(
    line(frame(3_000)),
    " 3.0 s cached scan | workers 3 (+1) | slots 128 | 41,230 files/s | ETA 12 s | " +
      "2 -> 3: head waited 31 ms",
  );
});

Deno.test("scanner live line: is redrawn on a terminal, else one a second", () => {
  const written = (terminal: boolean) => {
    let text = "";
    const live = new Live({ terminal, write: (part) => text += part });
    for (let ms = 100; ms <= 2_000; ms += 100) live.show(frame(ms));
    live.end(frame(2_000));
    return text;
  };
  assertEquals(written(true).split("\r\x1b[K").length - 1, 21);
  assertEquals(written(false).trimEnd().split("\n").length, 4);
});

Deno.test("scanner: reads each file as often as asked, in a pool of its own", async () => {
  using tree = makeFiles(40);
  const run = await runVariant(
    { name: "fixed 1", sizing: { min: 1, max: 1, slots: 0 } },
    "slowScan",
    tree.paths,
    { files: 100 },
  );
  assertEquals(run.files, 100);
  assert(run.elapsedMs >= 5 && run.peakRssBytes >= run.peakPssBytes && run.peakPssBytes > 0);
  assert(run.workers.length > 0);
});

Deno.test("demo: plays three acts, compares sizes and leaves nothing behind", async () => {
  const folder = await Deno.makeTempDir();
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      new URL("../examples/scanner/demo.ts", import.meta.url).pathname,
      "--quick",
    ],
    env: { TMPDIR: folder },
  }).output();
  const text = new TextDecoder().decode(stdout);
  assertEquals(code, 0, text + new TextDecoder().decode(stderr));
  for (const part of ["cached scan |", "scan behind a 5 ms wait |", "idle |", ", failed: 0\n"]) {
    assert(text.includes(part), `${part} is missing in\n${text}`);
  }
  assert(/^adaptive +[\d,]+/m.test(text) && /^fixed 4 x 1 slot +[\d,]+/m.test(text), text);
  assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), []);
  await Deno.remove(folder);
});
