/**
 * The whole screen of a terminal, for a while.
 *
 * @module
 */
import type { FrameSize } from "./top_frame.ts";

/** A screen that is drawn anew, and keys. */
export interface Terminal extends Disposable {
  size(): FrameSize;
  /** Shows these lines and nothing else. */
  draw(lines: readonly string[]): void;
  /** Keys as they are pressed, each as the characters that the terminal sends; ends with `close`. */
  keys(): AsyncIterable<string>;
  /** Calls `listener` when the size has changed. */
  onResized(listener: () => void): void;
  /** Calls `listener` when the process is told to end. */
  onAsked(listener: () => void): void;
}

const esc = "\x1b[";
/** A screen of its own, without a cursor; the shell's comes back afterwards. */
const enter = `${esc}?1049h${esc}?25l`;
const leave = `${esc}?25h${esc}?1049l`;
/** What stands between these is shown at once, by terminals that know them. */
const [begin, end] = [`${esc}?2026h`, `${esc}?2026l`];

const ends = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Takes the screen. Whatever happens, a crash too, it is given back. */
export function takeTerminal(): Terminal {
  const utf8 = new TextEncoder();
  const write = (text: string) => {
    for (let bytes = utf8.encode(text); bytes.length > 0;) {
      bytes = bytes.subarray(Deno.stdout.writeSync(bytes));
    }
  };
  const undo: (() => void)[] = [];
  const giveBack = () => {
    for (const each of undo.splice(0).reverse()) each();
  };
  const hear = (signal: Deno.Signal, listener: () => void) => {
    Deno.addSignalListener(signal, listener);
    undo.push(() => Deno.removeSignalListener(signal, listener));
  };
  const crashed = () => giveBack();
  for (const event of ["unhandledrejection", "error", "unload"]) {
    globalThis.addEventListener(event, crashed);
    undo.push(() => globalThis.removeEventListener(event, crashed));
  }
  Deno.stdin.setRaw(true);
  undo.push(() => Deno.stdin.setRaw(false));
  write(enter);
  undo.push(() => {
    // A terminal that has gone away needs nothing back.
    try {
      write(leave);
    } catch { /* see above */ }
  });
  return {
    size: () => {
      const { columns, rows } = Deno.consoleSize();
      // Some terminals do not know their size and say 0.
      return { columns: columns || 80, rows: rows || 24 };
    },
    draw: (lines) => {
      const text = lines.map((line) => `${line}${esc}0m${esc}K`).join("\r\n");
      write(`${begin}${esc}H${text}${esc}J${end}`);
    },
    keys: () => Deno.stdin.readable.pipeThrough(new TextDecoderStream()),
    onResized: (listener) => hear("SIGWINCH", listener),
    onAsked: (listener) => ends.forEach((signal) => hear(signal, listener)),
    [Symbol.dispose]: giveBack,
  };
}
