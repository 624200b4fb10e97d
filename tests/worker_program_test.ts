/** The program inside a worker process, spoken to over its socket as its parent does. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { protocol } from "../messages/wire.ts";
import { inFolder } from "./command_line.ts";
import type { Toy } from "./tasks/toy.ts";
import { until } from "./until.ts";
import { headed } from "./wire_bytes.ts";
import { type Said, WorkerParent } from "./worker_parent.ts";

const url = (name: string) => new URL(`./tasks/${name}`, import.meta.url).href;
const toy = url("toy.ts");

const define: Said = ["define", 1, "toy", toy];

/** A job of the toy. */
const start = (
  id: number,
  input: Toy,
  attempt = 1,
): Said => ["start", id, attempt, 1, input, 0, ""];

const echo = (id: number): Said => start(id, { do: "echo", value: id });

/** Jobs of a slice each, of which few begin before the socket is looked at, whoever is unlucky. */
const slices = Array.from({ length: 1_000 }, (_, i) => 10 + i);
const giveAllBack: Said = ["giveBack", 10_000];
const blocks = slices.map((id) => start(id, { do: "block", ms: 3 }));

/** Sends jobs behind one that holds the thread until `test` has said its words, however late. */
const behind = (parent: WorkerParent, jobs: readonly Said[], test: () => Promise<void>) =>
  inFolder({}, async (folder) => {
    const path = `${folder}/open`;
    await parent.send(start(9, { do: "gate", path }), ...jobs);
    await until(() => Deno.stat(`${path}.begun`).then(() => true, () => false));
    await test();
    await Deno.writeTextFile(path, "");
    await parent.hears("finished");
  });

/** A worker that has its task loaded. */
async function ready(): Promise<WorkerParent> {
  const parent = await WorkerParent.open();
  await parent.send(define, start(99, { do: "nothing" }));
  await parent.hears("finished");
  parent.heard.length = 0;
  return parent;
}

/** How many were begun by the time each job was told to be finished, in order of the messages. */
function begunBefore(heard: readonly Said[]): Map<number, number> {
  const counts = new Map<number, number>();
  let begun = 0;
  for (const [name, first] of heard) {
    if (name === "began") begun += first as number;
    if (name === "finished") counts.set(first as number, begun);
  }
  return counts;
}

Deno.test("worker program: says who it is first, then that it is ready", async () => {
  await using parent = await WorkerParent.open(7, "secret");
  await parent.hears("ready");
  assertEquals(parent.heard, [["hello", protocol, parent.pid, 7, "secret"], ["ready"]]);
});

Deno.test("worker program: begins jobs in order and tells so before it tells their ends", async () => {
  await using parent = await ready();
  const ids = Array.from({ length: 200 }, (_, i) => i);
  await parent.send(...ids.map(echo));
  const finished = await parent.hears("finished", 200);
  assertEquals(
    finished.map(([id, ending, value]) => [id, ending, value]),
    ids.map((i) => [i, 0, i]),
  );
  const begun = begunBefore(parent.heard);
  for (const id of ids) assert(begun.get(id)! > id, `${id} had not begun`);
  const began = await parent.hears("began");
  assertEquals(began.reduce((sum, [count]) => sum + (count as number), 0), 200);
  for (const [, heldMs] of began) assert((heldMs as number) >= 0);
  for (const [, , , runMs] of finished) assert((runMs as number) >= 0);
});

Deno.test("worker program: jobs that wait are begun together and end when they end", async () => {
  await using parent = await ready();
  await parent.send(start(1, { do: "nap", ms: 60 }), start(2, { do: "heed" }), echo(3));
  await parent.hears("finished", 2);
  const began = await parent.hears("began");
  assertEquals(began.reduce((sum, [count]) => sum + (count as number), 0), 3);
  await parent.send(["cancel", 2, "enough"]);
  const finished = await parent.hears("finished", 3);
  assertEquals(finished.map(([id, ending]) => [id, ending]), [[3, 0], [1, 0], [2, 2]]);
});

Deno.test("worker program: work that holds the thread is begun one in each slice", async () => {
  await using parent = await ready();
  await parent.send(...[1, 2, 3, 4].map((id) => start(id, { do: "block", ms: 3 })));
  await parent.hears("finished", 4);
  const began = await parent.hears("began", 4);
  assertEquals(began.map(([count]) => count), [1, 1, 1, 1]);
  for (const [, heldMs] of began) assert((heldMs as number) >= 2.9, `${heldMs}`);
  assertEquals([...begunBefore(parent.heard)], [[1, 1], [2, 2], [3, 3], [4, 4]]);
});

