/**
 * One worker process from our side: its life, its socket, its output.
 *
 * @module
 */
import type { Manner } from "../../messages/lines.ts";
import { frameBytesMax } from "../../messages/wire.ts";
import type { WorkerEvents, WorkerProcess } from "../ports.ts";
import type { Enclosure } from "./enclosure.ts";
import { signalOf } from "./signals.ts";
import { markName } from "./sweep.ts";

/** How a child is started. */
export interface StartOptions {
  /** Makes ready what the process needs; its program and arguments. */
  readonly words: () => readonly string[];
  /** The folder it runs in; null: ours. */
  readonly cwd: string | null;
  /** More of its environment. */
  readonly env: Readonly<Record<string, string>>;
  /**
   * The program that makes a session; null where there is none. Then Deno does it, and copies our
   * page tables for it: 2 to 3 ms in which we do nothing else.
   */
  readonly session: string | null;
  readonly enclosure: Enclosure;
  /** Told which of its commands have ended. */
  readonly left: (run: number) => void;
}

/** Last words on stderr that are kept, bytes. */
const stderrTailBytes = 8 * 1024;
/** Variables of our environment that Deno itself needs. */
const passedOn = ["HOME", "PATH", "DENO_DIR", "XDG_CACHE_HOME", "LANG", "TZ", "TMPDIR"];

/** A worker process. */
export class Child implements WorkerProcess {
  queuedBytes = 0;
  readonly generation: number;
  readonly #events: WorkerEvents;
  readonly #print: (bytes: Uint8Array) => void;
  #child: Deno.ChildProcess | null = null;
  #connection: Deno.UnixConn | null = null;
  #manner: Manner | null = null;
  #items = "";
  /** Parts of what was said before, each as large as a frame may be. */
  #parts: string[] = [];
  #armed = false;
  #writing = false;
  #over = false;
  #pid: number | null = null;
  #options: StartOptions | null = null;
  #reading: Promise<void> = Promise.resolve();

  /** `nonce` is what the process must say first; `print` takes its own output. */
  constructor(
    readonly nonce: string,
    generation: number,
    events: WorkerEvents,
    print: (bytes: Uint8Array) => void,
  ) {
    this.generation = generation;
    this.#events = events;
    this.#print = print;
  }

  get pid(): number | null {
    return this.#pid ?? this.#options?.enclosure.pid ?? null;
  }

