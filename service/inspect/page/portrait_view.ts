/**
 * The actor that is looked at: its chart, what it remembers, and what it is told.
 *
 * @module
 */
import type { PortraitMessage } from "../portrait.ts";
import { ChartView } from "./chart_view.ts";
import { byId, element } from "./element.ts";
import { valueText } from "./lit.ts";
import { listen } from "./socket.ts";
import { Tape } from "./tape.ts";

interface Snapshot {
  readonly value?: unknown;
  readonly context?: Readonly<Record<string, unknown>>;
  readonly status?: string;
}

/** Who is shown, as far as it is known before its first message. */
export interface Sitter {
  readonly id: string;
  readonly name: string;
  readonly machine: string | null;
  readonly value: unknown;
}

/** One actor in full. */
export class PortraitView {
  readonly #chart = new ChartView(byId("chart"));
  readonly #tape = new Tape(byId("events"));
  readonly #nameOf: (id: string | null) => string;
  #stop: () => void = () => {};

  /** `nameOf` tells the name of an actor. */
  constructor(nameOf: (id: string | null) => string) {
    this.#nameOf = nameOf;
  }

  /** Draws lines that waited while nobody looked. */
  draw(): void {
    this.#tape.draw();
  }

  /** Follows an actor that lives. */
  follow(sitter: Sitter): void {
    this.#stop();
    this.#tape.replace([]);
    this.#introduce(sitter, "{}");
    this.#remember({});
    byId("memory-title").textContent = "What it remembers";
    const path = () => `/inspect/live?actor=${encodeURIComponent(sitter.id)}`;
    this.#stop = listen(path, {
      heard: (message) => this.#hear(sitter, message as PortraitMessage),
    });
  }

  /** Shows where somebody stood once; `known` is what is known of that. */
  recall(sitter: Sitter, known: Readonly<Record<string, unknown>>): void {
    this.#stop();
    this.#tape.replace([]);
    this.#introduce(sitter, "{}");
    this.#remember(known);
    byId("memory-title").textContent = "What was known and decided";
  }

  /** It is gone; what was seen of it last stays. */
  end(): void {
    this.#stop();
    byId("state").textContent += " · gone";
  }

  #introduce({ name, machine, value }: Sitter, definition: string): void {
    byId("who").textContent = name;
    byId("kind").textContent = machine === null ? "" : `machine ${machine}`;
    byId("meaning").textContent = meaningOf(definition);
    byId("state").textContent = valueText(value);
    byId("stage").classList.toggle("loop", machine === null);
    void this.#chart.show(machine, definition);
    this.#chart.light(value);
  }

  #hear(sitter: Sitter, { snapshot, events, skipped, actor }: PortraitMessage): void {
    const { value, context = {}, status } = snapshot as Snapshot;
    if (actor) {
      this.#introduce({ ...sitter, ...actor, value }, actor.definition);
    }
    byId("state").textContent = valueText(value) || (status ?? "");
    this.#chart.light(value);
    this.#remember(context);
    if (skipped > 0) {
      const at = events[0]?.at ?? Date.now();
      this.#tape.add([{ at, who: "", what: `${skipped} more` }]);
    }
    this.#tape.add(events.map(({ at, from, event }) => {
      const { type, ...rest } = event as { readonly type: string };
      const more = Object.keys(rest).length > 0 ? JSON.stringify(rest) : "";
      return { at, who: this.#nameOf(from), what: type, more };
    }));
  }

  /** Lines of what it knows. */
  #remember(known: Readonly<Record<string, unknown>>): void {
    const rows = Object.entries(known).map(([name, value]) =>
      element(
        "tr",
        {},
        element("th", { scope: "row" }, name),
        element("td", {}, typeof value === "string" ? value : JSON.stringify(value)),
      )
    );
    byId("memory").replaceChildren(...rows);
    byId("memory-part").hidden = rows.length === 0;
  }
}

function meaningOf(definition: string): string {
  return (JSON.parse(definition) as { readonly description?: string }).description ?? "";
}
