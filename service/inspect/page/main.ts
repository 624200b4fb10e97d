/**
 * The page of live machines: who lives, where the one that is looked at stands, what happened, and
 * how all that was when a decision was taken.
 *
 * @module
 */
import type { Decision } from "../../../messages/decision.ts";
import type { ControlFact, Stamped } from "../../../messages/facts.ts";
import type { Past, PastMachine } from "../../../messages/past.ts";
import type { SceneMessage } from "../scene.ts";
import { type Actor, Cast } from "./cast.ts";
import { byId } from "./element.ts";
import { actorOf, factText, timeText } from "./fact_text.ts";
import { List } from "./list.ts";
import { Meter } from "./meter.ts";
import { PortraitView } from "./portrait_view.ts";
import { ask, keepTheme } from "./session.ts";
import { listen } from "./socket.ts";
import { bridge } from "./stately.ts";
import { Tape, type TapeLine } from "./tape.ts";
import { Travel } from "./travel.ts";

/** Facts that are shown. */
const types =
  "opened,decided,judged,operated,resized,worker,machine,alert,alertRaised,alertEscalated," +
  "alertCleared,violation,config,asked";

/** Decisions that are asked for. */
const decisionsMax = 1_000;

/** The page. */
class Page {
  readonly #cast = new Cast();
  readonly #list = new List(byId("actors"), (id) => this.#choose(id));
  readonly #portrait = new PortraitView((id) => this.#cast.nameOf(id));
  readonly #all = new Tape(byId("all-events"));
  readonly #facts = new Tape(byId("facts"));
  readonly #meter = new Meter();
  readonly #travel = new Travel({ past: (past) => this.#goBack(past), now: () => this.#return() });
  /** What came and was not shown yet. */
  #waiting: SceneMessage[] = [];
  #told: TapeLine[] = [];
  /** Who is looked at: by name, as a name outlives a restart. */
  #name = decodeURIComponent(location.hash.slice(1)) || "scaling";
  #id: string | null = null;
  #past: Past | null = null;
  #seq: number | null = null;

  async open(): Promise<void> {
    this.#heedTabs();
    this.#heedKeys();
    byId("find").oninput = () => this.#list.filter(byId<HTMLInputElement>("find").value);
    const path = `/api/v1/decisions?limit=${decisionsMax}`;
    const { items } = await ask<{ readonly items: readonly Decision[] }>(path);
    this.#travel.begin(items);
    const facts = items.map((decision) =>
      lineOf({ seq: 0, at: decision.decidedAt, fact: { type: "decided", decision } })
    );
    this.#tell(facts);
    listen(() => "/inspect/live", {
      heard: (message) => this.#hear(message as SceneMessage),
      state: (isOpen) => this.#meter.connected(isOpen),
    });
    const from = () => this.#seq === null ? "" : `&from=${this.#seq}`;
    listen(() => `/api/v1/live?type=${types}${from()}`, {
      heard: (item) => this.#note(item as Stamped<ControlFact>),
    });
  }

  /** Messages are shown when the page is drawn, however many came since. */
  #hear(message: SceneMessage): void {
    const isFirst = this.#waiting.push(message) === 1;
    const show = () => {
      for (const waiting of this.#waiting.splice(0)) this.#show(waiting);
    };
    // A page in the background is not drawn; it must not gather messages for ever.
    if (document.hidden) show();
    else if (isFirst) requestAnimationFrame(show);
  }

