/**
 * The log of a job of a running service, printed as it was written.
 *
 * @module
 */
import type { LogPiece } from "../messages/log.ts";
import type { Control } from "./control.ts";

/** Where pieces go, and whether that is a terminal. */
export interface LogSinks {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  readonly terminal: boolean;
}

/** Prints what a job has said, and with `follow` all it says until it ends. */
export async function printLog(
  control: Control,
  id: string,
  follow: boolean,
  sinks: LogSinks,
): Promise<void> {
  const path = `/api/v1/jobs/${encodeURIComponent(id)}/log`;
  if (follow) {
    for await (const { event, data } of control.events(`${path}?follow`)) {
      if (event === "piece") print(data as LogPiece, sinks);
    }
    return;
  }
  const { items } = await control.ask({ method: "GET", path }) as { items: readonly LogPiece[] };
  for (const piece of items) print(piece, sinks);
}

function print({ stream, text, droppedChars = 0 }: LogPiece, sinks: LogSinks): void {
  const sink = stream === "stderr" ? sinks.stderr : sinks.stdout;
  if (droppedChars > 0) sinks.stderr(`… ${droppedChars} characters are left out\n`);
  const whole = stream === "log" ? `${text}\n` : text;
  sink(sinks.terminal ? harmless(whole) : whole);
}

/** Control characters but line ends and tabs are shown, not sent to the terminal. */
function harmless(text: string): string {
  // deno-lint-ignore no-control-regex -- they are what must not reach a terminal
  return text.replaceAll(/[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f]/g, (character) => {
    return `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
  });
}
