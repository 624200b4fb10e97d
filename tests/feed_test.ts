/** The live feed over server-sent events and WebSockets: complete, in time, or told what is missing. */
import { assert, assertEquals } from "@std/assert";
import { createApp } from "../service/app.ts";
import { follow } from "../service/live.ts";
import { serve } from "../service/serve.ts";
import { type FeedReader, type Item, readEvents, readLive, silentlyLost, told } from "./feed.ts";
import { jobOf } from "./orders.ts";
import { until } from "./until.ts";

const alert = (code: string) => ({ type: "alert", level: "info", code, message: "" }) as const;

const codesOf = (items: readonly Item[]) =>
  items.map((item) => "fact" in item && item.fact.type === "alert" ? item.fact.code : item);

/** A reader of a WebSocket that reads as fast as the test says. */
class SlowSocket {
  readonly items: Item[] = [];
  bufferedBytes = 0;
  isReading = false;
  code: number | null = null;
  #closed = () => {};

  send(text: string): void {
    this.items.push(JSON.parse(text));
    if (!this.isReading) this.bufferedBytes += text.length;
  }

  close(code: number): void {
    this.code ??= code;
    this.#closed();
  }

  onClosed(listener: () => void): void {
    this.#closed = listener;
  }
}

/** A socket that follows `runtime`, and how to end that. */
function following(runtime: Parameters<typeof follow>[0], patienceMs?: number) {
  const socket = new SlowSocket();
  const stop = new AbortController();
  const done = follow(runtime, socket, { signal: stop.signal }, patienceMs);
  return { socket, stop, done };
}

Deno.test("feed: a reader goes on from the number it saw last, over both doors", async (t) => {
  const { journal, runtime } = told();
  await using service = await serve(runtime, { port: 0 });
  for (const read of [readEvents, readLive]) {
    await t.step(read.name, async () => {
      const before = journal.seq;
      for (const code of ["a", "b", "c"]) journal.note(alert(code));
      const reader = await read(service.url, `?from=${before + 1}`);
      await until(() => reader.items.length === 2);
      journal.note(alert("d"));
      await until(() => reader.items.length === 3);
      assertEquals(codesOf(reader.items), ["b", "c", "d"]);
      await reader.close();
      journal.note(alert("e"));
      const again = await read(service.url, `?from=${journal.seq - 1}`);
      await until(() => again.items.length === 1);
      assertEquals(codesOf(again.items), ["e"]);
      await again.close();
    });
  }
});

Deno.test("feed: a reader hears the types and the job that it asks for", async (t) => {
  const { journal, runtime } = told();
  await using service = await serve(runtime, { port: 0 });
  for (const read of [readEvents, readLive]) {
    await t.step(read.name, async () => {
      const from = journal.seq;
      const alerts = await read(service.url, `?from=${from}&type=alert,config`);
      const second = await read(service.url, `?from=${from}&job=j2`);
      await until(async () => {
        journal.told(jobOf(1), "log", "of 1");
        journal.told(jobOf(2), "log", "of 2");
        journal.note(alert("a"));
        await new Promise((resolve) => setTimeout(resolve, 5));
        return alerts.items.length > 0 && second.items.length > 0;
      });
      await Promise.all([alerts.close(), second.close()]);
      assert(codesOf(alerts.items).every((code) => code === "a"));
      const ids = second.items.map((item) =>
        "fact" in item && item.fact.type === "told" && item.fact.id
      );
      assert(ids.every((id) => id === "j2"), `${ids}`);
    });
  }
});

Deno.test("feed: every reader gets every fact in time, in order", async () => {
  const { journal, runtime } = told();
  await using service = await serve(runtime, { port: 0 });
  const readers: FeedReader[] = [];
  for (let i = 0; i < 6; i++) {
    readers.push(await readEvents(service.url, "?from=0"), await readLive(service.url, "?from=0"));
  }
  const facts = 200;
  const timer = setInterval(() => journal.note(alert(`${journal.seq}`)), 5);
  await until(() => journal.seq >= facts);
  clearInterval(timer);
  await until(() => readers.every(({ items }) => items.length === journal.seq));
  for (const { items } of readers) {
    assertEquals(items.map((item) => "seq" in item && item.seq), items.map((_, i) => i + 1));
  }
  const delays = readers.flatMap(({ delaysMs }) => delaysMs).sort((a, b) => a - b);
  const p95 = delays[Math.floor(delays.length * 0.95)]!;
  assert(p95 <= 500, `p95 ${p95} ms`);
  await Promise.all(readers.map((reader) => reader.close()));
});

