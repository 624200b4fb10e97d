/** Live machines as pages see them: gathered, whole for who comes late, no more than can be read. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { inspectorHub } from "../service/inspector.ts";
import type { PortraitMessage } from "../service/inspect/portrait.ts";
import { Cast } from "../service/inspect/page/cast.ts";
import type { SceneMessage } from "../service/inspect/scene.ts";
import { serve } from "../service/serve.ts";
import { scriptedRuntime } from "./scripted_runtime.ts";
import { until } from "./until.ts";

/** A socket that keeps what it is sent; `bufferedBytes` is what its reader leaves lying. */
class Shelf {
  readonly texts: string[] = [];
  bufferedBytes = 0;
  closed: number | null = null;
  leave = () => {};

  send(text: string): void {
    this.texts.push(text);
  }

  close(code: number): void {
    this.closed = code;
    this.leave();
  }

  onClosed(listener: () => void): void {
    this.leave = listener;
  }

  get scenes(): SceneMessage[] {
    return this.texts.map((text) => JSON.parse(text));
  }

  get portraits(): PortraitMessage[] {
    return this.texts.map((text) => JSON.parse(text));
  }
}

/** What a page would show after these messages. */
function shown(messages: readonly SceneMessage[]): [string, unknown][] {
  const cast = new Cast();
  for (const message of messages) cast.take(message);
  return [...cast.actors.values()].map(({ name, value }) => [name, value]);
}

Deno.test("scene: many turns are one message with the latest of each", async () => {
  const runtime = scriptedRuntime();
  const hub = inspectorHub(runtime);
  const [hall, attic] = [runtime.startLamp("hall"), runtime.startLamp("attic")];
  const shelf = new Shelf();
  (await hub.scene()).attach(shelf);
  assertEquals(shelf.scenes[0]!.whole, true);
  assertEquals(shown(shelf.scenes), [["hall", "off"], ["attic", "off"]]);
  for (let n = 0; n < 501; n++) hall.turn();
  attic.turn();
  const cellar = runtime.startLamp("cellar");
  const gone = runtime.startLamp("gone");
  gone.stop();
  await until(() => shelf.texts.length > 1);
  const [, told, ...more] = shelf.scenes;
  assertEquals(more, []);
  assertEquals(told!.moved.map(({ value, event }) => [value, event]), [
    ["on", "turn"],
    ["on", "turn"],
    ["off", "xstate.init"],
  ]);
  // Three were started (`xstate.init` each), 502 turned.
  assertEquals(told!.events.length + told!.skipped >= 502, true);
  assert(told!.events.length <= 100);
  assertEquals(shown(shelf.scenes), [["hall", "on"], ["attic", "on"], ["cellar", "off"]]);
  for (const lamp of [hall, attic, cellar]) lamp.stop();
  await until(() => shown(shelf.scenes).length === 0);
  hub.close();
  assertEquals(shelf.closed, 1001);
});

Deno.test("scene: who does not read gets nothing more, and all anew when it reads", async () => {
  const runtime = scriptedRuntime();
  const hub = inspectorHub(runtime);
  const lamp = runtime.startLamp("hall");
  const [slow, quick] = [new Shelf(), new Shelf()];
  const scene = await hub.scene();
  scene.attach(slow);
  scene.attach(quick);
  slow.bufferedBytes = 2_000_000;
  const turn = async () => {
    const before = quick.texts.length;
    lamp.turn();
    await until(() => quick.texts.length > before);
  };
  await turn();
  await turn();
  await turn();
  assertEquals(slow.texts.length, 2, "the first one that was too much, and no other");
  slow.bufferedBytes = 0;
  await until(() => slow.texts.length > 2);
  assertEquals(slow.scenes.at(-1)!.whole, true);
  assertEquals(shown(slow.scenes), shown(quick.scenes));
  assertEquals(shown(slow.scenes), [["hall", "on"]]);
  lamp.stop();
  hub.close();
});

Deno.test("scene: a portrait has the definition, what is remembered and told, without secrets", async () => {
  const runtime = scriptedRuntime();
  const hub = inspectorHub(runtime);
  const lamp = runtime.startLamp("hall");
  const scene = await hub.scene();
  const [life] = hub.lives;
  const shelf = new Shelf();
  scene.portray(shelf, life!);
  lamp.turn();
  await until(() => shelf.texts.length > 1);
  const [first, second] = shelf.portraits;
  assertEquals(first!.actor!.name, "hall");
  assertEquals(JSON.parse(first!.actor!.definition).initial, "off");
  assertEquals(second!.actor, undefined);
  assertEquals((second!.snapshot as { value: unknown }).value, "on");
  assertEquals((second!.snapshot as { context: unknown }).context, {
    apiToken: "[redacted]",
    turns: 0,
  });
  assertEquals(second!.events.map(({ event }) => event), [
    { type: "turn", password: "[redacted]" },
  ]);
  assert(!shelf.texts.join().includes("s3cret"));
  assertEquals(hub.viewers, 1);
  lamp.stop();
  await until(() => shelf.closed !== null);
  assertEquals([shelf.closed, hub.viewers], [1000, 0]);
  hub.close();
});

Deno.test("scene: pages get it over a WebSocket, one actor by its session", async () => {
  const runtime = scriptedRuntime();
  await using service = await serve(runtime, { port: 0 });
  const lamp = runtime.startLamp("hall");
  const open = (path: string) => {
    const socket = new WebSocket(service.url.replace("http", "ws") + path);
    const closed = new Promise<void>((resolve) => socket.onclose = () => resolve());
    const first = new Promise<string>((resolve, reject) => {
      socket.onmessage = ({ data }) => resolve(data);
      socket.onerror = () => reject(new Error("no socket"));
    });
    return { socket, first, closed };
  };
  const scene = open("/inspect/live");
  const { born: [hall] } = JSON.parse(await scene.first) as SceneMessage;
  assertEquals([hall!.name, hall!.machine, hall!.parent], ["hall", "lamp", null]);
  const portrait = open(`/inspect/live?actor=${hall!.id}`);
  assertEquals(JSON.parse(await portrait.first).actor.machine, "lamp");
  await assertRejects(() => open("/inspect/live?actor=nobody").first, Error, "no socket");
  const plain = await fetch(`${service.url}/inspect/live`);
  assertEquals([plain.status, (await plain.json()).code], [426, "upgrade_required"]);
  for (const { socket, closed } of [scene, portrait]) {
    socket.close();
    await closed;
  }
  lamp.stop();
});
