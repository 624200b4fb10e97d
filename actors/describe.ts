/**
 * Asks one worker what tasks want of their runtime.
 *
 * @module
 */
import { arity, encode, malformed, messages } from "../messages/wire.ts";
import { describeExit } from "./exit.ts";
import type { Clock, Grant, Processes } from "./ports.ts";
import type { Refusal } from "./runtime.ts";

/** Longest time a task's module, or a worker program, may take to tell about itself, ms. */
const loadMs = 10_000;

/** That time is counted in steps of this length, ms: one in which we were stopped is no longer. */
const stepMs = 1_000;

/** Why there is no answer: it ended before it gave one, took too long, or was not even started. */
export type Code = "task_load_failed" | "load_timeout" | "spawn_failed";

/** What is asked, and of whom. */
export interface Question {
  /** Modules of tasks, or an empty text: all tasks of a worker program. */
  readonly sources: readonly string[];
  readonly grant: Grant;
  /** What is thrown where a source can't be described. */
  readonly refuse: (code: Code, source: string, because: string) => Refusal;
}

/**
 * Answers in the order of the sources, as the worker gave them: nobody has looked at them. Rejects
 * with what `refuse` makes.
 */
export function describe(
  { sources, grant, refuse }: Question,
  { processes, clock }: { readonly processes: Processes; readonly clock: Clock },
): Promise<unknown[]> {
  const answers: unknown[] = [];
  const described = messages.described;
  return new Promise((resolve, reject) => {
    let settled: (() => void) | null = null;
    let isConnected = false;
    let complaint: string | null = null;
    const disarm = awake(clock, () => {
      const waiting = sources[answers.findIndex((answer) => answer === undefined)] ??
        sources[answers.length]!;
      const what = isConnected ? "" : ", not even a hello with its generation and nonce";
      const because = `no answer within ${loadMs / 1000} s${what}`;
      finish(() => reject(refuse("load_timeout", waiting, because)));
    });
    const condemn = (because: string) => {
      complaint ??= `protocol_error: ${because}`;
      process.kill("SIGKILL");
    };
    const process = processes.spawn({ seat: 0, generation: 1, grant }, {
      connected() {
        isConnected = true;
        sources.forEach((source, i) => process.send(encode(messages.describe.kind, i, source)));
      },
      frame(batch) {
        const wrong = malformed(batch, "up");
        if (wrong) return condemn(wrong);
        for (let at = 0; at < batch.length; at += 1 + arity(batch[at] as number)) {
          const request = batch[at + 1] as number;
          if (batch[at] !== described.kind || request >= sources.length) continue;
          answers[request] = batch[at + 2];
        }
        if (Object.keys(answers).length === sources.length) finish(() => resolve(answers));
      },
      garbage: condemn,
      exited: (exit) => {
        disarm();
        if (settled) return settled();
        const how = complaint ?? `worker ${describeExit(exit)}`;
        reject(refuse("task_load_failed", sources[0]!, how));
      },
      failed: (because) => {
        disarm();
        reject(refuse("spawn_failed", sources[0]!, `a worker can't be started: ${because}`));
      },
    });
    /** Answers when the process is gone, so that nothing of it outlives the call. */
    function finish(then: () => void) {
      if (settled) return;
      settled = then;
      disarm();
      process.kill("SIGKILL");
    }
  });
}

/** Calls `fn` after `loadMs` in which we were not stopped; returns how to leave that. */
function awake(clock: Clock, fn: () => void): () => void {
  let left = loadMs / stepMs;
  let disarm = () => {};
  const next = () => {
    disarm = clock.at(clock.nowMs() + stepMs, () => --left > 0 ? next() : fn());
  };
  next();
  return () => disarm();
}
