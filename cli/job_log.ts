/**
 * The log of a job of a running service, printed as it was written.
 *
 * @module
 */
import { Refusal } from "../actors/runtime.ts";
import type { LogPiece } from "../messages/log.ts";
import type { Control } from "./control.ts";

/** Where text goes, and whether that is a terminal. */
export interface LogSink {
  readonly write: (text: string) => void;
  readonly terminal: boolean;
}

/** Where pieces go. */
export interface LogSinks {
  readonly stdout: LogSink;
  readonly stderr: LogSink;
}

/** How a log is printed. */
export interface LogFlags {
  /** Stay until the job has ended. */
  readonly follow?: boolean;
  /** A piece a line, as JSON. */
  readonly json?: boolean;
}

/** A service that went away, as for a restart, may come back within this time, ms. */
const backWithinMs = 10_000;
/** It is asked again this often, ms. */
const againAfterMs = 250;

/** Prints what a job has said, and with `follow` all it says until it ends. */
export async function printLog(
  control: Control,
  id: string,
  { follow = false, json = false }: LogFlags,
  sinks: LogSinks,
): Promise<void> {
  const path = `/api/v1/jobs/${encodeURIComponent(id)}/log`;
  const print = json
    ? (piece: LogPiece) => sinks.stdout.write(`${JSON.stringify(piece)}\n`)
    : printer(sinks);
  if (follow) return await followOn(control, path, print);
  const { items } = await control.ask({ method: "GET", path }) as { items: readonly LogPiece[] };
  for (const piece of items) print(piece);
}

/** Follows to the end, and goes on where it was when the service was away for a while. */
async function followOn(
  control: Control,
  path: string,
  print: (piece: LogPiece) => void,
): Promise<void> {
  let after = "";
  let untilMs: number | null = null;
  for (;;) {
    const startMs = performance.now();
    let heard = false;
    try {
      for await (const { type, data } of control.events(`${path}?follow${after}`)) {
        if (type === "end") return;
        if (type !== "piece") continue;
        const piece: LogPiece = JSON.parse(data);
        heard = true;
        print(piece);
        after = `&after=${piece.place}`;
      }
    } catch (error) {
      // Who was not there at first has not gone away.
      if (!isAway(error) || (untilMs === null && !(error instanceof TypeError))) throw error;
    }
    const nowMs = performance.now();
    if (untilMs === null || heard || nowMs - startMs > backWithinMs) {
      untilMs = nowMs + backWithinMs;
    }
    if (nowMs >= untilMs) {
      throw new Refusal("service_unreachable", "the service went away before the job had ended");
    }
    await new Promise((resolve) => setTimeout(resolve, againAfterMs));
  }
}

/** A connection that broke is a TypeError. */
function isAway(error: unknown): boolean {
  const codes = ["service_unreachable", "draining", "not_ready"];
  return error instanceof TypeError || error instanceof Refusal && codes.includes(error.code);
}

/** Prints pieces as they were written. */
function printer({ stdout, stderr }: LogSinks): (piece: LogPiece) => void {
  let last = 0;
  return ({ stream, text, attempt, droppedChars = 0 }) => {
    if (last > 0 && attempt > last) say(stderr, `… attempt ${attempt}\n`);
    last = attempt;
    if (droppedChars > 0) say(stderr, `… ${droppedChars} characters are left out\n`);
    say(stream === "stderr" ? stderr : stdout, stream === "log" ? `${text}\n` : text);
  };
}

const say = ({ write, terminal }: LogSink, text: string) => write(terminal ? harmless(text) : text);

/** Control characters but line ends and tabs are shown, not sent to the terminal. */
function harmless(text: string): string {
  // deno-lint-ignore no-control-regex -- they are what must not reach a terminal
  return text.replaceAll(/[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f]/g, (character) => {
    return `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
  });
}
