/**
 * What happened lately, newest first, at most so many lines.
 *
 * @module
 */
import { element } from "./element.ts";
import { timeText } from "./fact_text.ts";

/** Lines that are kept. */
const linesMax = 200;

/** One line. */
export interface TapeLine {
  /** Epoch ms. */
  readonly at: number;
  /** Who, or from whom to whom. */
  readonly who: string;
  /** What it was. */
  readonly what: string;
  /** The rest of it, if there is more to say. */
  readonly more?: string;
  /** It stands out. */
  readonly isMarked?: boolean;
}

/** A list that grows at its top. */
export class Tape {
  readonly #root: HTMLElement;
  #waiting: TapeLine[] = [];
  #kept = 0;

  /** Fills `root`. */
  constructor(root: HTMLElement) {
    this.#root = root;
  }

  /** Takes lines, oldest first. */
  add(lines: readonly TapeLine[]): void {
    this.#waiting.push(...lines);
    if (this.#waiting.length > linesMax) this.#waiting.splice(0, this.#waiting.length - linesMax);
    // What nobody looks at is not drawn.
    if (this.#root.offsetParent !== null) this.draw();
  }

  /** Draws what has come since. */
  draw(): void {
    if (this.#waiting.length === 0) return;
    this.#root.prepend(...this.#waiting.reverse().map(lineOf));
    this.#kept += this.#waiting.length;
    this.#waiting = [];
    for (; this.#kept > linesMax; this.#kept--) this.#root.lastElementChild?.remove();
  }

  /** Shows other lines in place of all, oldest first. */
  replace(lines: readonly TapeLine[]): void {
    this.#root.replaceChildren();
    this.#kept = 0;
    this.#waiting = lines.slice(-linesMax);
    this.draw();
  }
}

function lineOf({ at, who, what, more = "", isMarked = false }: TapeLine): HTMLElement {
  return element(
    "li",
    { class: isMarked ? "marked" : null },
    element("time", {}, timeText(at)),
    element("span", { class: "who" }, who),
    element("b", {}, what),
    ...(more === "" ? [] : [element("code", {}, more)]),
  );
}