  #show(message: SceneMessage): void {
    const names = message.events.map(({ to, from }) => [this.#nameOf(from), this.#nameOf(to)]);
    const changes = this.#cast.take(message);
    this.#all.add(message.events.map(({ at, to, type }, i) => ({
      at,
      who: `${names[i]![0]} → ${names[i]![1] === to ? this.#nameOf(to) : names[i]![1]}`.trim(),
      what: type,
    })));
    this.#meter.heard(message, this.#cast.actors.size);
    if (this.#past !== null) return;
    this.#list.apply(changes);
    if (this.#id !== null && !this.#cast.actors.has(this.#id)) {
      this.#id = null;
      this.#portrait.end();
    }
    if (this.#id === null) this.#find();
  }

  #nameOf(id: string | null): string {
    return this.#cast.nameOf(id);
  }

  /** Looks for who bears the name that was chosen. */
  #find(): void {
    for (const actor of this.#cast.actors.values()) {
      if (actor.name === this.#name) return this.#choose(actor.id);
    }
  }

  #choose(id: string): void {
    if (this.#past !== null) return this.#recall(id);
    const actor = this.#cast.actors.get(id);
    if (!actor) return;
    this.#id = id;
    this.#name = actor.name;
    history.replaceState(null, "", `#${encodeURIComponent(actor.name)}`);
    this.#list.select(id);
    this.#portrait.follow(actor);
    this.#markFacts();
  }

  #note(item: Stamped<ControlFact>): void {
    if (!("fact" in item)) return; // A gap: what is shown is only what is known.
    this.#seq = item.seq;
    if (item.fact.type === "decided") this.#travel.add(item.fact.decision);
    this.#tell([lineOf(item)]);
  }

  #tell(lines: readonly TapeLine[]): void {
    this.#told.push(...lines);
    if (this.#told.length > 400) this.#told.splice(0, this.#told.length - 200);
    if (this.#past === null) this.#facts.add(lines.map((line) => this.#marked(line)));
  }

  #marked = (line: TapeLine): TapeLine => ({ ...line, isMarked: line.who === this.#name });

  #markFacts(): void {
    const past = this.#past;
    this.#facts.replace(
      past === null
        ? this.#told.map(this.#marked)
        : past.facts.map((fact) => ({ ...lineOf(fact), isMarked: fact.seq === past.seq })),
    );
  }

  #goBack(past: Past): void {
    this.#past = past;
    this.#list.replace(past.machines.map(standing));
    this.#recall(this.#name);
    byId("tab-facts").click();
  }

  #recall(name: string): void {
    const past = this.#past!;
    this.#name = name;
    const stood = past.machines.find(({ actor }) => actor === name);
    this.#list.select(stood ? name : null);
    const sitter = stood ? standing(stood) : { id: name, name, machine: null, value: "" };
    this.#portrait.recall(sitter, { ...whatWas(stood), ...whatWasDecided(past.decision) });
    this.#markFacts();
  }

  #return(): void {
    this.#past = null;
    this.#list.replace([...this.#cast.actors.values()]);
    this.#id = null;
    this.#markFacts();
    this.#find();
  }

  #heedTabs(): void {
    const tabs = [...document.querySelectorAll<HTMLElement>("[role=tab]")];
    for (const tab of tabs) {
      tab.onclick = () => {
        for (const other of tabs) {
          other.setAttribute("aria-selected", String(other === tab));
          byId(other.getAttribute("aria-controls")!).hidden = other !== tab;
        }
        for (const tape of [this.#portrait, this.#all, this.#facts]) tape.draw();
      };
    }
  }

  #heedKeys(): void {
    document.addEventListener("keydown", (event) => {
      const isTyping = event.target instanceof HTMLInputElement;
      if (event.key === "/" && !isTyping) {
        event.preventDefault();
        byId("find").focus();
      } else if (event.key === "Escape") this.#travel.return();
      else if (event.key === "[" && !isTyping) byId("earlier").click();
      else if (event.key === "]" && !isTyping) byId("later").click();
    });
  }
}

function lineOf({ at, fact }: Stamped<ControlFact>): TapeLine {
  return { at, who: actorOf(fact) ?? fact.type, what: factText(fact) };
}

/** What is known of a machine that stood there. */
const whatWas = (stood: PastMachine | undefined) => ({
  ...(stood
    ? { since: timeText(stood.at) }
    : { "was not": "it did not live, or no fact tells of it" }),
  ...(stood && stood.because !== null ? { because: stood.because } : {}),
});

/** A decision in a few lines. */
const whatWasDecided = ({ id, because, before, envelope, ...rest }: Decision) => ({
  [`decision ${id}`]: because,
  workers: `${before.floor} to ${before.cap} became ${envelope.floor} to ${envelope.cap}`,
  "decided by": rest.winner,
  ...(rest.verdict
    ? { "what came of it": `${rest.verdict.verdict}: ${rest.verdict.because}` }
    : {}),
  ...(rest.blockedBy === null ? {} : { "refused by": rest.blockedBy }),
  ...Object.fromEntries([...rest.candidates, ...rest.vetoes].map(({ policy, proposal }) => [
    `${policy} said`,
    proposal.because,
  ])),
});

/** Where a machine stood, as one of the list; then names are all there is. */
const standing = ({ actor, machine, value, event, at }: PastMachine): Actor => ({
  id: actor,
  name: actor,
  machine,
  parent: null,
  value,
  latest: { event, at },
});

keepTheme(byId<HTMLButtonElement>("theme"));
if (document.body.id === "bridge") bridge();
else new Page().open().catch((error: Error) => byId("then").textContent = error.message);
