/**
 * What went wrong, for people: one line a problem on stderr, no stack for their own mistakes.
 *
 * @module
 */
import { Refusal } from "../actors/runtime.ts";
import { exit, exitOf } from "./exit.ts";

/** Prints `error` and returns the exit code for it. */
export function complain(error: unknown, print: (line: string) => void = console.error): number {
  const code = exitOf(error);
  if (error instanceof Refusal) {
    const lines = error.code === "invalid_config" && error.issues.length > 0
      ? error.issues.map(({ message }) => message)
      : [error.message];
    for (const line of lines) print(`flyball: ${oneLine(line)}`);
  } else if (code === exit.internal) {
    print(`flyball: internal error: ${error instanceof Error ? error.stack : String(error)}`);
  } else if (code !== exit.pipeClosed) {
    print(`flyball: ${oneLine(error instanceof Error ? error.message : String(error))}`);
  }
  return code;
}

/** A text as one harmless line: control characters are shown, not sent to the terminal. */
export function oneLine(text: string): string {
  return text.trim().replaceAll(/\s*\r?\n\s*/g, " ")
    // deno-lint-ignore no-control-regex -- they are what must not reach a terminal
    .replaceAll(/[\x00-\x1f\x7f-\x9f]/g, (character) => {
      return `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
    });
}
