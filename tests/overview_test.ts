/** The topic of the dashboard: one frame for all pages, of now, with every mark once. */
import { assert, assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import type { Status } from "../messages/status.ts";
import type { Mark, Overview } from "../messages/overview.ts";
import type { FrameSocket } from "../service/frame_socket.ts";
import { OverviewTopic } from "../service/overview.ts";
import { serve } from "../service/serve.ts";
import { told } from "./feed.ts";
import { until } from "./until.ts";

const resized = (from: number, actual: number) => (
  { type: "resized", pool: "default", from, actual, decision: 7, trigger: "head waited" } as const
);

/** A page that reads as fast as the test says. */
class Page implements FrameSocket {
  readonly frames: Overview[] = [];
  bufferedBytes = 0;
  code: number | null = null;
  #closed = () => {};

  send(text: string): void {
    this.frames.push(JSON.parse(text));
  }

  close(code: number): void {
    this.code ??= code;
    this.#closed();
  }

  onClosed(listener: () => void): void {
    this.#closed = listener;
  }

  /** Workers after each resize that the page was told of. */
  get sizes(): number[] {
    const marks: Mark[] = this.frames.flatMap(({ marks }) => marks);
    return marks.map((mark) => mark.type === "resized" ? mark.to : NaN);
  }
}

/** A topic over a runtime whose status the test sets, by a clock that it turns. */
function stage() {
  const time = new FakeTime();
  const { journal, runtime } = told();
  let looks = 0;
  let now: Partial<Status> = {};
  const status = () => {
    looks++;
    return { ...runtime.status(), ...now };
  };
  const topic = new OverviewTopic({ status, facts: runtime.facts, alerts: runtime.alerts });
  return {
    ...{ time, journal, topic },
    looks: () => looks,
    set: (next: Partial<Status>) => void (now = next),
    [Symbol.dispose]() {
      topic.close();
      time.restore();
    },
  };
}

Deno.test("overview: a page is told at once, then of what is new within 250 ms", async () => {
  using at = stage();
  const page = new Page();
  at.topic.attach(page);
  await at.time.tickAsync(1);
  assertEquals(page.frames.map(({ pending }) => pending), [0]);
  at.set({ pending: 12 });
  at.journal.note(resized(1, 4));
  await at.time.tickAsync(250);
  assertEquals(page.frames.map(({ pending }) => pending), [0, 12]);
  assertEquals(page.sizes, [4]);
});

Deno.test("overview: where nothing is new one frame a second says that we live", async () => {
  using at = stage();
  const page = new Page();
  at.topic.attach(page);
  await at.time.tickAsync(1);
  await at.time.tickAsync(10_000);
  assertEquals(page.frames.length, 11);
});

Deno.test("overview: fifty pages cost as many looks as one, and none when they have left", async () => {
  using at = stage();
  const pages = Array.from({ length: 50 }, () => new Page());
  for (const page of pages) at.topic.attach(page);
  await at.time.tickAsync(1);
  const before = at.looks();
  await at.time.tickAsync(10_000);
  assertEquals(at.looks() - before, 40);
  for (const page of pages) page.close(1000);
  const after = at.looks();
  await at.time.tickAsync(10_000);
  assertEquals(at.looks(), after);
});

Deno.test("overview: who comes later has the marks of before, each page every mark once", async () => {
  using at = stage();
  const first = new Page();
  at.journal.note(resized(0, 1));
  at.topic.attach(first);
  await at.time.tickAsync(1);
  at.journal.note(resized(1, 2));
  await at.time.tickAsync(250);
  const second = new Page();
  at.topic.attach(second);
  at.journal.note(resized(2, 3));
  await at.time.tickAsync(500);
  assertEquals(first.sizes, [1, 2, 3]);
  assertEquals(second.sizes, [1, 2, 3]);
});

Deno.test("overview: a page that does not read is given nothing, then all; or sent away", async () => {
  using at = stage();
  const [slow, deaf, other] = [new Page(), new Page(), new Page()];
  for (const page of [slow, deaf, other]) at.topic.attach(page);
  await at.time.tickAsync(1);
  slow.bufferedBytes = deaf.bufferedBytes = 1_000_000;
  at.journal.note(resized(1, 9));
  await at.time.tickAsync(20_000);
  assertEquals([slow.frames.length, slow.sizes, other.sizes], [1, [], [9]]);
  slow.bufferedBytes = 0;
  await at.time.tickAsync(15_000);
  assertEquals(slow.sizes, [9]);
  assertEquals([slow.code, deaf.code, other.code], [null, 1013, null]);
});

Deno.test("overview: comes over a WebSocket, and once without one", async () => {
  const { journal, runtime } = told();
  await using service = await serve(runtime, { port: 0 });
  const path = "/api/v1/live/overview";
  const once: Overview = await (await fetch(service.url + path)).json();
  assertEquals([once.verdict, once.size, once.pools[0]?.cap], ["keeps up", 1, 8]);
  const socket = new WebSocket(service.url.replace("http", "ws") + path);
  const frames: Overview[] = [];
  const closed = new Promise<number>((resolve) => socket.onclose = ({ code }) => resolve(code));
  socket.onmessage = ({ data }) => void frames.push(JSON.parse(data));
  await until(() => frames.length > 0);
  journal.note(resized(1, 2));
  await until(() => frames.some(({ marks }) => marks.length > 0));
  assert(frames.every(({ at }) => Math.abs(Date.now() - at) < 60_000));
  await service.close();
  assertEquals(await closed, 1001);
});
