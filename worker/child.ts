/**
 * A started program, however it was started.
 *
 * @module
 */

/** What is to be started. */
export interface Program {
  /** The file, an absolute path. */
  readonly path: string;
  /** Its arguments; the first is the name it goes by. */
  readonly argv: readonly string[];
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Whether it is given input. */
  readonly hasInput: boolean;
}

/** Takes what a program writes; the bytes are not changed any more. */
export type Take = (bytes: Uint8Array) => void;

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
  /** Resolves when it has exited. */
  readonly exited: Promise<Exit>;
  /** Resolves when all that it has written was taken, or after `stop`. */
  readonly closed: Promise<void>;
  /** Takes no more of what is written. */
  stop(): void;
  /** Sends a signal to its session, also when it has exited itself; to it alone before it has one. */
  signal(signal: "SIGTERM" | "SIGKILL"): void;
}

/** Starts a program; throws an error that names what the system answered, `(os error N)`. */
export type Launch = (program: Program, stdout: Take, stderr: Take) => Child;
