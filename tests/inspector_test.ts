/** Live machines over real WebSockets: frames of real XState actors, late viewers, and limits. */
import { assert, assertEquals, assertMatch, fail } from "@std/assert";
import { createApp } from "../service/app.ts";
import { openDoor } from "../service/door.ts";
import { inspectorHub } from "../service/inspector.ts";
import { serve } from "../service/serve.ts";
import { requestText, sendRaw } from "./raw_http.ts";
import { scriptedRuntime } from "./scripted_runtime.ts";

interface Frame {
  readonly type: string;
  readonly sessionId: string;
  readonly name?: string;
  readonly definition?: string;
  readonly snapshot?: {
    readonly status: string;
    readonly value: unknown;
    readonly context: unknown;
  };
  readonly event?: { readonly type: string; readonly password?: string };
  readonly [field: string]: unknown;
}

/** Rejects after 30 s, so that a frame that never comes fails the test by name. */
async function within30s<T>(promise: Promise<T>): Promise<T> {
  const ceiling = Promise.withResolvers<never>();
  const timer = setTimeout(() => ceiling.reject(new Error("nothing came within 30 s")), 30_000);
  try {
    return await Promise.race([promise, ceiling.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** A viewer that collects frames. */
class Viewer {
  readonly frames: Frame[] = [];
  readonly socket: WebSocket;
  readonly closed: Promise<number>;
  readonly opened: Promise<void>;
  #arrived = Promise.withResolvers<void>();

  constructor(httpUrl: string, protocols: string[] = []) {
    this.socket = new WebSocket(httpUrl.replace("http", "ws") + "/inspect/frames", protocols);
    this.opened = new Promise((resolve) => this.socket.onopen = () => resolve());
    this.closed = new Promise((resolve) => this.socket.onclose = ({ code }) => resolve(code));
    this.socket.onmessage = ({ data }) => {
      this.frames.push(JSON.parse(data));
      this.#arrived.resolve();
      this.#arrived = Promise.withResolvers();
    };
  }

  async find(wanted: (frame: Frame) => boolean): Promise<Frame> {
    for (;;) {
      const found = this.frames.find(wanted);
      if (found !== undefined) return found;
      await within30s(this.#arrived.promise);
    }
  }

  async close(): Promise<void> {
    this.socket.close();
    await within30s(this.closed);
  }
}

const upgrade = [
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
];

/** A handshake as a browser sends it: `Connection: Upgrade` instead of the usual close. */
function handshake(...headers: string[]): string {
  return requestText("GET", "/inspect/frames", [...upgrade, ...headers])
    .replace("Connection: close", "Connection: Upgrade");
}

Deno.test("inspector: a viewer sees actors, events and snapshots in the wire format", async () => {
  const runtime = scriptedRuntime();
  await using service = await serve(runtime, { port: 0 });
  const viewer = new Viewer(service.url);
  await within30s(viewer.opened);
  const lamp = runtime.startLamp("hall");
  const actor = await viewer.find(({ type }) => type === "@xstate.actor");
  assertEquals(Object.keys(actor).sort(), [
    "_version",
    "createdAt",
    "definition",
    "id",
    "name",
    "rootId",
    "sessionId",
    "snapshot",
    "type",
  ]);
  assertEquals([actor.name, actor.id, actor.rootId], ["hall", null, actor.sessionId]);
  assertMatch(String(actor.createdAt), /^\d{13}$/);
  const definition = JSON.parse(actor.definition!);
  assertEquals([definition.id, definition.initial], ["lamp", "off"]);
  assertEquals(definition.states.off, { on: { turn: "on" } });
  assertEquals(definition.context.apiToken, "[redacted]");

  lamp.turn();
  const event = await viewer.find(({ type, event }) =>
    type === "@xstate.event" && event?.type === "turn"
  );
  assertEquals(event.event, { type: "turn", password: "[redacted]" });
  const snapshot = await viewer.find(({ type, snapshot }) =>
    type === "@xstate.snapshot" && snapshot?.value === "on"
  );
  assertEquals(Object.keys(snapshot).sort(), [
    "_version",
    "createdAt",
    "event",
    "id",
    "rootId",
    "sessionId",
    "snapshot",
    "type",
  ]);
  assertEquals(snapshot.sessionId, actor.sessionId);
  assertEquals(snapshot.snapshot!.status, "active");
  assertEquals(snapshot.snapshot!.context, { apiToken: "[redacted]", turns: 0 });
  assert(!JSON.stringify(viewer.frames).includes("s3cret"));
  lamp.stop();
  await viewer.close();
});

Deno.test("inspector: a late viewer is told who lives and where they stand", async () => {
  const runtime = scriptedRuntime();
  const early = runtime.startLamp("early");
  early.turn();
  await using service = await serve(runtime, { port: 0 });
  const hall = runtime.startLamp("hall");
  const gone = runtime.startLamp("gone");
  hall.turn();
  hall.turn();
  hall.turn();
  gone.turn();
  gone.stop();
  const viewer = new Viewer(service.url);
  const { sessionId } = await viewer.find(({ name }) => name === "hall");
  const last = await viewer.find((frame) =>
    frame.type === "@xstate.snapshot" && frame.sessionId === sessionId
  );
  assertEquals(last.snapshot!.value, "on");
  const first = await viewer.find(({ name }) => name === "early");
  assertEquals(first.snapshot!.value, "on", "what began before the hub shows where it stands");
  assertEquals(viewer.frames.filter(({ name }) => name === "gone"), []);
  assertEquals(
    viewer.frames.filter((frame) => frame.sessionId === sessionId).length,
    2,
    "one definition and one snapshot, not the history",
  );
  await viewer.close();
  hall.stop();
  early.stop();
});

Deno.test("inspector: the hub forgets actors that stopped", () => {
  const runtime = scriptedRuntime();
  const hub = inspectorHub(runtime);
  const lamps = Array.from({ length: 10 }, (_, i) => runtime.startLamp(`lamp${i}`));
  assertEquals(hub.lives.size, 10);
  for (const lamp of lamps) {
    lamp.turn();
    lamp.stop();
  }
  assertEquals(hub.lives.size, 0);
  hub.close();
});

Deno.test("inspector: a viewer whose socket breaks leaves the others and the machines alone", () => {
  const runtime = scriptedRuntime();
  const hub = inspectorHub(runtime);
  const frames: string[] = [];
  const viewer = { close: () => {}, bufferedBytes: 0, onClosed: () => {} };
  hub.attach({ ...viewer, send: () => fail("not open") });
  hub.attach({ ...viewer, send: (frame) => void frames.push(frame) });
  const lamp = runtime.startLamp("hall");
  lamp.turn();
  assertEquals(hub.viewers, 1);
  assert(frames.length > 1, "the other one sees it");
  lamp.stop();
  hub.close();
});

Deno.test("inspector: foreign pages, plain requests and wrong addresses get no socket", async () => {
  await using service = await serve(scriptedRuntime(), { port: 0, token: "t" });
  const { port } = service;
  const codeOf = async (request: string) => {
    const { status, body } = await sendRaw(port, request);
    return [status, JSON.parse(body).code];
  };
  const bearer = "Authorization: Bearer t";
  const origin = await codeOf(handshake(bearer, "Origin: http://evil.example"));
  assertEquals(origin, [403, "origin_not_allowed"]);
  assertEquals(await codeOf(handshake(bearer, "Host: evil.example")), [421, "unknown_host"]);
  assertEquals(await codeOf(handshake()), [401, "missing_token"]);
  assertEquals(await codeOf(handshake("Authorization: Bearer x")), [401, "bad_token"]);
  const plain = requestText("GET", "/inspect/frames", [bearer]);
  assertEquals(await codeOf(plain), [426, "upgrade_required"]);
  const elsewhere = handshake(bearer).replace("/inspect/frames", "/api/v1/status");
  assertEquals(await codeOf(elsewhere), [400, "invalid_upgrade"]);
});

Deno.test("inspector: a page shows its token as a subprotocol", async () => {
  const runtime = scriptedRuntime();
  await using service = await serve(runtime, { port: 0, token: "t" });
  const lamp = runtime.startLamp("hall");
  const viewer = new Viewer(service.url, ["flyball", "flyball.token.t"]);
  await viewer.find(({ name }) => name === "hall");
  assertEquals(viewer.socket.protocol, "flyball");
  await viewer.close();
  lamp.stop();
});

Deno.test("inspector: what viewers send is ignored within limits", async () => {
  const runtime = scriptedRuntime();
  await using service = await serve(runtime, { port: 0 });
  const lamp = runtime.startLamp("hall");
  const closeCode = async (send: (socket: WebSocket) => void) => {
    const viewer = new Viewer(service.url);
    await within30s(viewer.opened);
    send(viewer.socket);
    return await within30s(viewer.closed);
  };
  assertEquals(await closeCode((socket) => socket.send("x".repeat(65_537))), 1009);
  assertEquals(await closeCode((socket) => socket.send(new Uint8Array([1, 2]))), 1003);
  const flood = await closeCode((socket) => {
    for (let i = 0; i < 500; i++) socket.send("hello");
  });
  assertEquals(flood, 1008);
  const polite = new Viewer(service.url);
  await within30s(polite.opened);
  for (let i = 0; i < 5; i++) polite.socket.send(`{"type":"hello ${i}"}`);
  await polite.find(({ name }) => name === "hall");
  lamp.turn();
  await polite.find(({ type, snapshot }) =>
    type === "@xstate.snapshot" && snapshot?.value === "on"
  );
  await polite.close();
  lamp.stop();
});

Deno.test("inspector: a viewer that does not read is sent away, and costs no memory", async () => {
  const runtime = scriptedRuntime();
  const hub = inspectorHub(runtime);
  const app = createApp(runtime);
  const door = await openDoor({
    app: { fetch: (_request, { upgrade } = {}) => upgrade!((viewer) => hub.attach(viewer)) },
    port: 0,
  });
  const connection = await Deno.connect({ hostname: "127.0.0.1", port: door.port });
  await connection.write(new TextEncoder().encode(handshake()));
  await connection.read(new Uint8Array(16)); // It was let in; from now on it does not read.
  const lamp = runtime.startLamp("hall");
  const end = performance.now() + 30_000;
  let turns = 0;
  for (; hub.viewers === 1 && performance.now() < end; turns++) {
    lamp.turn();
    if (turns % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 0));
  }
  assertEquals(hub.viewers, 0);
  assert(turns > 100, `the buffer held ${turns} turns`);
  lamp.stop();
  connection.close();
  app.close();
  hub.close();
  await door.close();
});

Deno.test("inspector: the control socket shows machines too", async () => {
  const dataDirectory = await Deno.makeTempDir();
  const runtime = scriptedRuntime();
  const service = await serve(runtime, { port: 0, token: "t", dataDirectory });
  const lamp = runtime.startLamp("hall");
  const connection = await Deno.connect({ transport: "unix", path: service.socketPath! });
  await connection.write(new TextEncoder().encode(handshake()));
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(65_536);
  let text = "";
  while (!text.includes('"name":"hall"')) {
    const bytes = await within30s(connection.read(buffer));
    assert(bytes !== null, text);
    text += decoder.decode(buffer.subarray(0, bytes));
  }
  assertMatch(text, /^HTTP\/1.1 101 /);
  connection.close();
  lamp.stop();
  await service.close();
  await Deno.remove(dataDirectory, { recursive: true });
});
