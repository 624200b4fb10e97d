/**
 * A started program, however it was started.
 *
 * @module
 */
import type { Variables } from "./start.ts";

/** What is to be started. */
export interface Program {
  /** The file, an absolute path. */
  readonly path: string;
  /** Its arguments; the first is the name it goes by. */
  readonly argv: readonly string[];
  /** What many programs are given alike: for all of them the same object, which does not change. */
  readonly environment: Variables;
  /** Variables of its own, above those. */
  readonly env: Variables;
  readonly cwd: string;
  /** Whether it is given input. */
  readonly hasInput: boolean;
}

/** What a program writes to: 1 its standard output, 2 its standard error. */
export type Stream = 1 | 2;

/** Who hears of a program. */
export interface Hearer {
  /** Takes what it writes; the bytes are not changed any more. */
  wrote(stream: Stream, bytes: Uint8Array): void;
  /** Called once when it has run for {@link shortMs} or a little longer; not where it ends before. */
  grown(): void;
  /** Called once when it has exited, in a later turn than it was started or while it is attended. */
  exited(exit: Exit): void;
  /** Called where it was open when it had exited, and no longer is: all that was written is taken. */
  closed(): void;
}

/** A program that ends sooner is short: nobody needs to hear of its start, ms. */
export const shortMs = 4;

/** How a program has exited: one of `code` and `signal` is set. */
export interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
  /** What it has used and what those that it has waited for, null where nobody has counted. */
  readonly used: Used | null;
}

/** What the kernel has counted. */
export interface Used {
  readonly cpuMs: number;
  /** Read from disks and written to them. */
  readonly ioBytes: number;
}

/** A program that was started in a session of its own. */
export interface Child {
  readonly pid: number;
  /** Its input, null where it has none. */
  readonly stdin: WritableStream<Uint8Array> | null;
  /** False when all that it has written was taken, or after `stop`. */
  readonly isOpen: boolean;
  /** Takes no more of what is written. */
  stop(): void;
  /** Sends a signal to its session, also when it has exited itself; to it alone before it has one. */
  signal(signal: "SIGTERM" | "SIGKILL"): void;
}

/** Starts a program; throws an error that names what the system answered, `(os error N)`. */
export type Launch = (program: Program, hearer: Hearer) => Child;

/** The parent, while the thread waits for programs and the loop does not turn. */
export interface Parent {
  /** Obeys what it has said; false where that is to be left to the loop. */
  hear(): boolean;
  /** Tells it what was said so far; false where some of that is left to the loop. */
  flush(): boolean;
}

/** How programs are started. */
export interface Launcher {
  readonly launch: Launch;
  /**
   * Waits for short programs and for the parent on the thread itself, until all have run for
   * {@link shortMs} or the loop has to turn; not at all where more than they are `underWay`, which
   * may need the loop. To be called whenever the parent was heard and when a program's end was told.
   */
  attend(parent: Parent, underWay: () => number): void;
}
