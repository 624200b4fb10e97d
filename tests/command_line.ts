/**
 * The command line in a process of its own, in a directory of its own.
 *
 * @module
 */
import { join } from "node:path";

const main = new URL("../main.ts", import.meta.url).pathname;

/** What a program left behind. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Where and how the command line runs. */
export interface Place {
  /** The Deno that runs it. Default: ours. */
  readonly program?: string;
  readonly cwd: string;
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs the command line to its end. */
export async function flyball(args: readonly string[], place: Place): Promise<Ended> {
  const child = spawn(args, place);
  const [{ code, stdout, stderr }] = await Promise.all([child.output(), feed(child, place)]);
  const text = new TextDecoder();
  return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
}

/** A command line that goes on until it is told to stop. */
export interface Started extends AsyncDisposable {
  readonly pid: number;
  /** Resolves with the first line, on stdout or stderr, that matches; waits 30 s at most. */
  line(pattern: RegExp): Promise<string>;
  kill(signal: Deno.Signal): void;
  readonly ended: Promise<Ended>;
}

/** Starts the command line and lets it run. */
export function startFlyball(args: readonly string[], place: Place): Started {
  const child = spawn(args, place);
  const said = { stdout: "", stderr: "" };
  const waiting = new Set<() => void>();
  const listen = async (name: "stdout" | "stderr") => {
    for await (const text of child[name].pipeThrough(new TextDecoderStream())) {
      said[name] += text;
      waiting.forEach((look) => look());
    }
  };
  const heard = Promise.all([listen("stdout"), listen("stderr"), feed(child, place)]);
  let over = false;
  const ended = heard.then(async () => {
    const { code } = await child.status;
    over = true;
    return { code, ...said };
  });
  return {
    pid: child.pid,
    line: (pattern) => {
      const { promise, resolve, reject } = Promise.withResolvers<string>();
      const look = () => {
        const lines = `${said.stdout}\n${said.stderr}`.split("\n");
        const found = lines.find((line) => pattern.test(line));
        if (found !== undefined) resolve(found);
      };
      const fail = () => reject(new Error(`no line matches ${pattern} in: ${said.stderr}`));
      // Looks, not time: a machine that was stopped did not wait.
      let looks = 30;
      const timer = setInterval(() => --looks > 0 || fail(), 1_000);
      waiting.add(look);
      ended.then(fail);
      look();
      return promise.finally(() => {
        clearInterval(timer);
        waiting.delete(look);
      });
    },
    kill: (signal) => child.kill(signal),
    ended,
    [Symbol.asyncDispose]: async () => {
      if (!over) child.kill("SIGKILL");
      await ended;
    },
  };
}

async function feed({ stdin }: Deno.ChildProcess, { input = "" }: Place): Promise<void> {
  const writer = stdin.getWriter();
  try {
    await writer.write(new TextEncoder().encode(input));
    await writer.close();
  } catch { /* A program that refuses its arguments never reads its input. */ }
}

/** What a command line finds in its environment unless a test says more. */
export function keptEnv(): Readonly<Record<string, string>> {
  const kept = ["PATH", "HOME", "DENO_DIR", "TMPDIR"].flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [[name, value]];
  });
  return { ...Object.fromEntries(kept), NO_COLOR: "1" };
}

function spawn(
  args: readonly string[],
  { cwd, env = {}, program = Deno.execPath() }: Place,
): Deno.ChildProcess {
  return new Deno.Command(program, {
    args: ["run", "--quiet", "-A", "--no-prompt", main, ...args],
    cwd,
    clearEnv: true,
    env: { ...keptEnv(), ...env },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Gives a test a folder with these files. */
export async function inFolder(
  files: Readonly<Record<string, string>>,
  test: (cwd: string) => Promise<void>,
): Promise<void> {
  const cwd = await Deno.makeTempDir({ prefix: "flyball-cli-" });
  try {
    for (const [name, text] of Object.entries(files)) {
      await Deno.writeTextFile(join(cwd, name), text);
    }
    await test(cwd);
  } finally {
    await Deno.remove(cwd, { recursive: true });
  }
}