Deno.test("worker program: hears between two slices, and gives back the last not begun", async () => {
  await using parent = await ready();
  await behind(parent, blocks, () => parent.send(["giveBack", 2], giveAllBack));
  const [[two], [rest]] = await parent.hears("returned", 2) as [[number[]], [number[]]];
  assertEquals(two, slices.slice(-2));
  const begun = slices.length - 2 - rest.length;
  assertEquals(rest, slices.slice(begun, -2));
  const finished = await parent.hears("finished", 1 + begun);
  assertEquals(finished.map(([id]) => id), [9, ...slices.slice(0, begun)]);
});

Deno.test("worker program: asked for more than it has, it gives back what it has", async () => {
  await using parent = await ready();
  await behind(
    parent,
    [...blocks, echo(2), echo(3)],
    () => parent.send(["giveBack", 0], ["giveBack", 2], giveAllBack, ["giveBack", 1]),
  );
  const [none, two, rest, nothing] = await parent.hears("returned", 4);
  assertEquals([none, two, nothing], [[[]], [[2, 3]], [[]]]);
  const back = rest![0] as number[];
  const begun = slices.length - back.length;
  assertEquals(back, slices.slice(begun));
  await parent.send(echo(2));
  const finished = (await parent.hears("finished", begun + 2)).map(([id]) => id);
  assertEquals(finished, [9, ...slices.slice(0, begun), 2]);
});

Deno.test("worker program: a job cancelled before it begins comes back, one after it ends", async () => {
  await using parent = await ready();
  await parent.send(start(1, { do: "heed" }));
  await behind(
    parent,
    [...blocks, echo(3), echo(4)],
    () => parent.send(["cancel", 3, ""], ["cancel", 1, ""], ["cancel", 9_999, ""], giveAllBack),
  );
  const [[early], [rest]] = await parent.hears("returned", 2) as [[number[]], [number[]]];
  assertEquals([early, rest.at(-1)], [[3], 4]);
  const finished = await parent.hears("finished", slices.length + 3 - rest.length);
  const ends = new Map(finished.map(([id, how]) => [id, how]));
  assertEquals([ends.get(1), ends.get(9), ends.has(3), ends.has(4)], [2, 0, false, false]);
});

Deno.test("worker program: cancelled in the same frame, a job has not begun", async () => {
  await using parent = await ready();
  await parent.send(echo(1), ["cancel", 1, "at once"], echo(2));
  assertEquals((await parent.hears("finished")).map(([id]) => id), [2]);
  assertEquals(await parent.hears("returned"), [[[1]]]);
});

Deno.test("worker program: stop returns what waits, lets what runs end, and exits with 0", async () => {
  await using parent = await ready();
  await parent.send(start(1, { do: "nap", ms: 150 }));
  await parent.hears("began");
  await behind(parent, [...blocks, echo(3), echo(4)], () => parent.send(["stop"]));
  assertEquals((await parent.status).code, 0);
  const [[returned]] = await parent.hears("returned") as [[number[]]];
  const ended = await parent.hears("finished", slices.length + 4 - returned.length);
  const finished = ended.map(([id]) => id as number);
  assertEquals(returned.slice(-2), [3, 4]);
  const all = [...finished, ...returned].toSorted((a, b) => a - b);
  assertEquals(all, [1, 3, 4, 9, ...slices]);
});

Deno.test("worker program: stop with nothing to do ends at once", async () => {
  await using parent = await WorkerParent.open();
  await parent.send(["stop"]);
  assertEquals((await parent.status).code, 0);
});

Deno.test("worker program: answers pings between slices, with their own number", async () => {
  await using parent = await ready();
  await parent.send(["ping", 5], ["ping", 0]);
  assertEquals(await parent.hears("pong", 2), [[5], [0]]);
});

Deno.test("worker program: every ending of a task comes as its own kind of message", async () => {
  await using parent = await ready();
  const toys: [Toy, number, string | null][] = [
    [{ do: "throw", text: "x" }, 1, "task_threw"],
    [{ do: "reject" }, 1, "task_threw"],
    [{ do: "circle" }, 1, "output_not_json"],
    [{ do: "function" }, 1, "output_not_json"],
    [{ do: "bigint" }, 1, "output_not_json"],
    [{ do: "long", length: 2 ** 20 }, 1, "output_too_large"],
    [{ do: "nothing" }, 0, null],
    [{ do: "forget" }, 0, null],
  ];
  await parent.send(...toys.map(([input], id) => start(id, input)));
  const finished = await parent.hears("finished", toys.length);
  for (const [id, ending, payload] of finished) {
    const [, expected, code] = toys[id as number]!;
    assertEquals(ending, expected, `${id}`);
    if (code !== null) assertEquals((payload as { code: string }).code, code);
  }
  await parent.send(start(50, { do: "attempt" }, 3));
  assertEquals((await parent.hears("finished", toys.length + 1)).at(-1)!.slice(0, 3), [50, 0, 3]);
});

