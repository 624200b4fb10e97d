/**
 * The job log of `map`: one row a command in the columns of GNU parallel, so that a run can be
 * taken up where it stopped.
 *
 * @module
 */
import { constants } from "node:os";
import type { Outcome } from "../messages/outcome.ts";
import { Refusal } from "../actors/runtime.ts";
import { readLines } from "./lines.ts";

const header = "Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand";

/** Longest row that is read back: a command of 128 KiB can grow eightfold when it is quoted. */
const rowBytesMax = 1_048_576 + 4_096;

/** What the log says of one command. */
export interface LoggedCommand {
  readonly seq: number;
  /** The command as text without tabs and newlines. */
  readonly command: string;
  readonly outcome: Outcome;
  /** When it ended, epoch ms. */
  readonly endedAt: number;
  /** Bytes it wrote to stdout. */
  readonly receivedBytes: number;
}

/** Which commands of an earlier run need not run again: none, all that ended, or those that did well. */
export type Resume = "none" | "ended" | "succeeded";

/** What an earlier run did. */
export interface Done {
  /**
   * Whether this command need not run again; `command` is null where the text can't be compared.
   * Throws a Refusal when another one was logged under this number: then the log belongs to other
   * input.
   */
  has(seq: number, command: string | null): boolean;
}

/** A job log that is being written. */
export interface JobLog extends Done, AsyncDisposable {
  /** Adds a row; it is in the file when this resolves. */
  add(logged: LoggedCommand): Promise<void>;
}

/** Opens a job log: empties the file, or keeps its rows and adds to them. */
export async function openJobLog(path: string, resume: Resume): Promise<JobLog> {
  const { rows, keptBytes } = await readJobLog(path, resume);
  const file = await create(path);
  const encoder = new TextEncoder();
  // A row that was cut off by a crash is written anew, not continued.
  await file.truncate(keptBytes);
  await file.seek(0, Deno.SeekMode.End);
  const write = (line: string) => writeAll(file, encoder.encode(`${line}\n`));
  if (keptBytes === 0) await write(header);
  return {
    has: hasIn(rows, path),
    add: (logged) => write(toRow(logged)),
    [Symbol.asyncDispose]: () => Promise.resolve(file.close()),
  };
}

/** Looks into a job log and leaves it as it is. */
export async function lookIntoJobLog(path: string, resume: Resume): Promise<Done> {
  const { rows } = await readJobLog(path, resume);
  return { has: hasIn(rows, path) };
}

function hasIn(rows: ReadonlyMap<number, number>, path: string): Done["has"] {
  return (seq, command) => {
    const logged = rows.get(seq);
    if (logged === undefined) return false;
    if (command === null || logged === fingerprint(command)) return true;
    throw new Refusal(
      "usage",
      `${path} belongs to other input: its row ${seq} is not ${command.slice(0, 200)}`,
    );
  };
}

/** One row of the log. */
export function toRow({ seq, command, outcome, endedAt, receivedBytes }: LoggedCommand): string {
  const signal = outcome.signal ? constants.signals[outcome.signal as NodeJS.Signals] ?? 0 : 0;
  return [
    seq,
    ":",
    ((endedAt - outcome.durationMs) / 1_000).toFixed(3),
    (outcome.durationMs / 1_000).toFixed(3).padStart(10),
    0,
    receivedBytes,
    outcome.exitCode ?? (signal > 0 ? 0 : -1),
    signal,
    command,
  ].join("\t");
}

async function readJobLog(
  path: string,
  resume: Resume,
): Promise<{ readonly rows: Map<number, number>; readonly keptBytes: number }> {
  const rows = new Map<number, number>();
  if (resume === "none") return { rows, keptBytes: 0 };
  const file = await Deno.open(path).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  });
  if (file === null) return { rows, keptBytes: 0 };
  const { size } = await file.stat();
  let keptBytes = 0;
  for await (const { text } of readLines(file.readable, { lineBytesMax: rowBytesMax })) {
    const end = keptBytes + new TextEncoder().encode(text).length + 1;
    if (end > size) break;
    if (keptBytes > 0) {
      const columns = text.split("\t");
      if (columns.length !== 9 || !/^\d{1,15}$/.test(columns[0]!)) throw notALog(path);
      // Who was run again has two rows, and the later one holds.
      const failed = columns[6] !== "0" || columns[7] !== "0";
      if (failed && resume === "succeeded") rows.delete(Number(columns[0]));
      else rows.set(Number(columns[0]), fingerprint(columns[8]!));
    } else if (text !== header) {
      throw notALog(path);
    }
    keptBytes = end;
  }
  return { rows, keptBytes };
}

/** FNV-1a: a million commands are remembered as numbers, not as texts. */
function fingerprint(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return hash >>> 0;
}

function notALog(path: string): Refusal {
  return new Refusal("usage", `${path} is not a job log: expected the rows of an earlier run`);
}

async function create(path: string): Promise<Deno.FsFile> {
  try {
    return await Deno.open(path, { create: true, write: true });
  } catch (error) {
    throw new Refusal("cannot_create", `cannot write the job log ${path}: ${reason(error)}`);
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let from = 0; from < bytes.length;) from += await file.write(bytes.subarray(from));
}
