/**
 * Callers who speak nonsense, or hardly at all.
 *
 * @module
 */
import type { Random } from "../../../actors/ports.ts";
import type { Fault } from "../fault.ts";
import { pick } from "../plan.ts";
import { pause, type World } from "../world.ts";

const utf8 = new TextEncoder();

/** Longest wait for the service to hang up, ms. */
const hangUpMs = 200;

/** What comes to the door. */
const requests: readonly string[] = [
  "\0\0\0\0",
  "GET / HTTP/9.9\r\n\r\n",
  "BREW /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\n\r\n",
  `GET /${"x".repeat(100_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
  `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${"y".repeat(100_000)}\r\n\r\n`,
  "POST /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
  "POST /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n" +
  "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
  "POST /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" +
  `Content-Length: 200000\r\n\r\n${"[".repeat(200_000)}`,
  "POST /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" +
  'Content-Length: 5\r\n\r\n{"bad',
];

/** Messages that begin with their length, as on the socket of the workers. */
function frame(message: unknown): Uint8Array {
  const body = utf8.encode(JSON.stringify(message));
  const bytes = new Uint8Array(4 + body.length);
  new DataView(bytes.buffer).setUint32(0, body.length, true);
  bytes.set(body, 4);
  return bytes;
}

/** What comes to the socket of the workers. */
const greetings: readonly Uint8Array[] = [
  new Uint8Array(0),
  new Uint8Array([255, 255, 255, 255]),
  new Uint8Array([4, 0, 0, 0, 1]),
  utf8.encode("GET / HTTP/1.1\r\n\r\n"),
  frame({}),
  frame([[1, 1, 1, 1, "00000000-0000-0000-0000-000000000000"]]),
  frame([["xstate.done.actor.worker"]]),
  frame(Array.from({ length: 10_000 }, () => [5, 0])),
];

/** Garbage on every door. */
export const talkGarbage: Fault = {
  name: "talkGarbage",
  withinMs: 10_000,
  companion: true,
  async strike(world, random) {
    if (world.isDead) return null; // There is no door to talk at.
    const { port, disk: { path } } = world;
    const control = { transport: "unix", path: `${path}/flyball/control.sock` } as const;
    const tcp = { hostname: "127.0.0.1", port } as const;
    const calls = requests.flatMap((text) => [
      say(() => Deno.connect(tcp), utf8.encode(text)),
      say(() => Deno.connect(control), utf8.encode(text)),
      say(() => Deno.connect(tcp), noise(random)),
    ]);
    for (const socket of workerSockets(world)) {
      const unix = { transport: "unix", path: socket } as const;
      for (const bytes of [...greetings, noise(random)]) {
        calls.push(say(() => Deno.connect(unix), bytes));
      }
    }
    await Promise.all(calls);
    return null;
  },
};

function noise(random: Random): Uint8Array {
  const bytes = new Uint8Array(1 + Math.floor(random.unit() * 70_000));
  return bytes.map(() => Math.floor(random.unit() * 256));
}

function workerSockets({ folder }: World): string[] {
  return [...Deno.readDirSync(`${folder}/tmp`)]
    .filter(({ name }) => name.startsWith("flyball-"))
    .map(({ name }) => `${folder}/tmp/${name}/workers.sock`);
}

/** Says it and goes, whatever the answer. */
async function say(dial: () => Promise<Deno.Conn>, bytes: Uint8Array): Promise<void> {
  try {
    using connection = await dial();
    for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
    await Promise.race([connection.read(new Uint8Array(1_024)), pause(hangUpMs)]);
  } catch { /* It hung up before all was said. */ }
}

/** Connections of people who take their time. */
const slowCallers = 300;
/** How long they take it, ms. */
const slowMs = 4_000;

/** 300 connections on which a request comes by the byte. */
export const dribble: Fault = {
  name: "dribble",
  withinMs: 10_000,
  async strike(world, random) {
    const words = utf8.encode(
      `POST /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nX: ${"a".repeat(99)}`,
    );
    const start = pick([4, 20, 60], random)!;
    const endMs = world.clock.nowMs() + slowMs;
    const { port } = world;
    await Promise.all(Array.from({ length: slowCallers }, async () => {
      try {
        using connection = await Deno.connect({ hostname: "127.0.0.1", port });
        await connection.write(words.subarray(0, start));
        for (let at = start; world.clock.nowMs() < endMs; at++) {
          await pause(400);
          await connection.write(words.subarray(at, at + 1));
        }
      } catch { /* It was hung up on, as it should be. */ }
    }));
    return null;
  },
};
