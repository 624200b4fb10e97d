/**
 * The real worker program as one real process, with the test as its parent.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { type Manner, mannerOf } from "../messages/lines.ts";
import { arity, encode, frame, malformed, type MessageName, messages } from "../messages/wire.ts";
import { until } from "./until.ts";

/** What was said, as its name and its fields. */
export type Said = readonly [name: MessageName, ...fields: unknown[]];

const program = new URL("../worker/main.ts", import.meta.url).href;
const config = new URL("../deno.json", import.meta.url).pathname;

const names = new Map<number, string>(
  Object.entries(messages).map(([name, { kind }]) => [kind, name]),
);

/** A parent with one child. */
export class WorkerParent implements AsyncDisposable {
  /** All that the worker has said so far. */
  readonly heard: Said[] = [];
  /** How the process ended. */
  readonly status: Promise<Deno.CommandStatus>;
  readonly #child: Deno.ChildProcess;
  readonly #directory: string;
  readonly #listener: Deno.UnixListener;
  readonly #connection: Deno.UnixConn;
  readonly #reading: Promise<void>;
  readonly #stderr: Promise<string>;
  /** Known when the worker has spoken. */
  #manner: Manner | null = null;

  private constructor(
    child: Deno.ChildProcess,
    directory: string,
    listener: Deno.UnixListener,
    connection: Deno.UnixConn,
  ) {
    this.#child = child;
    this.#directory = directory;
    this.#listener = listener;
    this.#connection = connection;
    this.status = child.status;
    this.#reading = this.#read();
    this.#stderr = new Response(child.stderr).text();
  }

  /** Starts a worker of ours and waits for its connection. */
  static open(generation = 1, nonce = "n", v8Flags = ""): Promise<WorkerParent> {
    const flags = ["--quiet", "--no-check", "--no-prompt", "--cached-only", "--config", config];
    const own = v8Flags === "" ? [] : [`--v8-flags=${v8Flags}`];
    const words = [Deno.execPath(), "run", ...flags, ...own, "-A", program];
    return WorkerParent.of(words, {}, generation, nonce);
  }

  /** Starts any worker and waits for its connection. */
  static async of(
    [command, ...args]: readonly string[],
    env: Readonly<Record<string, string>> = {},
    generation = 1,
    nonce = "n",
  ): Promise<WorkerParent> {
    const directory = await Deno.makeTempDir({ prefix: "flyball-test-" });
    const path = `${directory}/s`;
    const listener = Deno.listen({ transport: "unix", path });
    const child = new Deno.Command(command!, {
      args: [...args, path, String(generation), nonce],
      env,
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    return new WorkerParent(child, directory, listener, await listener.accept());
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** What the worker wrote to its standard error; resolves when it has ended. */
  get stderr(): Promise<string> {
    return this.#stderr;
  }

  /** Sends messages as one frame, or one line where the worker was heard to speak in lines. */
  send(...said: Said[]): Promise<void> {
    return this.sendItems(
      said.map(([name, ...fields]) => encode(messages[name].kind, ...fields)).join(","),
    );
  }

  /** The same of messages as they are written. */
  sendItems(items: string): Promise<void> {
    return this.sendBytes((this.#manner?.write ?? frame)(items));
  }

  /** Sends bytes, whatever they are. */
  async sendBytes(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) at += await this.#connection.write(bytes.subarray(at));
  }

  /** Waits until `count` messages of that name have come; all of them, without their name. */
  async hears(name: MessageName, count = 1): Promise<unknown[][]> {
    const all = () => this.heard.filter(([said]) => said === name).map(([, ...rest]) => rest);
    await until(() => all().length >= count);
    return all();
  }

  /** Closes the connection. */
  hangUp(): void {
    try {
      this.#connection.close();
    } catch { /* closed already */ }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch { /* it has ended */ }
    await this.status;
    await this.#reading;
    await this.#stderr;
    this.hangUp();
    this.#listener.close();
    await Deno.remove(this.#directory, { recursive: true });
  }

  async #read(): Promise<void> {
    let room: Uint8Array<ArrayBuffer> = new Uint8Array(4096);
    try {
      for (;;) {
        const count = await this.#connection.read(room);
        if (count === null) return;
        if (this.#manner === null) {
          this.#manner = mannerOf(room);
          this.#manner.reader.room.set(room.subarray(0, count));
        }
        this.#manner.reader.took(count, (batch) => this.#hear(batch));
        room = this.#manner.reader.room;
      }
    } catch (error) {
      const { BadResource, ConnectionReset, Interrupted } = Deno.errors;
      const ours = [BadResource, ConnectionReset, Interrupted];
      if (!ours.some((kind) => error instanceof kind)) throw error;
    }
  }

  #hear(batch: unknown[]): void {
    assertEquals(malformed(batch, "up"), null);
    this.heard.push(...saidIn(batch));
  }
}

/** The messages of a batch. */
export function saidIn(batch: readonly unknown[]): Said[] {
  const all: Said[] = [];
  for (let at = 0; at < batch.length;) {
    const kind = batch[at] as number;
    const end = at + 1 + arity(kind);
    all.push([names.get(kind) as MessageName, ...batch.slice(at + 1, end)]);
    at = end;
  }
  return all;
}
