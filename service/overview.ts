/**
 * The topic of the dashboard: one frame for all pages that are open, at most each 250 ms.
 *
 * @module
 */
import type { Runtime } from "../actors/runtime.ts";
import type { Fact, GapFact, Stamped } from "../messages/facts.ts";
import type { Mark, Overview } from "../messages/overview.ts";
import type { Handler } from "./call.ts";
import type { FrameSocket } from "./frame_socket.ts";
import type { Readers } from "./readers.ts";
import { reply } from "./reply.ts";

/** Time between two looks, ms. */
const everyMs = 250;

/** A frame in which nothing is new is sent this often, ms: pages see that we live. */
const quietMs = 1_000;

/** Marks that are remembered for pages that come later. */
const marksMax = 256;

/** Bytes that may wait for a page before it gets no more frames. */
const bufferMaxBytes = 262_144;

/** A page that has read nothing for so long is sent away, ms. */
const patienceMs = 30_000;

/** What there is to look at. */
type Seen = Pick<Runtime, "status" | "alerts" | "facts">;

/** A page that watches. */
interface Page {
  readonly socket: FrameSocket;
  /** It misses marks: its next frame has all that are remembered. */
  isBehind: boolean;
  /** When it was seen to read, monotonic ms. */
  readAtMs: number;
}

/** Shows what a runtime is doing to any number of pages. Without any it does nothing. */
export class OverviewTopic {
  readonly #runtime: Seen;
  readonly #pages = new Set<Page>();
  readonly #marks: Mark[] = [];
  /** How many of those, the latest ones, were in no frame yet. */
  #fresh = 0;
  #lastText = "";
  #lastSentMs = -Infinity;
  /** The service has other things to do than to look four times a second. */
  #isShort = false;
  #stop: (() => void) | null = null;

  /** Looks at `runtime`. */
  constructor(runtime: Seen) {
    this.#runtime = runtime;
  }

