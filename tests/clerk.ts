/**
 * One process that runs many command lines in turn, each in its folder, with its input and its
 * environment: most of what a process of its own costs is paid once. As a program it is that
 * process; exit codes and streams of a real one stay with those tests that start one.
 *
 * @module
 */
import { flyball } from "../cli/flyball.ts";
import { readLines } from "../cli/lines.ts";
import { type Ended, keptEnv, type Place } from "./command_line.ts";

type Task = { readonly args: readonly string[] } & Omit<Place, "program">;

/** Who runs command lines for a test, one at a time. */
export interface Clerk extends AsyncDisposable {
  /** Runs a command line to its end. */
  flyball(args: readonly string[], place: Omit<Place, "program">): Promise<Ended>;
}

/** Starts one; it ends when it is disposed of. */
export function startClerk(): Clerk {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-A", "--no-prompt", "--no-check", import.meta.filename!],
    clearEnv: true,
    env: keptEnv(),
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const requests = child.stdin.getWriter();
  const answers = readLines(child.stdout, { lineBytesMax: 2 ** 24 });
  const work = async (task: Task): Promise<Ended> => {
    await requests.write(new TextEncoder().encode(`${JSON.stringify(task)}\n`));
    const { value } = await answers.next();
    if (!value) throw new Error(`The clerk is gone with ${task.args.join(" ")}`);
    return JSON.parse(value.text);
  };
  let last: Promise<unknown> = Promise.resolve();
  return {
    flyball(args, place) {
      const ended = last.then(() => work({ args, ...place }));
      last = ended.catch(() => {});
      return ended;
    },
    async [Symbol.asyncDispose]() {
      await last;
      await requests.close();
      await answers.return(undefined);
      await child.status;
    },
  };
}

/** Runs one command line here, as if this process were its own. */
async function perform({ args, cwd, input = "", env = {} }: Task): Promise<Ended> {
  const said = { stdout: "", stderr: "" };
  Deno.chdir(cwd);
  Object.entries(env).forEach(([name, value]) => Deno.env.set(name, value));
  Object.defineProperty(Deno.stdin, "readable", {
    value: new Blob([input]).stream(),
    configurable: true,
  });
  console.log = (text) => said.stdout += `${text}\n`;
  console.error = (text) => said.stderr += `${text}\n`;
  for (const name of ["stdout", "stderr"] as const) {
    const text = new TextDecoder();
    const writeSync = (bytes: Uint8Array) => {
      said[name] += text.decode(bytes, { stream: true });
      return bytes.length;
    };
    const write = (bytes: Uint8Array) => Promise.resolve(writeSync(bytes));
    Object.assign(Deno[name], { write, writeSync });
  }
  const code = await flyball(args);
  Object.keys(env).forEach((name) => Deno.env.delete(name));
  return { code, ...said };
}

if (import.meta.main) {
  const write = Deno.stdout.writeSync.bind(Deno.stdout);
  for await (const { text } of readLines(Deno.stdin.readable, { lineBytesMax: 2 ** 24 })) {
    const bytes = new TextEncoder().encode(`${JSON.stringify(await perform(JSON.parse(text)))}\n`);
    for (let at = 0; at < bytes.length;) at += write(bytes.subarray(at));
  }
}
