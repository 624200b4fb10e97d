/**
 * The task of the tests: its input says how it shall end.
 *
 * @module
 */
import { type Context, defineTask } from "../../task.ts";

/** What the task can be asked to do. */
export type Toy =
  | { readonly do: "echo"; readonly value?: unknown }
  /** In its first attempt for `firstMs`, where that is given. */
  | { readonly do: "nap"; readonly ms: number; readonly firstMs?: number; readonly value?: unknown }
  /** Holds the thread, as synchronous work does, without burning CPU. */
  | { readonly do: "block"; readonly ms: number; readonly value?: unknown }
  /** Says that it has begun, by the file `path.begun`, and holds the thread until `path` is there. */
  | { readonly do: "gate"; readonly path: string }
  /** Holds the thread and burns CPU. */
  | { readonly do: "spin"; readonly ms: number; readonly value?: unknown }
  | { readonly do: "hang" }
  /** Fills its heap. */
  | { readonly do: "hog" }
  /** Ends only when it is told to. */
  | { readonly do: "heed" }
  | { readonly do: "throw" | "reject" | "forget" | "late"; readonly text?: string }
  /** Ends its process, with 3 unless told otherwise, at once or `afterMs`. */
  | { readonly do: "exit"; readonly code?: number; readonly afterMs?: number }
  /** Computes without end after a first `await`. */
  | { readonly do: "resume"; readonly ms: number }
  /** Says how far it is every `everyMs`, `times` times, then waits for good. */
  | { readonly do: "beat"; readonly everyMs: number; readonly times: number }
  | { readonly do: "circle" | "function" | "bigint" | "nothing" }
  | { readonly do: "long"; readonly length: number }
  | { readonly do: "read"; readonly path: string }
  /** Burns CPU, or takes memory outside of the heap and keeps it, for `ms`. */
  | { readonly do: "burn"; readonly ms: number }
  | { readonly do: "hold"; readonly bytes: number; readonly ms: number }
  /** The same, for as long as its worker lives. */
  | { readonly do: "keep"; readonly bytes: number }
  | { readonly do: "attempt" | "pid" }
  /** Ends its process in its first attempt and throws in all others. */
  | { readonly do: "exitThenThrow" }
  /** Prints on both streams of its process. */
  | { readonly do: "print"; readonly text: string }
  | { readonly do: "tell"; readonly lines: number }
  /** Says what it took of units, then is done, or fails and says when to come again. */
  | {
    readonly do: "took";
    readonly units: Readonly<Record<string, number>>;
    readonly retryAfterMs?: number;
  };

export default defineTask({
  run: (toy: Toy, context): unknown => {
    switch (toy.do) {
      case "echo":
        return toy.value;
      case "nap":
        return nap(toy, context.attempt);
      case "block":
        return block(toy.ms, toy.value);
      case "gate":
        return gate(toy.path);
      case "spin":
        return burn(toy.ms) && toy.value;
      case "hang":
        for (;;);
      case "hog":
        for (const all: unknown[] = [];;) all.push(new Array(1_000).fill(all.length));
      case "heed":
        return new Promise((_, reject) => {
          const stop = () => reject(context.signal.reason);
          if (context.signal.aborted) stop();
          else context.signal.addEventListener("abort", stop);
        });
      case "throw":
        throw new Error(toy.text ?? "thrown");
      case "reject":
        return Promise.reject(new TypeError(toy.text ?? "rejected"));
      case "exit":
        return exit(toy.code ?? 3, toy.afterMs);
      case "resume":
        return resume(toy.ms);
      case "beat":
        return beat(toy, context);
      case "forget":
        Promise.reject(new Error(toy.text ?? "forgotten"));
        return new Promise((resolve) => setTimeout(() => resolve("still here"), 5));
      case "late":
        return late(toy.text ?? "late");
      case "attempt":
        return context.attempt;
      case "pid":
        return Deno.pid;
      case "exitThenThrow":
        if (context.attempt === 1) Deno.exit(4);
        throw new Error(`attempt ${context.attempt}`);
      case "read":
        return Deno.readTextFileSync(toy.path);
      case "burn":
        return burn(toy.ms);
      case "hold":
        return hold(new Uint8Array(toy.bytes).fill(1), toy.ms);
      case "keep":
        return kept.push(new Uint8Array(toy.bytes).fill(1));
      case "long":
        return "x".repeat(toy.length);
      case "print":
        return print(toy.text);
      case "tell":
        return tell(toy.lines, context);
      case "took":
        return took(toy, context);
      case "circle":
        return circle();
      case "function":
        return circle;
      case "bigint":
        return 1n;
      case "nothing":
        return undefined;
    }
  },
});

function nap({ ms, firstMs = ms, value }: Toy & { do: "nap" }, attempt: number): Promise<unknown> {
  return new Promise((resolve) => setTimeout(() => resolve(value), attempt === 1 ? firstMs : ms));
}

function block(ms: number, value: unknown): unknown {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
  return value;
}

function gate(path: string): void {
  Deno.writeTextFileSync(`${path}.begun`, "");
  const nobody = new Int32Array(new SharedArrayBuffer(4));
  while (!isThere(path)) Atomics.wait(nobody, 0, 0, 1);
}

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

function took({ units, retryAfterMs }: Toy & { readonly do: "took" }, context: Context): string {
  context.took(units);
  if (retryAfterMs === undefined) return "done";
  throw Object.assign(new Error("429"), { retryAfterMs });
}

function exit(code: number, afterMs?: number): Promise<never> {
  if (afterMs === undefined) Deno.exit(code);
  return new Promise(() => setTimeout(() => Deno.exit(code), afterMs));
}

const kept: Uint8Array[] = [];

function tell(lines: number, { log, progress }: Context): number {
  for (let line = 1; line <= lines; line++) {
    log(`line ${line}`);
    progress(line / lines);
  }
  return lines;
}

async function resume(ms: number): Promise<string> {
  await new Promise((resolve) => setTimeout(resolve, 1));
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
  return "whole";
}

async function beat(
  { everyMs, times }: { readonly everyMs: number; readonly times: number },
  { progress, signal }: Context,
): Promise<never> {
  for (let n = 1; n <= times; n++) {
    await new Promise((resolve) => setTimeout(resolve, everyMs));
    progress(n);
  }
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason));
  });
}

function print(text: string): string {
  console.log(text);
  console.error(text);
  return "printed";
}

function circle(): unknown {
  const round: { self?: unknown } = {};
  return round.self = round;
}

function burn(ms: number): number {
  for (const untilMs = performance.now() + ms; performance.now() < untilMs;);
  return ms;
}

function hold(bytes: Uint8Array, ms: number): Promise<number> {
  return new Promise((resolve) => setTimeout(() => resolve(bytes.length), ms));
}

function late(text: string): Promise<string> {
  setTimeout(() => {
    throw new Error(text);
  }, 1);
  return new Promise((resolve) => setTimeout(() => resolve("still here"), 10));
}
