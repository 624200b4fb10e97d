/**
 * The live topic: what the service is doing now, four times a second, and what it did since this page
 * was opened.
 *
 * @module
 */
import { signal } from "@preact/signals";
import type { Mark, Overview } from "../../messages/overview.ts";
import { get, urlOf } from "./api.ts";
import { added } from "./marks.ts";
import type { Columns } from "./points.ts";
import { asksToken, token } from "./session.ts";

/** How far back the page remembers by itself, s. */
export const rememberedS = 900;

/** Marks that it remembers. */
const marksMax = 512;

/** Waits between two attempts to connect, ms. */
const [retryMinMs, retryMaxMs] = [500, 8_000];

/** Time between two questions where there is no WebSocket, ms. */
const polledMs = 2_000;

/** Without a frame for so long the connection is not believed, ms. */
const silentMs = 4_000;

/** The latest frame; null before the first. */
export const overview = signal<Overview | null>(null);

/** Resizes and decisions, oldest first. */
export const marks = signal<readonly Mark[]>([]);

/** Whether frames come. */
export const connection = signal<"connecting" | "live" | "lost">("connecting");

/** Lines that this page remembers, in the order of the columns of {@link remembered}. */
export const lines = [
  ...["workers", "running", "queued", "cap", "cpuRatio", "memoryRatio"],
  ...["cpuPressureRatio", "memoryPressureRatio", "ioPressureRatio", "oldestWaitMs"],
] as const;

const columns: (number | null)[][] = [[], ...lines.map(() => [])];

/** Counts frames: whoever reads it is told of each. */
export const frames = signal(0);

/** What was seen since the page was opened, one column for each of {@link lines}. */
export const remembered = (): Columns => columns as unknown as Columns;

/**
 * Follows the topic for ever. The first frame comes by a question: a WebSocket can't tell that a token
 * is asked for. Where there is no WebSocket, as below another server, it is asked again and again.
 */
export async function follow(): Promise<void> {
  let waitMs: number = retryMinMs;
  let canWatch = true;
  for (;;) {
    try {
      take(await get<Overview>("live/overview"));
      connection.value = "live";
      waitMs = canWatch ? retryMinMs : polledMs;
      if (canWatch) canWatch = await watch();
    } catch {
      connection.value = "lost";
      await whenAllowed();
      waitMs = Math.min(waitMs * 2, retryMaxMs);
    }
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
}

/** Takes frames of a WebSocket until it is closed; whether there were any. */
function watch(): Promise<boolean> {
  const url = urlOf("live/overview");
  url.protocol = url.protocol.replace("http", "ws");
  const protocols = ["flyball", ...token.value === null ? [] : [`flyball.token.${token.value}`]];
  const socket = new WebSocket(url, protocols);
  let isHeard = false;
  let silence: ReturnType<typeof setTimeout>;
  const listen = () => {
    clearTimeout(silence);
    silence = setTimeout(() => socket.close(), silentMs);
  };
  listen();
  socket.onmessage = ({ data }) => {
    listen();
    isHeard = true;
    take(JSON.parse(data));
  };
  return new Promise((resolve) => {
    socket.onclose = () => {
      clearTimeout(silence);
      resolve(isHeard);
    };
  });
}

/** Resolves when no token is asked for. */
const whenAllowed = (): Promise<void> =>
  new Promise((resolve) => {
    const stop = asksToken.subscribe((asked) => {
      if (asked !== null) return;
      resolve();
      queueMicrotask(() => stop());
    });
  });

function take(frame: Overview): void {
  overview.value = frame;
  if (frame.marks.length > 0) marks.value = added(marks.value, frame.marks, marksMax);
  remember(frame);
  frames.value++;
}

function remember({ at, host, oldestWaitMs, pools, running, size }: Overview): void {
  const sum = (of: (pool: Overview["pools"][number]) => number) =>
    pools.reduce((total, pool) => total + of(pool), 0);
  const row: Record<typeof lines[number], number | null> = {
    workers: size,
    running,
    queued: sum(({ queued }) => queued),
    cap: sum(({ cap }) => cap),
    cpuRatio: host.cpuRatio,
    memoryRatio: host.memoryRatio,
    cpuPressureRatio: host.cpuPressureRatio,
    memoryPressureRatio: host.memoryPressureRatio,
    ioPressureRatio: host.ioPressureRatio,
    oldestWaitMs,
  };
  for (const [i, column] of columns.entries()) {
    column.push(i === 0 ? at / 1_000 : row[lines[i - 1]!]);
  }
  const instants = columns[0] as number[];
  const old = instants.findIndex((instant) => instant > at / 1_000 - rememberedS);
  // Forgotten in batches: to shift ten columns at each frame is dear.
  if (old > 256) { for (const column of columns) column.splice(0, old); }
}