Deno.test("worker program: lines and at most 20 reports a second come between a job's begin and end", async () => {
  await using parent = await ready();
  await parent.send(start(1, { do: "tell", lines: 500 }));
  await parent.hears("finished");
  const lines = (await parent.hears("output")).map(([id, stream, text]) => [id, stream, text]);
  assertEquals(lines, Array.from({ length: 500 }, (_, i) => [1, 0, `line ${i + 1}`]));
  const reports = await parent.hears("progress");
  assert(reports.length >= 1 && reports.length <= 60, `${reports.length} reports`);
  assertEquals([parent.heard[0]![0], parent.heard.at(-1)![0]], ["began", "finished"]);
});

Deno.test("worker program: jobs of what can't be loaded or was not defined fail one by one", async () => {
  await using parent = await ready();
  await parent.send(
    ["define", 2, "throws", url("throws.ts")],
    ["start", 1, 1, 2, null, 0, ""],
    ["start", 2, 1, 3, null, 0, ""],
    echo(3),
  );
  const finished = await parent.hears("finished", 3);
  const codes = Object.fromEntries(
    finished.map(([id, , payload]) => [`${id}`, (payload as { code?: string }).code ?? payload]),
  );
  assertEquals(codes, { 1: "task_load_failed", 2: "unknown_operation", 3: 3 });
});

Deno.test("worker program: describes good files, and says what is wrong with others", async () => {
  await using parent = await WorkerParent.open();
  const broken = "data:text/typescript,export default (;";
  const files = ["toy.ts", "picky.ts", "throws.ts", "no_default.ts", "not_a_task.ts", "missing.ts"];
  const sources = [...files.map(url), broken];
  await parent.send(...sources.map((source, i): Said => ["describe", i, source]));
  const described = await parent.hears("described", sources.length);
  const by = new Map(described.map(([i, told]) => [i, told as Record<string, unknown>]));
  const none = { cache: null, inputSchema: null, outputSchema: null };
  assertEquals(by.get(0), { ok: true, permissions: {}, ...none });
  const { ok, inputSchema } = by.get(1) as { ok: boolean; inputSchema: { type: string } };
  assertEquals([ok, inputSchema.type], [true, "object"]);
  const codes = ["task_load_failed", "no_default_export", "not_a_task", "task_load_failed"];
  [...codes, "task_load_failed"].forEach((code, i) => {
    assertEquals([by.get(i + 2)!["ok"], by.get(i + 2)!["code"]], [false, code], sources[i + 2]);
  });
  assertMatch(String(by.get(2)!["message"]), /throws\.ts.*thrown at import/s);
});

Deno.test("worker program: a module that never loads holds up no other", async () => {
  await using parent = await WorkerParent.open();
  await parent.send(["describe", 1, url("endless.ts")], ["describe", 2, toy], define, echo(1));
  assertEquals((await parent.hears("described")).map(([request]) => request), [2]);
  await parent.hears("finished");
});

Deno.test("worker program: ends when its parent hangs up, with jobs under way or without", async () => {
  for (const busy of [false, true]) {
    await using parent = await ready();
    if (busy) {
      await parent.send(start(1, { do: "heed" }));
      await parent.hears("began");
    }
    parent.hangUp();
    assertEquals((await parent.status).code, 0);
  }
});

const wrong: Record<string, Uint8Array> = {
  "too long a length": headed(2 ** 31),
  "no JSON": headed("[1,"),
  "no array": headed("{}"),
  "a message of ours": headed("[21]"),
  "an unknown kind": headed("[0]"),
  "a message cut short": headed('[1,1,1,1,"x"]'),
  "a wrong field": headed('[6,"x"]'),
};

Deno.test("worker program: ends when its parent breaks the rules of the wire", async () => {
  await Promise.all(
    Object.entries(wrong).map(async ([how, bytes]) => {
      await using parent = await WorkerParent.open();
      await parent.hears("ready");
      await parent.sendBytes(bytes);
      const { code } = await parent.status;
      assertEquals(code, 1, how);
      assertMatch(await parent.stderr, /Error/, how);
    }),
  );
});

Deno.test("worker program: takes frames in pieces and large inputs whole", async () => {
  await using parent = await ready();
  const value = "é".repeat(400_000);
  await parent.send(start(1, { do: "echo", value }));
  const [[, , output]] = await parent.hears("finished") as [unknown[]];
  assert(output === value);
  const bytes = headed("[6,1]");
  for (const byte of bytes) await parent.sendBytes(new Uint8Array([byte]));
  await until(() => parent.heard.some(([name]) => name === "pong"));
});