  /** Keeps a page up to date until it leaves. */
  attach(socket: FrameSocket): void {
    const page: Page = { socket, isBehind: true, readAtMs: performance.now() };
    this.#pages.add(page);
    socket.onClosed(() => this.#drop(page));
    if (this.#pages.size === 1) this.#start();
    else this.#send(page, textOf(this.#look(), this.#marks));
  }

  /** Sends all pages away. */
  close(): void {
    for (const { socket } of this.#pages) socket.close(1001, "going away");
    this.#pages.clear();
    this.#end();
  }

  /** What is going on now, as in a first frame without marks. */
  now(): Overview {
    return { ...this.#look(), marks: [] };
  }

  #start(): void {
    const left = new AbortController();
    const types = ["decided", "resized"] as const;
    void this.#follow(this.#runtime.facts({ from: 0, types, signal: left.signal }));
    const timer = setInterval(() => this.#tick(), everyMs);
    this.#stop = () => {
      clearInterval(timer);
      left.abort();
    };
    // What is kept of facts is read in the turns that come before the timer's.
    setTimeout(() => this.#tick(), 0);
  }

  #end(): void {
    this.#stop?.();
    this.#stop = null;
    this.#marks.length = this.#fresh = 0;
    this.#lastText = "";
  }

  async #follow(facts: AsyncIterableIterator<Stamped<Fact> | GapFact>): Promise<void> {
    try {
      for await (const item of facts) {
        const mark = "fact" in item ? markOf(item) : null;
        if (mark === null) continue;
        this.#marks.push(mark);
        if (this.#marks.length > marksMax) this.#marks.shift();
        this.#fresh = Math.min(this.#fresh + 1, this.#marks.length);
      }
    } catch {
      // The runtime ends, and the doors with it: frames go on without marks until then.
    }
  }

  #tick(): void {
    if (this.#pages.size === 0) return;
    const nowMs = performance.now();
    if (this.#isShort && nowMs - this.#lastSentMs < quietMs) return;
    const look = this.#look();
    const { at: _, ...rest } = look;
    const bare = JSON.stringify(rest);
    const isQuiet = this.#fresh === 0 && bare === this.#lastText;
    const isNewcomer = this.#pages.values().some(({ isBehind }) => isBehind);
    if (isQuiet && !isNewcomer && nowMs - this.#lastSentMs < quietMs) return;
    this.#lastText = bare;
    this.#lastSentMs = nowMs;
    const news = textOf(look, this.#marks.slice(this.#marks.length - this.#fresh));
    this.#fresh = 0;
    let whole: string | null = null;
    for (const page of this.#pages) {
      this.#send(page, page.isBehind ? whole ??= textOf(look, this.#marks) : news);
    }
  }

  #send(page: Page, text: string): void {
    const { socket } = page;
    const nowMs = performance.now();
    const isFull = socket.bufferedBytes > bufferMaxBytes;
    if (!isFull) page.readAtMs = nowMs;
    page.isBehind = isFull;
    try {
      if (!isFull) return socket.send(text);
      if (nowMs - page.readAtMs > patienceMs) socket.close(1013, "too slow");
    } catch {
      this.#drop(page); // It closed just now.
    }
  }

  #drop(page: Page): void {
    if (this.#pages.delete(page) && this.#pages.size === 0) this.#end();
  }

  #look(): Omit<Overview, "marks"> {
    const { host, pools, waitMs, runMs, ...status } = this.#runtime.status();
    this.#isShort = status.brownout !== undefined;
    const { version, pending, scheduled, oldestWaitMs, running, size, ended } = status;
    return {
      at: Date.now(),
      version,
      pending,
      scheduled,
      oldestWaitMs: Math.round(oldestWaitMs),
      running,
      size,
      ended,
      failedLastMinute: status.failedLastMinute,
      verdict: status.verdict,
      waitMs,
      runMs,
      host: {
        cores: host.cores,
        cpuRatio: host.cpuRatio,
        memoryRatio: host.memoryRatio,
        cpuPressureRatio: host.pressure.cpu?.some10Ratio ?? null,
        memoryPressureRatio: host.pressure.memory?.some10Ratio ?? null,
        ioPressureRatio: host.pressure.io?.some10Ratio ?? null,
      },
      pools: pools.map(({ name, policy, workers, running, queued, scaling, envelope }) => ({
        ...{ name, policy, workers, running, queued, scaling },
        ...{ floor: envelope.floor, cap: envelope.cap },
      })),
      incidents: this.#runtime.alerts().items.filter(({ state }) => state === "open").length,
      breakers: status.breakers.length,
    };
  }
}

/** Turns a request into a page that watches; one that asks for no upgrade is told once. */
export function watchOverview(runtime: Seen, readers: Readers, closing: AbortSignal): Handler {
  const topic = new OverviewTopic(runtime);
  closing.addEventListener("abort", () => topic.close());
  return (call) => {
    const isUpgrade = call.req.header("upgrade")?.toLowerCase() === "websocket";
    if (!isUpgrade || !call.env.upgrade) return reply(topic.now());
    readers.refuseIfFull();
    return call.env.upgrade((socket) => {
      socket.onClosed(readers.enter());
      topic.attach(socket);
    });
  };
}

const textOf = (look: Omit<Overview, "marks">, marks: readonly Mark[]): string =>
  JSON.stringify({ ...look, marks } satisfies Overview);

function markOf({ at, fact }: Stamped<Fact>): Mark | null {
  if (fact.type === "resized") {
    const { pool, decision, from, actual, trigger } = fact;
    return { type: "resized", at, pool, decision, because: trigger, from, to: actual };
  }
  if (fact.type !== "decided") return null;
  const { id, pool, because, adopted, envelope: { floor, cap } } = fact.decision;
  return { type: "decided", at, pool, decision: id, because, floor, cap, adopted };
}
