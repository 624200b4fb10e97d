/**
 * Starts programs by `Deno.Command`.
 *
 * @module
 */
import { type Child, type Hearer, type Launch, shortMs, type Stream } from "./child.ts";

/**
 * `session` is the program that makes a session; null where there is none. Then Deno does it, and
 * copies its own page tables for it: 1 to 2 ms.
 */
export const launcher = (session: string | null): Launch => (program, hearer): Child => {
  const { path, argv, environment, env, cwd, hasInput } = program;
  const [name = path, ...rest] = argv;
  const words = session === null ? [name, ...rest] : [session, name, ...rest];
  const child = new Deno.Command(words[0]!, {
    args: words.slice(1),
    cwd,
    env: { ...environment, ...env },
    clearEnv: true,
    detached: session === null,
    stdin: hasInput ? "piped" : "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const readers = [child.stdout.getReader(), child.stderr.getReader()] as const;
  let [isOver, isOpen] = [false, true];
  const growing = setTimeout(() => hearer.grown(), shortMs);
  child.status.then(({ code, signal }) => {
    isOver = true;
    clearTimeout(growing);
    hearer.exited({ code: signal === null ? code : null, signal, used: null });
  });
  Promise.all([drain(readers[0], 1, hearer), drain(readers[1], 2, hearer)]).then(() => {
    isOpen = false;
    if (isOver) hearer.closed();
  });
  return {
    pid: child.pid,
    stdin: hasInput ? child.stdin : null,
    get isOpen() {
      return isOpen;
    },
    stop() {
      for (const reader of readers) reader.cancel().catch(() => {});
    },
    signal(signal) {
      if (!sent(-child.pid, signal) && !isOver) sent(child.pid, signal);
    },
  };
};

/** Sends a signal; false where there is nobody. */
function sent(pid: number, signal: Deno.Signal): boolean {
  try {
    Deno.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}

async function drain(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  stream: Stream,
  hearer: Hearer,
): Promise<void> {
  for (;;) {
    const { value, done } = await reader.read().catch(() => ({ value: undefined, done: true }));
    if (done || !value) return;
    hearer.wrote(stream, value);
  }
}