Deno.test("feed: who does not read for a while is told what it missed", async () => {
  const { journal, runtime } = told();
  await using service = await serve(runtime, { port: 0 });
  const text = "x".repeat(8_192);
  const response = await fetch(`${service.url}/api/v1/events?from=0`);
  for (let i = 0; i < 4_000; i++) {
    journal.told(jobOf(1), "stdout", text);
    if (i % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 0));
  }
  journal.note(alert("last"));
  const items: Item[] = [];
  let rest = "";
  for await (const piece of response.body!.pipeThrough(new TextDecoderStream())) {
    const events = (rest + piece).split("\n\n");
    rest = events.pop()!;
    for (const event of events) {
      const data = /^data: (.*)$/m.exec(event)?.[1];
      if (data !== undefined) items.push(JSON.parse(data));
    }
    if (codesOf(items.slice(-1))[0] === "last") break;
  }
  assert(items.some((item) => "to" in item), "32 MiB do not wait for it");
  const gaps = items.flatMap((item) => "to" in item ? item : []);
  assertEquals(silentlyLost(items, 1, journal.seq), []);
  assert(gaps.every(({ from, to }) => from <= to));
});

Deno.test("feed: a slow WebSocket is sent no more than it reads, and told what it missed", async () => {
  const { journal, runtime } = told();
  const { socket, stop, done } = following(runtime);
  const text = "x".repeat(8_192);
  for (let i = 0; i < 2_000; i++) journal.told(jobOf(1), "stdout", text);
  await until(() => socket.bufferedBytes > 262_144);
  const sent = socket.items.length;
  assert(sent < 60, `${sent} messages`);
  for (let i = 0; i < 2_000; i++) journal.told(jobOf(1), "stdout", text);
  assertEquals(socket.items.length, sent);
  socket.isReading = true;
  socket.bufferedBytes = 0;
  journal.note(alert("last"));
  await until(() => codesOf(socket.items.slice(-1))[0] === "last");
  assertEquals(silentlyLost(socket.items, 1, journal.seq), []);
  assert(socket.items.some((item) => "to" in item));
  stop.abort();
  await done;
});

Deno.test("feed: a WebSocket that reads nothing is sent away", async () => {
  const { journal, runtime } = told();
  const { socket, done } = following(runtime, 50);
  for (let i = 0; i < 100; i++) journal.told(jobOf(1), "stdout", "x".repeat(8_192));
  await done;
  assertEquals(socket.code, 1013);
});

Deno.test("feed: there are at most so many readers, and those who leave make room", async () => {
  const { runtime } = told();
  const app = createApp(runtime);
  const ask = (method = "GET") =>
    app.fetch(new Request("http://localhost/api/v1/events", { method }));
  for (let i = 0; i < 200; i++) assertEquals((await ask("HEAD")).status, 200, "reads nothing");
  const readers = await Promise.all(Array.from({ length: 128 }, () => ask()));
  assertEquals(readers.map(({ status }) => status), readers.map(() => 200));
  const refused = await ask();
  assertEquals([refused.status, (await refused.json()).code], [503, "too_many_readers"]);
  await readers[0]!.body!.cancel();
  const next = await ask();
  assertEquals(next.status, 200);
  await Promise.all([...readers.slice(1), next].map(({ body }) => body!.cancel()));
  app.close();
});

Deno.test("feed: a request that is no WebSocket is told so, and closing sends readers away", async () => {
  const { runtime } = told();
  const service = await serve(runtime, { port: 0 });
  const plain = await fetch(`${service.url}/api/v1/live`);
  assertEquals([plain.status, (await plain.json()).code], [426, "upgrade_required"]);
  const socket = new WebSocket(`${service.url.replace("http", "ws")}/api/v1/live`);
  const closed = new Promise<number>((resolve) => socket.onclose = ({ code }) => resolve(code));
  await new Promise<void>((resolve) => socket.onopen = () => resolve());
  await service.close();
  assertEquals(await closed, 1001);
});
