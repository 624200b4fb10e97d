/**
 * How processes end, in the words of outcomes.
 *
 * @module
 */
import type { Category } from "../messages/outcome.ts";
import type { Exit } from "./ports.ts";

/** Category and code of an ending that was not `done`. */
export interface Cause {
  readonly category: Category;
  readonly code: string;
}

/** What the last words of V8 are when its heap is full: Deno's, and Node's. */
const heapIsFull = /JavaScript (heap )?out of memory|Reached heap limit/;

/** Signals that a process brings upon itself. */
const faults = /^SIG(SEGV|BUS|ILL|FPE|ABRT|TRAP|SYS)$/;

/** What an ending looks like and what it is called; the first row that fits counts. */
const endings: readonly (readonly [fits: (exit: Exit) => boolean, Category, code: string])[] = [
  // V8 ends itself by SIGTRAP in Deno and by SIGABRT in Node; a shell adds 128 to the number.
  [
    ({ code, signal, stderrTail }) =>
      (/^SIG(TRAP|ABRT)$/.test(signal ?? "") || code === 133 || code === 134) &&
      heapIsFull.test(stderrTail),
    "oom",
    "oom_heap",
  ],
  [({ signal }) => signal === "SIGXCPU", "signal", "cpu_limit"],
  [({ signal }) => signal === "SIGXFSZ", "signal", "file_size_limit"],
  [({ signal }) => faults.test(signal ?? ""), "signal", "crashed"],
  [({ signal }) => signal !== null, "signal", "killed_external"],
  [({ code }) => code !== 0, "exit", "exit_nonzero"],
  [() => true, "exit", "no_result"],
];

/** What an exit that nobody asked for is called. */
export function causeOf(exit: Exit): Cause {
  const [, category, code] = endings.find(([fits]) => fits(exit))!;
  return { category, code };
}

/** How a worker ended, and what it means for the jobs it had. */
export interface Death {
  readonly cause: Cause;
  readonly because: string;
  /** We ended it in the course of things; no job of it can be blamed. */
  readonly ours: boolean;
}

/** What a worker is killed for: noted before the signal is sent. */
export interface Sentence {
  readonly because: string;
  /** As `ours` of {@link Death}. */
  readonly ours: boolean;
}

/** Why a worker ended; `exit` is null when its process could not be started. */
export function deathOf(exit: Exit | null, how: string, sentence: Sentence | null): Death {
  if (sentence) {
    return { cause: { category: "signal", code: "worker_condemned" }, ...sentence };
  }
  if (exit === null) {
    return { cause: { category: "spawn", code: "worker_not_started" }, because: how, ours: false };
  }
  const { category, code } = causeOf(exit);
  const crashed = code === "crashed" || code === "exit_nonzero";
  return {
    cause: { category, code: crashed ? "worker_crashed" : code },
    because: how,
    ours: false,
  };
}

/** How a process ended: what it was, and the last line it said. */
export function describeExit({ code, signal, stderrTail }: Exit): string {
  const last = stderrTail.trim().split("\n").at(-1)?.slice(0, 200) ?? "";
  const how = signal !== null ? `ended by ${signal}` : `exited with ${code}`;
  return last === "" ? how : `${how}: ${last}`;
}
