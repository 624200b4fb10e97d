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

/** Follows the topic for ever. */
export function follow(): void {
  let retryMs: number = retryMinMs;
  let silence: ReturnType<typeof setTimeout>;
  const connect = () => {
    const url = urlOf("live/overview");
    url.protocol = url.protocol.replace("http", "ws");
    const protocols = ["flyball", ...token.value === null ? [] : [`flyball.token.${token.value}`]];
    const socket = new WebSocket(url, protocols);
    const listen = () => {
      clearTimeout(silence);
      silence = setTimeout(() => socket.close(), silentMs);
    };
    listen();
    socket.onmessage = ({ data }) => {
      listen();
      retryMs = retryMinMs;
      connection.value = "live";
      take(JSON.parse(data));
    };
    socket.onclose = () => {
      clearTimeout(silence);
      connection.value = "lost";
      setTimeout(again, retryMs);
      retryMs = Math.min(retryMs * 2, retryMaxMs);
    };
  };
  // The first frame comes by a question: a WebSocket can't tell that a token is asked for.
  const again = async () => {
    try {
      take(await get<Overview>("live/overview"));
      connect();
    } catch {
      connection.value = "lost";
      await whenAllowed();
      setTimeout(again, retryMs);
      retryMs = Math.min(retryMs * 2, retryMaxMs);
    }
  };
  void again();
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
