/** The TCP door alone: its probe and its places. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { boundConnections } from "../service/connections.ts";
import { openDoor } from "../service/door.ts";
import { probeEvery } from "../service/probe.ts";
import { inPython } from "./python.ts";
import { until } from "./until.ts";

Deno.test("door: listens anew when it went deaf, and gives up when that does not help", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close(); // Nobody listens there now.
  const gaveUp = Promise.withResolvers<string>();
  let restarts = 0;
  const probe = probeEvery({
    everyMs: 5,
    deafMostMs: 30,
    address: { hostname: "127.0.0.1", port },
    isFull: () => false,
    restart: () => Promise.resolve(void restarts++),
    giveUp: gaveUp.resolve,
  });
  assertMatch(await gaveUp.promise, /^the door is deaf: /);
  assert(restarts >= 1);
  await probe.stop();
});

Deno.test("door: the first knock does not wait for the second one's time", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const probe = probeEvery({
    everyMs: 3_600_000,
    address: { hostname: "127.0.0.1", port: (listener.addr as Deno.NetAddr).port },
    isFull: () => false,
    restart: () => Promise.resolve(),
    giveUp: () => {},
  });
  const knock = await listener.accept();
  knock.close();
  await probe.stop();
  listener.close();
});

Deno.test(
  "door: a knock ends in time where even the connection does not come",
  inPython,
  async () => {
    // Nobody accepts here: once its two places are taken, the kernel lets callers wait.
    const deaf = new Deno.Command("python3", {
      args: [
        "-c",
        `import socket, sys
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(1); print(s.getsockname()[1], flush=True)
sys.stdin.read()`,
      ],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const reader = deaf.stdout.getReader();
    const port = Number(new TextDecoder().decode((await reader.read()).value));
    const callers = await Promise.all(
      Array.from({ length: 2 }, () => Deno.connect({ hostname: "127.0.0.1", port })),
    );
    const restarted = Promise.withResolvers<void>();
    const probe = probeEvery({
      everyMs: 5,
      address: { hostname: "127.0.0.1", port },
      isFull: () => false,
      restart: () => Promise.resolve(restarted.resolve()),
      giveUp: () => {},
    });
    await restarted.promise;
    await deaf.stdin.close();
    await Promise.all([reader.cancel(), deaf.status]);
    await probe.stop();
    for (const caller of callers) caller.close();
  },
);

Deno.test("door: its probe finds it well, and a failing app makes it listen anew", async () => {
  let knocks = 0;
  let isDeaf = false;
  const app = {
    fetch() {
      knocks++;
      return new Response(null, { status: isDeaf ? 500 : 200 });
    },
  };
  const door = await openDoor({ app, port: 0, probeEveryMs: 5, deafMostMs: 30 });
  await until(() => knocks > 5);
  isDeaf = true;
  assertMatch(await door.gaveUp, /it answered/);
  const response = await fetch(door.url);
  await response.body?.cancel();
  assertEquals(response.status, 500, "it listened anew on the same port");
  await door.close();
});

Deno.test("door: a newcomer takes the place of the oldest connection without a request", async () => {
  const pending: ServerResponse[] = [];
  const server = createServer((request, response) => {
    if (request.url === "/wait") pending.push(response);
    else response.end("ok");
  });
  const connections = boundConnections(server, 2);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const connect = async (text: string) => {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port });
    await connection.write(new TextEncoder().encode(text));
    return connection;
  };
  const read = async (connection: Deno.TcpConn) => {
    const buffer = new Uint8Array(1_024);
    const bytes = await connection.read(buffer).catch(() => null);
    return bytes === null ? "cut" : new TextDecoder().decode(buffer.subarray(9, 12));
  };
  const ask = (path: string) => connect(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);

  const idle = await ask("/");
  assertEquals(await read(idle), "200");
  const dribbling = await connect("GET /");
  const first = await ask("/");
  assertEquals([await read(first), await read(idle)], ["200", "cut"]);
  const second = await ask("/wait");
  assertEquals(await read(dribbling), "cut");
  const third = await ask("/wait");
  assertEquals(await read(first), "cut");
  await until(() => pending.length === 2);
  assertEquals(connections.isFull(), true);
  const fourth = await ask("/");
  assertEquals(await read(fourth), "cut", "no place is taken from a request under way");
  pending.forEach((response) => response.end("done"));
  assertEquals([await read(second), await read(third)], ["200", "200"]);
  await until(() => !connections.isFull());
  for (const connection of [idle, dribbling, first, second, third, fourth]) connection.close();
  connections.cut();
  await new Promise((resolve) => server.close(resolve));
});
