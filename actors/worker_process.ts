/**
 * Worker processes as the actors see them: what they may touch, what they say, how they end.
 *
 * @module
 */

/** A worker program of somebody else's, as docs/protocol.md asks for it. */
export interface Program {
  /** What it is called in the configuration. */
  readonly name: string;
  /** The program and its arguments; socket, generation and nonce come after them. */
  readonly command: readonly string[];
  /** The folder it runs in; null: ours. */
  readonly cwd: string | null;
  /** More of its environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** What a worker may touch; workers are grouped by it. */
export interface Grant {
  /** Names the group: workers with equal keys are interchangeable. */
  readonly key: string;
  readonly kind: "task" | "command" | "describe" | "run";
  /** Deno permission flags. */
  readonly flags: readonly string[];
  /** Project configuration for resolving the task's imports, null for none. */
  readonly config: string | null;
  /** A folder that all its jobs work in; null: each job has one of its own. Default: none has. */
  readonly folder?: string | null;
  /** Who is started in the place of our own worker. */
  readonly program?: Program;
  /** File to which Deno writes every permission that is used, one a line. */
  readonly audit?: string;
  /** The pool that its workers are of. Default `default`. */
  readonly pool?: string;
}

/** How a worker process ended. */
export interface Exit {
  /** What it exited with. */
  readonly code: number;
  /** What ended it; null: it ended by itself. */
  readonly signal: string | null;
  /** The last words on stderr, at most 8 KiB. */
  readonly stderrTail: string;
}

/** What a worker process does, as its link hears it. */
export interface WorkerEvents {
  /** The process has connected and proved who it is. */
  connected(pid: number): void;
  /** A frame came: flat messages, not yet checked. */
  frame(batch: unknown[]): void;
  /** The peer broke the wire format (length, JSON, not an array); the process must go. */
  garbage(because: string): void;
  /** The process is gone and reaped. Comes exactly once, last. */
  exited(exit: Exit): void;
  /** The process could not be started. Comes instead of all others. */
  failed(because: string): void;
}

/** A worker process from its parent's side. */
export interface WorkerProcess {
  /** Null before it has one; until it has connected it may be that of who is becoming it. */
  readonly pid: number | null;
  /**
   * Time that its start took, or has taken so far, before it was asked for, ms. Left out: it was
   * started when it was asked for.
   */
  readonly aheadMs?: number;
  /** Queues messages as comma-separated JSON; all queued during a write leave as one frame. */
  send(items: string): void;
  /** What was said in this turn leaves now, not at its end. Left out: it always does. */
  hurry?(): void;
  /** Bytes queued and not yet taken by the peer. */
  readonly queuedBytes: number;
  /** Signals the process, `tree` its whole process group and marked descendants. */
  kill(signal: "SIGTERM" | "SIGKILL", tree?: boolean): void;
  /** Its command with this number has ended; what it left behind has to go. */
  left(run: number): void;
}

/** Starts worker processes. */
export interface Processes {
  spawn(
    options: { readonly seat: number; readonly generation: number; readonly grant: Grant },
    events: WorkerEvents,
  ): WorkerProcess;
  /** Ends what earlier lives of this data directory left running; returns how many it ended. */
  sweep(): number;
  /** Stops listening. Workers must be gone. */
  close(): void | Promise<void>;
}
