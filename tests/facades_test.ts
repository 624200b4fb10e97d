/** The facades in deps/: their types promise what the modules do. */
import * as assertModule from "@std/assert";
import * as asyncModule from "@std/async";
import {
  assert,
  assertEquals,
  assertExists,
  assertInstanceOf,
  AssertionError,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { abortable, deadline, delay, Lazy, pooledMap, retry, RetryError, tee } from "@std/async";
import { FakeTime } from "@std/testing/time";

const root = new URL("../", import.meta.url);

/** Names of the values a declaration file promises. */
async function promised(path: string): Promise<string[]> {
  const text = await Deno.readTextFile(new URL(path, root));
  const names = text.matchAll(/^export declare (?:function|class|const) (\w+)/gm);
  return [...new Set([...names].map(([, name]) => name!))].sort();
}

Deno.test("std_async: the typed names are the exported names", async () => {
  assertEquals(await promised("deps/std_async.d.ts"), Object.keys(asyncModule).sort());
});

Deno.test("std_assert: the typed names are the exported names", async () => {
  assertEquals(await promised("deps/std_assert.d.ts"), Object.keys(assertModule).sort());
});

/** Runs `deno check` on a file with this body beside the project's configuration. */
async function check(body: string): Promise<{ ok: boolean; text: string }> {
  const folder = await Deno.makeTempDir();
  try {
    const file = `${folder}/sample.ts`;
    await Deno.writeTextFile(file, body);
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["check", "--config", new URL("deno.json", root).pathname, "--no-lock", file],
      env: { NO_COLOR: "1" },
    }).output();
    const decoder = new TextDecoder();
    return { ok: success, text: decoder.decode(stdout) + decoder.decode(stderr) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("facades: the compiler refuses wrong calls and accepts right ones", async () => {
  const wrong = await check(`
    import { delay, tee } from "@std/async";
    import { assertInstanceOf, assertMatch } from "@std/assert";
    import { FakeTime } from "@std/testing/time";
    await delay("soon");
    assertMatch("text", "pattern");
    new FakeTime().tick("long");
    const [, , third] = tee((async function* () { yield 1; })(), 2);
    export const error: unknown = third;
    export function name(given: unknown): string {
      assertInstanceOf(given, Error);
      return given.nothing;
    }
  `);
  assertEquals(wrong.ok, false);
  assertEquals(wrong.text.match(/TS2345/g)?.length, 3, wrong.text);
  assertStringIncludes(wrong.text, "TS2493"); // a tuple of two has no third
  assertStringIncludes(wrong.text, "TS2339"); // Error has no `nothing`

  const right = await check(`
    import { delay, tee } from "@std/async";
    import { assertExists, assertInstanceOf, assertRejects } from "@std/assert";
    await delay(1, { signal: AbortSignal.timeout(5) });
    const [one, two]: [AsyncIterable<number>, AsyncIterable<number>] = tee(
      (async function* () { yield 1; })(),
    );
    export const both = [one, two];
    const error: RangeError = await assertRejects(() => Promise.reject(), RangeError);
    export const message = error.message;
    export function length(text: string | null, given: unknown): string {
      assertExists(text);
      assertInstanceOf(given, Error);
      return text.length + given.message;
    }
  `);
  assert(right.ok, right.text);
});

Deno.test("std_assert: assertions throw AssertionError and return what was thrown", async () => {
  assertInstanceOf(assertThrows(() => assertEquals({ a: 1 }, { a: 2 })), AssertionError);
  assertThrows(() => assertExists(null), AssertionError);
  const error = await assertRejects(() => Promise.reject(new RangeError("too far")), RangeError);
  assertEquals(error.message, "too far");
});

Deno.test("std_async: pooledMap keeps order within its limit", async () => {
  let running = 0;
  let most = 0;
  const doubled = pooledMap(2, [3, 1, 2], async (n) => {
    most = Math.max(most, ++running);
    await delay(n);
    running--;
    return n * 2;
  });
  assertEquals(await Array.fromAsync(doubled), [6, 2, 4]);
  assertEquals(most, 2);
});

Deno.test("std_async: abortable, deadline, Lazy, tee and retry do what their types say", async () => {
  const never = new Promise<void>(() => {});
  await assertRejects(() => abortable(never, AbortSignal.abort(new Error("stop"))), Error, "stop");
  await assertRejects(() => deadline(never, 1), DOMException);

  let made = 0;
  const lazy = new Lazy(() => ++made);
  assertEquals(lazy.peek(), { ok: false });
  assertEquals([await lazy.get(), await lazy.get()], [1, 1]);

  const [left, right] = tee((async function* () {
    yield* [1, 2];
  })());
  assertEquals(await Array.fromAsync(left), [1, 2]);
  assertEquals(await Array.fromAsync(right), [1, 2]);

  const failing = () => retry(() => Promise.reject(new Error("no")), { maxAttempts: 1 });
  await assertRejects(failing, RetryError);
});

Deno.test("FakeTime: timers, intervals, Date and performance wait for the tick", () => {
  using time = new FakeTime(0);
  const heard: string[] = [];
  setTimeout(() => heard.push("timeout"), 1000);
  const interval = setInterval(() => heard.push("interval"), 400);
  const before = performance.now();
  time.tick(999);
  assertEquals(heard, ["interval", "interval"]);
  time.tick(1);
  assertEquals(heard, ["interval", "interval", "timeout"]);
  assertEquals([Date.now(), performance.now() - before, time.now], [1000, 1000, 1000]);
  clearInterval(interval);
  assertEquals(time.next(), false);
});

Deno.test("FakeTime: promises settle in the asynchronous forms", async () => {
  using time = new FakeTime();
  let woken = false;
  const waiting = delay(3_600_000).then(() => woken = true);
  assertEquals(await time.nextAsync(), true);
  assertEquals(woken, true);
  await waiting;
  assertEquals(time.now - time.start, 3_600_000);

  const retried = retry(() => Promise.reject(new Error("no")), { maxAttempts: 3, jitter: 0 });
  const rejected = assertRejects(() => retried, RetryError);
  await time.runAllAsync();
  await rejected;
});

Deno.test("FakeTime: gives the real clock back, once", () => {
  const real = globalThis.setTimeout;
  const time = new FakeTime(0);
  assert(globalThis.setTimeout !== real);
  time.restore();
  assertEquals(globalThis.setTimeout, real);
  assertThrows(() => time.restore(), Error, "already restored");
  time[Symbol.dispose]();
  assertThrows(() => new FakeTime("whenever"), TypeError, "whenever");
});
