/**
 * The list of actors, by kind, with what each is doing. A line is touched only when it changes.
 *
 * @module
 */
import { type Actor, byName, type Changes, rankOf } from "./cast.ts";
import { element } from "./element.ts";
import { timeText } from "./fact_text.ts";
import { valueText } from "./lit.ts";

interface Line {
  actor: Actor;
  readonly item: HTMLLIElement;
  readonly value: HTMLElement;
  readonly latest: HTMLElement;
}

interface Group {
  readonly section: HTMLElement;
  readonly counts: HTMLElement;
  readonly items: HTMLUListElement;
  readonly lines: Map<string, Line>;
}

/** Actors to choose from. */
export class List {
  readonly #root: HTMLElement;
  readonly #chosen: (id: string) => void;
  readonly #groups = new Map<string, Group>();
  readonly #lines = new Map<string, Line>();
  #selected: string | null = null;
  #wanted = "";

  /** Fills `root`; tells who was chosen. */
  constructor(root: HTMLElement, chosen: (id: string) => void) {
    this.#root = root;
    this.#chosen = chosen;
    root.addEventListener("keydown", (event) => this.#key(event));
  }

  /** Shows what changed. */
  apply({ born, moved, gone }: Changes): void {
    const touched = new Set<Group>();
    for (const id of gone) {
      const group = this.#groupOf(id);
      this.#lines.get(id)?.item.remove();
      this.#lines.delete(id);
      if (group?.lines.delete(id)) touched.add(group);
    }
    for (const actor of born.toSorted(byName)) touched.add(this.#add(actor));
    for (const actor of moved) {
      const line = this.#lines.get(actor.id);
      if (!line) continue;
      const isElsewhere = valueText(line.actor.value) !== valueText(actor.value);
      line.actor = actor;
      show(line);
      if (isElsewhere) touched.add(this.#groupOf(actor.id)!);
    }
    for (const group of touched) count(group);
  }

  /** Shows others in place of all. */
  replace(actors: readonly Actor[]): void {
    this.apply({ born: [], moved: [], gone: [...this.#lines.keys()] });
    this.apply({ born: actors, moved: [], gone: [] });
    this.select(this.#selected);
  }

  /** Marks the one that is looked at. */
  select(id: string | null): void {
    const before = this.#selected === null ? undefined : this.#lines.get(this.#selected);
    before?.item.setAttribute("aria-selected", "false");
    this.#selected = id;
    const line = id === null ? undefined : this.#lines.get(id);
    line?.item.setAttribute("aria-selected", "true");
    line?.item.scrollIntoView({ block: "nearest" });
  }

  /** Leaves out whose name and state do not have these letters. */
  filter(wanted: string): void {
    this.#wanted = wanted.trim().toLowerCase();
    for (const line of this.#lines.values()) line.item.hidden = !this.#fits(line.actor);
    for (const group of this.#groups.values()) count(group);
  }

  #fits({ name, value }: Actor): boolean {
    return `${name} ${valueText(value)}`.toLowerCase().includes(this.#wanted);
  }

  #add(actor: Actor): Group {
    const group = this.#group(actor.machine);
    const value = element("span", { class: "value" });
    const latest = element("span", { class: "latest" });
    const item = element(
      "li",
      {
        "role": "option",
        "aria-selected": "false",
        "data-name": actor.name,
        "onclick": () => this.#chosen(actor.id),
      },
      element("span", { class: "name" }, actor.name),
      value,
      latest,
    );
    const line: Line = { actor, item, value, latest };
    item.hidden = !this.#fits(actor);
    show(line);
    this.#lines.set(actor.id, line);
    group.lines.set(actor.id, line);
    group.items.insertBefore(item, follower(group, actor));
    return group;
  }

  #group(machine: string | null): Group {
    const kind = machine ?? "loops";
    const known = this.#groups.get(kind);
    if (known) return known;
    const counts = element("span", { class: "counts" });
    const items = element("ul", { "role": "group", "aria-label": kind });
    const section = element("section", {}, element("h3", {}, `${kind} `, counts), items);
    section.dataset["rank"] = String(rankOf(machine));
    const later = [...this.#root.children].find((other) =>
      Number((other as HTMLElement).dataset["rank"]) > rankOf(machine)
    );
    this.#root.insertBefore(section, later ?? null);
    const group: Group = { section, counts, items, lines: new Map() };
    this.#groups.set(kind, group);
    return group;
  }

  #groupOf(id: string): Group | undefined {
    const line = this.#lines.get(id);
    return line && this.#groups.get(line.actor.machine ?? "loops");
  }

  #key(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1, j: 1, k: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const items = [...this.#root.querySelectorAll<HTMLLIElement>("li:not([hidden])")];
    const at = items.findIndex((item) => item.getAttribute("aria-selected") === "true");
    items[Math.min(items.length - 1, Math.max(0, at + step))]?.click();
  }
}

/** Who is the first after `actor` in its group; null: none. */
function follower({ items, lines }: Group, actor: Actor): Element | null {
  const last = items.lastElementChild;
  if (last === null) return null;
  // Most come last: their number is higher.
  const name = (last as HTMLElement).dataset["name"]!;
  if (byName({ name }, actor) <= 0) return null;
  let first: Line | null = null;
  for (const line of lines.values()) {
    if (byName(line.actor, actor) <= 0) continue;
    if (first === null || byName(line.actor, first.actor) < 0) first = line;
  }
  return first?.item ?? null;
}

function show({ actor, value, latest }: Line): void {
  const state = valueText(actor.value);
  if (value.textContent !== state) value.textContent = state;
  value.dataset["state"] = state.split(/[ .]/)[0] ?? "";
  if (actor.latest) latest.textContent = `${actor.latest.event} ${timeText(actor.latest.at)}`;
}

/** How many there are, and in which states. */
function count({ section, counts, lines }: Group): void {
  const shown = [...lines.values()].filter(({ item }) => !item.hidden);
  section.hidden = shown.length === 0;
  const states = new Map<string, number>();
  for (const { actor } of shown) {
    const state = typeof actor.value === "string" ? actor.value : "";
    if (state !== "") states.set(state, (states.get(state) ?? 0) + 1);
  }
  const parts = [...states].sort(([, a], [, b]) => b - a).slice(0, 3)
    .map(([state, actors]) => `${actors} ${state}`);
  counts.textContent = states.size > 1 || shown.length > 1
    ? [shown.length, ...parts].join(" · ")
    : "";
}
