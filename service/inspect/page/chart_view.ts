/**
 * The chart of a machine, with the states lit that it is in. A machine without a picture is shown as
 * states in states.
 *
 * @module
 */
import { element } from "./element.ts";
import { litBy, takenBy } from "./lit.ts";

/** How long an arrow stays marked, ms. */
const takenMs = 2_000;

/** The pictures that the service has, by machine. */
const pictures = new Map<string, Promise<SVGSVGElement | null>>();

interface Definition {
  readonly states?: Readonly<Record<string, Definition>>;
}

/** Shows one chart at a time. */
export class ChartView {
  readonly #root: HTMLElement;
  #machine: string | null = null;
  #parts = new Map<string, Element>();
  #lit: readonly string[] = [];
  #value: unknown = null;

  /** Fills `root`. */
  constructor(root: HTMLElement) {
    this.#root = root;
  }

  /** Shows the chart of a machine; null: of none. */
  async show(machine: string | null, definition: string): Promise<void> {
    if (machine === this.#machine) return;
    this.#machine = machine;
    this.#parts = new Map();
    this.#lit = [];
    this.#root.replaceChildren();
    if (machine === null) return;
    const picture = await pictureOf(machine);
    if (machine !== this.#machine) return; // Another one was chosen meanwhile.
    const chart = picture ?? outline(machine, JSON.parse(definition));
    this.#root.replaceChildren(chart);
    const parts = chart.querySelectorAll("[id]");
    this.#parts = new Map([...parts].map((part) => [part.id, part]));
    this.light(this.#value);
  }

  /** Lights the states of a value, and for a while the arrow that led there. */
  light(value: unknown): void {
    this.#value = value;
    if (this.#machine === null) return;
    const now = litBy(this.#machine, value);
    if (this.#parts.size === 0 || now.join() === this.#lit.join()) return;
    for (const id of this.#lit) this.#parts.get(id)?.classList.remove("lit");
    for (const id of now) this.#parts.get(id)?.classList.add("lit");
    const taken = this.#lit.length === 0 ? [] : takenBy(this.#parts.keys(), this.#lit, now);
    for (const id of taken) {
      const part = this.#parts.get(id)!;
      part.classList.add("taken");
      setTimeout(() => part.classList.remove("taken"), takenMs);
    }
    this.#lit = now;
  }
}

/** A copy of a machine's picture; null: there is none. */
async function pictureOf(machine: string): Promise<SVGSVGElement | null> {
  const known = pictures.get(machine) ?? draw(machine);
  pictures.set(machine, known);
  return (await known)?.cloneNode(true) as SVGSVGElement | undefined ?? null;
}

async function draw(machine: string): Promise<SVGSVGElement | null> {
  const response = await fetch(`/inspect/files/${encodeURIComponent(machine)}.svg`);
  if (!response.ok) return null;
  const parsed = new DOMParser().parseFromString(await response.text(), "image/svg+xml");
  const picture = document.importNode(parsed.documentElement, true) as unknown as SVGSVGElement;
  // In its own size at most; the page may make it smaller.
  picture.setAttribute("role", "img");
  picture.setAttribute("aria-label", `Statechart of ${machine}`);
  return picture;
}

function outline(id: string, { states = {} }: Definition): HTMLElement {
  const children = Object.entries(states).map(([key, inner]) =>
    element("li", { id: `${id}.${key}` }, key, outline(`${id}.${key}`, inner))
  );
  return element("ul", { class: "outline" }, ...children);
}
