/**
 * The service in a process of its own, as `deno task start` runs it.
 *
 * @module
 */

const root = new URL("..", import.meta.url);
/** Longest wait for anything that must happen. */
const ceilingMs = 30_000;
/** As `deno task start` has them. */
const startFlags = ["--no-code-cache", "--v8-flags=--expose-gc"];

/** A running service. */
export interface Served extends AsyncDisposable {
  readonly pid: number;
  readonly url: string;
  /** Ends it as a loss of power would. */
  kill(): Promise<void>;
}

/** Starts `serve` over the folder `data` and waits until it takes jobs. */
export async function startService(
  data: string,
  tasks: string,
  ...flags: readonly string[]
): Promise<Served> {
  const port = freePort();
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", ...startFlags, "main.ts", "serve", "--port", String(port)]
      .concat(["--data", data, "--tasks", tasks, ...flags]),
    cwd: root,
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const said = new Response(process.stderr).text();
  let running = true;
  const ended = process.status.finally(() => running = false);
  const end = async (signal: Deno.Signal) => {
    if (running) process.kill(signal);
    await Promise.all([ended, said]);
  };
  try {
    await until(async () => {
      if (!running) throw new Error(`The service ended: ${await said}`);
      return await ready(port);
    });
  } catch (error) {
    await end("SIGKILL");
    throw error;
  }
  return {
    pid: process.pid,
    url: `http://127.0.0.1:${port}`,
    kill: () => end("SIGKILL"),
    [Symbol.asyncDispose]: () => end("SIGTERM"),
  };
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

async function ready(port: number): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/readyz`);
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false; // Not listening yet.
  }
}

/** Waits for a condition, at most 30 s. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadlineMs = performance.now() + ceilingMs;
  while (!await condition()) {
    if (performance.now() > deadlineMs) throw new Error(`Waited ${ceilingMs} ms in vain`);
    await sleep(20);
  }
}

/** Waits so long. */
export const sleep = (ms: number): Promise<void> =>
  new Promise<void>((resolve) => setTimeout(resolve, ms));
