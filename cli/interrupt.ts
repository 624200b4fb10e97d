/**
 * Ctrl-C and its like: the first asks for an orderly end, the second for the end.
 *
 * @module
 */
import type { Runtime } from "../actors/runtime.ts";
import { exit } from "./exit.ts";

const signals = ["SIGINT", "SIGTERM"] as const;

/** How long running jobs may go on after the first signal, ms. */
const drainMs = 25_000;
/** How long an end may take after the second, ms. */
const hardStopMs = 1_000;

/** A runtime that ends when it is told to. */
export interface Interrupts extends Disposable {
  /** Resolves with the first signal; never without one. */
  readonly asked: Promise<Deno.Signal>;
  /** Aborted by the first signal. */
  readonly signal: AbortSignal;
  /** From now on signals are for `runtime`; one that has come already is passed on. */
  guard(runtime: Pick<Runtime, "close">): void;
}

/**
 * Listens for SIGINT and SIGTERM. At the first, what has begun may end within 25 s; at the second,
 * the runtime is stopped hard, and if even that takes longer than 1 s, so is this process.
 * What it does is told to `tell`.
 */
export function onInterrupt(
  codeOf: (signal: Deno.Signal) => number = () => exit.interrupted,
  tell: (line: string) => void = console.error,
) {
  const asked = Promise.withResolvers<Deno.Signal>();
  const aborted = new AbortController();
  let runtime: Pick<Runtime, "close"> | null = null;
  let first: Deno.Signal | null = null;

  function ask(signal: Deno.Signal) {
    tell(
      `flyball: ${signal}: letting running jobs end, at most ${drainMs / 1_000} s; ` +
        "once more stops them",
    );
    void runtime?.close({ drainMs, begunOnly: true });
    aborted.abort();
    asked.resolve(signal);
  }

  function insist(signal: Deno.Signal) {
    if (!runtime) Deno.exit(codeOf(signal));
    setTimeout(() => Deno.exit(codeOf(signal)), hardStopMs);
    void runtime.close({ drainMs: 0 }).finally(() => Deno.exit(codeOf(signal)));
  }

  const listeners = signals.map((signal) => {
    const listener = () => {
      if (first !== null) return insist(signal);
      first = signal;
      ask(signal);
    };
    Deno.addSignalListener(signal, listener);
    return () => Deno.removeSignalListener(signal, listener);
  });
  const interrupts: Interrupts = {
    asked: asked.promise,
    signal: aborted.signal,
    guard(given) {
      runtime = given;
      if (first !== null) void runtime.close({ drainMs, begunOnly: true });
    },
    [Symbol.dispose]: () => listeners.forEach((remove) => remove()),
  };
  return interrupts;
}
