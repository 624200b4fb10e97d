/**
 * Real runtimes for tests: real processes, tasks of our own.
 *
 * @module
 */
import { assert } from "@std/assert";
import type { ConfigInput } from "../actors/config.ts";
import type { Fact } from "../messages/facts.ts";
import type { Outcome } from "../messages/outcome.ts";
import { createRuntime, JobError, type RuntimeOf, taskFile } from "../mod.ts";
import type { Toy } from "./tasks/toy.ts";

/** The address of a file beside this one. */
export const beside = (path: string): URL => new URL(path, import.meta.url);

/** The tasks of the tests. */
export const tasks = {
  toy: taskFile<typeof import("./tasks/toy.ts")>(beside("./tasks/toy.ts")),
  picky: taskFile<typeof import("./tasks/picky.ts")>(beside("./tasks/picky.ts")),
};

/** A runtime with the tasks of the tests. */
export type Live = RuntimeOf<typeof tasks>;

/** A real runtime, in memory or over `data`. */
export function live(config: ConfigInput = {}, data?: string): Promise<Live> {
  return createRuntime({ tasks, config, ...(data === undefined ? {} : { data }) });
}

/** Exactly `count` workers. */
export const fixedAt = (count: number): ConfigInput => ({
  pools: {
    default: { workers: { min: count, max: count }, policy: { name: "fixed", workers: count } },
  },
});

/** The outcome of a toy that does not end `done`. */
export async function ending(runtime: Live, toy: Toy, options = {}): Promise<Outcome> {
  try {
    const output = await runtime.run("toy", toy, options);
    throw new Error(`was done: ${JSON.stringify(output)}`);
  } catch (error) {
    assert(error instanceof JobError, String(error));
    return error.outcome;
  }
}

/** Gathers facts from now on, until disposed. */
export function gather(runtime: Pick<Live, "facts">) {
  const stop = new AbortController();
  const facts: Fact[] = [];
  const reading = (async () => {
    for await (const stamped of runtime.facts({ signal: stop.signal })) {
      if ("fact" in stamped) facts.push(stamped.fact);
    }
  })();
  return {
    facts,
    of: <T extends Fact["type"]>(type: T) =>
      facts.filter((fact): fact is Extract<Fact, { type: T }> => fact.type === type),
    async [Symbol.asyncDispose]() {
      stop.abort();
      await reading;
    },
  };
}

/** True while a process lives; one that has ended and was not waited for does not. */
export function lives(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/s.test(Deno.readTextFileSync(`/proc/${pid}/stat`));
  } catch {
    return false;
  }
}

/** Pids of living processes that carry `text` in their environment, arguments or folder. */
export function processesWith(text: string): number[] {
  const pids: number[] = [];
  for (const { name } of Deno.readDirSync("/proc")) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === Deno.pid || !lives(pid)) continue;
    try {
      const about = Deno.readTextFileSync(`/proc/${pid}/environ`) +
        Deno.readTextFileSync(`/proc/${pid}/cmdline`) + Deno.readLinkSync(`/proc/${pid}/cwd`);
      if (about.includes(text)) pids.push(pid);
    } catch { /* it has just ended, or is not ours to look at */ }
  }
  return pids;
}

/** A folder of one test, taken away at its end. */
export async function tempFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await Deno.makeTempDir({ prefix: "flyball-test-" });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}