  /** Starts the process; resolves when it is gone and everything about it has been told. */
  async start(options: StartOptions): Promise<void> {
    this.#options = options;
    const { enclosure, session } = options;
    let child: Deno.ChildProcess;
    try {
      const words = [...enclosure.words, ...options.words()];
      if (session !== null) words.unshift(session);
      child = new Deno.Command(words[0]!, {
        args: words.slice(1),
        ...(options.cwd !== null && { cwd: options.cwd }),
        clearEnv: true,
        env: { ...inherited(), ...options.env, [markName]: enclosure.mark, NO_COLOR: "1" },
        detached: session === null,
        stdin: "null",
        stdout: "piped",
        stderr: "piped",
      }).spawn();
    } catch (error) {
      await enclosure.emptied(); // The caller learns of it after it holds the process.
      this.#events.failed(messageOf(error));
      return;
    }
    this.#child = child;
    enclosure.started(child.pid);
    const [, tail, status] = await Promise.all([
      pump(child.stdout, this.#print),
      pump(child.stderr, this.#print),
      child.status,
    ]);
    this.#over = true;
    await enclosure.emptied();
    await this.#reading;
    this.#close();
    const signal = status.signal ?? (enclosure.caged ? signalOf(status.code) : null);
    this.#events.exited({ code: status.code, signal, stderrTail: tail });
  }

  /** Takes over the connection once the process has said who it is. */
  connect(
    connection: Deno.UnixConn,
    manner: Manner,
    pid: number,
    first: unknown[][],
  ): void {
    if (this.#connection || this.#over) throw new Error("connected twice");
    this.#connection = connection;
    this.#manner = manner;
    this.#pid = this.#options?.enclosure.connected() ?? pid;
    this.#events.connected(this.#pid);
    for (const batch of first) if (batch.length > 0) this.#hear(batch);
    this.#reading = this.#read(connection, manner.reader);
    this.#flush();
  }

  /** The process can't be one of ours; it must go. */
  refuse(because: string): void {
    this.#events.garbage(because);
  }

  send(items: string): void {
    if (this.#over) return;
    if (this.#items.length + items.length > frameBytesMax / 3) this.#cut();
    this.#items = this.#items === "" ? items : this.#items + "," + items;
    this.queuedBytes += items.length;
    if (!this.#armed && !this.#writing && this.#connection) {
      this.#armed = true;
      queueMicrotask(() => this.#flush());
    }
  }

  hurry(): void {
    if (this.#armed) this.#flush();
  }

  kill(signal: "SIGTERM" | "SIGKILL", tree = false): void {
    if (!this.#child || this.#over) return;
    this.#options!.enclosure.kill(signal, tree);
  }

  left(run: number): void {
    if (!this.#over) this.#options!.left(run);
  }

  #cut(): void {
    if (this.#items === "") return;
    this.#parts.push(this.#items);
    this.#items = "";
  }

  #flush(): void {
    this.#armed = false;
    if (!this.#writing && this.#connection && !this.#over) this.#write(this.#connection);
  }

  async #write(connection: Deno.UnixConn): Promise<void> {
    const { write } = this.#manner!;
    this.#writing = true;
    try {
      while (this.#items !== "" || this.#parts.length > 0) {
        if (this.#parts.length === 0) this.#cut();
        const bytes = write(this.#parts.shift()!);
        for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
        if (this.#parts.length === 0) this.queuedBytes = this.#items.length;
      }
    } catch { /* the process has gone; its exit tells the rest */ }
    this.#writing = false;
  }

  async #read(connection: Deno.UnixConn, reader: Manner["reader"]): Promise<void> {
    try {
      for (;;) {
        const count = await connection.read(reader.room);
        if (count === null) return;
        reader.took(count, (batch) => this.#hear(batch));
      }
    } catch (error) {
      if (!isHangUp(error)) this.#events.garbage(messageOf(error));
    }
  }

  /** An error of our own costs us the worker that we heard, as we no longer know what it does. */
  #hear(batch: unknown[]): void {
    try {
      this.#events.frame(batch);
    } catch (error) {
      const { stack } = error instanceof Error ? error : { stack: String(error) };
      tryTo(this.#print, new TextEncoder().encode(`${stack}\n`));
      this.#events.garbage(`our own error: ${messageOf(error)}`);
    }
  }

  #close(): void {
    try {
      this.#connection?.close();
    } catch { /* closed by the other side */ }
  }
}

const isHangUp = (error: unknown) =>
  error instanceof Deno.errors.ConnectionReset || error instanceof Deno.errors.BrokenPipe ||
  error instanceof Deno.errors.BadResource || error instanceof Deno.errors.Interrupted;

const messageOf = (error: unknown) => error instanceof Error ? error.message : String(error);

/** Nobody may be there to read our standard error: that is no reason to fail. */
function tryTo(print: (bytes: Uint8Array) => void, bytes: Uint8Array): void {
  try {
    print(bytes);
  } catch { /* nobody reads it */ }
}

/** Those of them that there are. */
export function inherited(): Record<string, string> {
  const all: Record<string, string> = {};
  for (const name of passedOn) {
    const value = Deno.env.get(name);
    if (value !== undefined) all[name] = value;
  }
  return all;
}

/** Passes a stream on and returns its last words. */
async function pump(
  stream: ReadableStream<Uint8Array>,
  print: (bytes: Uint8Array) => void,
): Promise<string> {
  let tail = new Uint8Array();
  for await (const chunk of stream) {
    tryTo(print, chunk);
    const both = new Uint8Array(tail.length + chunk.length);
    both.set(tail);
    both.set(chunk, tail.length);
    tail = both.subarray(-stderrTailBytes);
  }
  return new TextDecoder().decode(tail);
}
