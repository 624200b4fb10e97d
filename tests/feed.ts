/**
 * Readers of the stream of facts over both of its doors, and a journal to read from.
 *
 * @module
 */
import { Journal } from "../actors/journal.ts";
import { memoryStore } from "../actors/stores/memory.ts";
import type { Clock } from "../actors/ports.ts";
import type { Runtime } from "../actors/runtime.ts";
import type { Fact, GapFact, Stamped } from "../messages/facts.ts";
import { scriptedRuntime } from "./scripted_runtime.ts";

/** What a reader was sent. */
export type Item = Stamped<Fact> | GapFact;

/** One who reads and notes when what came. */
export interface FeedReader {
  readonly items: Item[];
  /** How long each fact was under way, ms. */
  readonly delaysMs: number[];
  close(): Promise<void>;
}

const realClock: Clock = {
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
  at: () => () => {},
};

/** A runtime whose facts are those of a journal, by the real clock. */
export function told(): { readonly journal: Journal; readonly runtime: Runtime } {
  const journal = new Journal(memoryStore(), realClock);
  const facts: Runtime["facts"] = (options) => journal.read(options);
  const factBatches: Runtime["factBatches"] = (options) => journal.batches(options);
  return { journal, runtime: Object.assign(scriptedRuntime(), { facts, factBatches }) };
}

/** Reads server-sent events. */
export async function readEvents(url: string, query = ""): Promise<FeedReader> {
  const response = await fetch(`${url}/api/v1/events${query}`);
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  const noted = notes();
  const reading = (async () => {
    let text = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const events = (text + value).split("\n\n");
      text = events.pop()!;
      for (const event of events) {
        const data = /^data: (.*)$/m.exec(event)?.[1];
        if (data !== undefined) noted.note(data);
      }
    }
  })();
  const close = async () => {
    await reader.cancel();
    await reading;
  };
  return { ...noted, close };
}

/** Reads messages of a WebSocket. */
export async function readLive(url: string, query = ""): Promise<FeedReader> {
  const socket = new WebSocket(`${url.replace("http", "ws")}/api/v1/live${query}`);
  const noted = notes();
  const closed = new Promise<void>((resolve) => socket.onclose = () => resolve());
  socket.onmessage = ({ data }) => noted.note(data);
  await new Promise<void>((resolve, reject) => {
    socket.onopen = () => resolve();
    socket.onerror = () => reject(new Error("the socket did not open"));
  });
  const close = async () => {
    socket.close();
    await closed;
  };
  return { ...noted, close };
}

/** Numbers from `from` to `to` that a reader neither had nor was told to miss. */
export function silentlyLost(items: readonly Item[], from: number, to: number): number[] {
  const known = new Set<number>();
  for (const item of items) {
    if ("fact" in item) known.add(item.seq);
    else for (let seq = item.from; seq <= item.to; seq++) known.add(seq);
  }
  const lost: number[] = [];
  for (let seq = from; seq <= to; seq++) if (!known.has(seq)) lost.push(seq);
  return lost;
}

function notes() {
  const items: Item[] = [];
  const delaysMs: number[] = [];
  const note = (text: string) => {
    const item = JSON.parse(text);
    if (item.type === "alive") return;
    items.push(item);
    if ("fact" in item) delaysMs.push(Date.now() - item.at);
  };
  return { items, delaysMs, note };
}
