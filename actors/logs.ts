/**
 * The logs of all jobs that run, within one bound, and of those that have ended.
 *
 * @module
 */
import type { ToldFact } from "../messages/facts.ts";
import type { LogPiece, LogStream } from "../messages/log.ts";
import type { Outcome } from "../messages/outcome.ts";
import { isKept, type Job } from "./job.ts";
import { JobLog } from "./job_log.ts";
import type { Clock, StoredOutcome } from "./ports.ts";
import { Ring } from "./ring.ts";

/** Characters of the logs of all open jobs together. */
const allChars = 64 * 1024 * 1024;
/** Pieces that may wait for one slow follower; then the oldest are left out. */
const behindMax = 1_024;

/** Keeps what running jobs say. */
export class Logs {
  #chars = 0;
  readonly #clock: Clock;

  /** Pieces are stamped by `clock`. */
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A job has said something. */
  told(job: Job, kind: ToldFact["kind"], value: unknown): void {
    if (kind === "progress" || !isKept(job)) return;
    const log = job.log ??= new JobLog();
    const before = log.chars;
    const piece = { at: this.#clock.wallMs(), attempt: job.attempt, stream: kind };
    log.add({ ...piece, text: String(value) }, this.#chars < allChars);
    this.#chars += log.chars - before;
  }

  /** A job has ended; its log lies in the store. */
  ended({ log }: Job): void {
    if (!log) return;
    this.#chars -= log.chars;
    log.end();
  }
}

/** What is stored of a job's log beside its outcome, which has the output of a command already. */
export function loggedOf({ log }: Job, { stdout }: Outcome): readonly LogPiece[] | undefined {
  return log && stdout === undefined ? log.pieces() : undefined;
}

/** The log of a job that has ended: as it was told, or the output of the command. */
export function endedLog({ endedAt: at, outcome, log }: StoredOutcome): readonly LogPiece[] {
  if (log) return log;
  const since = Math.floor(at - outcome.durationMs);
  const piece = (stream: LogStream, text = ""): LogPiece[] =>
    text === "" ? [] : [{ at, attempt: outcome.attempts, stream, text, since }];
  return [
    ...piece("stdout", outcome.stdout || decoded(outcome.stdoutBase64)),
    ...piece("stderr", outcome.stderr || decoded(outcome.stderrBase64)),
  ];
}

const decoded = (base64: string | undefined) =>
  base64 === undefined ? undefined : new TextDecoder().decode(Uint8Array.fromBase64(base64));

/**
 * What a job has said so far and all it says until it ends or `signal` is aborted. What a command
 * has not told before its end comes with its outcome.
 */
export async function* followLog(
  job: Job,
  clock: Pick<Clock, "wallMs">,
  signal?: AbortSignal,
): AsyncGenerator<LogPiece> {
  const log = job.log ??= new JobLog();
  const waiting = new Ring<LogPiece>();
  let droppedChars = 0;
  let heard = 0;
  let over = job.outcome !== null;
  let wake = () => {};
  for (const piece of log.pieces()) waiting.push(piece);
  const stop = log.listen((piece) => {
    if (piece === null) return end();
    waiting.push(piece);
    if (waiting.size > behindMax) droppedChars += waiting.shift()!.text.length;
    wake();
  });
  const end = () => (over = true, wake());
  signal?.addEventListener("abort", end);
  try {
    for (;;) {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        const missing = droppedChars;
        droppedChars = 0;
        heard = next.attempt;
        yield missing > 0 ? { ...next, droppedChars: missing } : next;
      }
      if (signal?.aborted) return;
      if (over) break;
      await new Promise<void>((resolve) => wake = resolve);
    }
  } finally {
    stop();
    signal?.removeEventListener("abort", end);
  }
  const { outcome } = job;
  if (outcome && heard < job.attempt) {
    yield* endedLog({ id: job.id, endedAt: clock.wallMs(), outcome });
  }
}
