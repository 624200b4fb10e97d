/**
 * The live line: what the pool is doing right now and why it last changed its size.
 *
 * @module
 */
import type { Status } from "../../messages/status.ts";

/** One look at an act. */
export interface Frame {
  readonly act: string;
  readonly elapsedMs: number;
  /** Time until the act ends. */
  readonly etaMs: number;
  /** Files since the act began, null in an act without files. */
  readonly done: number | null;
  readonly filesPerS: number;
  readonly status: Status;
}

/** Where the line is written: a terminal, a pipe, a test. */
export interface Screen {
  readonly terminal: boolean;
  write(text: string): void;
}

/** Time between two lines where they stay on the page, ms. */
const plainEveryMs = 1_000;

/** Draws frames over each other on a terminal; elsewhere it writes a plain line each second. */
export class Live {
  readonly #screen: Screen;
  #nextMs = 0;

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  /** Shows a frame, or leaves it out where the last line is not a second old. */
  show(frame: Frame): void {
    if (this.#screen.terminal) return this.#screen.write(`\r\x1b[K${line(frame)}`);
    if (frame.elapsedMs < this.#nextMs) return;
    this.#nextMs += plainEveryMs;
    this.#screen.write(`${line(frame)}\n`);
  }

  /** Keeps the last frame of an act on the page. */
  end(frame: Frame): void {
    this.#screen.write(`${this.#screen.terminal ? "\r\x1b[K" : ""}${line(frame)}\n`);
    this.#nextMs = 0;
  }
}

/** A frame in words. */
export function line({ act, elapsedMs, etaMs, done, filesPerS, status }: Frame): string {
  const pool = status.pools[0];
  const starting = pool?.workers.starting ?? 0;
  const resize = pool?.lastResize;
  return [
    `${(elapsedMs / 1000).toFixed(1).padStart(4)} s ${act}`,
    `workers ${status.size}${starting > 0 ? ` (+${starting})` : ""}`,
    `slots ${pool?.running ?? 0}`,
    done === null ? "no files" : `${Math.round(filesPerS).toLocaleString("en")} files/s`,
    `ETA ${Math.max(0, etaMs / 1000).toFixed(0)} s`,
    resize ? `${resize.from} -> ${resize.to}: ${resize.because}` : "not resized yet",
  ].join(" | ");
}
