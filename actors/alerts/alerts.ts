/**
 * Tells people what is wrong: once when it begins, and once when it is over.
 *
 * Each second the rules look at what is measured anyway; a machine for each thing that is wrong
 * decides when it is an incident. What is open and what is on its way to people is stored, so that a
 * restart neither forgets an incident nor tells it again.
 *
 * @module
 */
import type { AlertLevel, Alerts as AlertsView, Incident } from "../../messages/alert.ts";
import { bindRules } from "../../policies/alerts/mod.ts";
import type { BoundRule } from "../../policies/alerts/rule.ts";
import type { Sight } from "../../policies/alerts/sight.ts";
import { levelOf } from "../../policies/limits/threshold.ts";
import { loop } from "../loop.ts";
import { type Supervisor, usual } from "../supervisor.ts";
import type { AlertsConfig } from "./config.ts";
import { type News, newsFor, noteOf, resizeNote } from "./note.ts";
import { Outbox } from "./outbox.ts";
import type { AlertParts } from "./parts.ts";
import { recall, type Recalled } from "./recall.ts";
import type { Watch } from "./watch.ts";

/** Time between two looks, ms. */
const everyMs = 1_000;
/** Things that are wrong at once; more are not told. */
const watchesMax = 256;
/** Incidents that are over and shown. */
const recentMax = 50;

/** All incidents of a runtime. */
export class Alerts {
  #config: AlertsConfig;
  #rules: readonly BoundRule[];
  #outboxes: readonly Outbox[] = [];
  readonly #watches = new Map<string, Watch>();
  #recent: readonly Incident[] = [];
  #number = 0;
  #isDirty = false;
  #house: Supervisor | null = null;
  /** What incidents are made of; it is loaded when something is wrong for the first time. */
  #makes: typeof import("./watch.ts") | null = null;
  #loading: Promise<void> | null = null;
  readonly #parts: AlertParts;

  /** Looks at nothing before its start. */
  constructor(parts: AlertParts, config: AlertsConfig) {
    this.#parts = parts;
    this.#config = config;
    this.#rules = bindRules(config.rules, parts.clock.nowMs());
  }

  /** What is wrong, what was, and who is told. */
  get view(): AlertsView {
    const open = [...this.#watches.values()].flatMap(({ incident }) => incident ?? []);
    const sinks = this.#outboxes.map(({ status }) => status);
    return { items: [...open.reverse(), ...this.#recent], sinks };
  }

  /** Makes the sinks, without starting anything; rejects with Refusal where one can't be. */
  async prepare(): Promise<void> {
    this.#outboxes = await this.#open(this.#config);
  }

  /** Begins to look. `stored` is what an earlier process kept. */
  async start(stored: unknown): Promise<void> {
    const { clock, supervisor } = this.#parts;
    const house = supervisor.under("incidents", { ...usual, strategy: "simpleOneForOne" });
    this.#house = house;
    const recalled = recall(stored);
    if (recalled.open.length > 0) this.#makes = await import("./watch.ts");
    this.#restore(recalled);
    const stop = new AbortController();
    void this.#hear(stop.signal);
    supervisor.keep({
      id: "alerts",
      logic: loop(clock, ({ every }) => every(everyMs, () => this.#look())),
      leave: async () => {
        stop.abort();
        await this.#loading;
        await Promise.all(this.#outboxes.map((outbox) => outbox.close()));
      },
    });
  }

  /** Goes by another configuration; rejects before it has changed anything. Open incidents stay. */
  async adopt(config: AlertsConfig): Promise<void> {
    const before = this.#config;
    if (!isSame(config.sinks, before.sinks)) {
      const outboxes = await this.#open(config);
      // An attempt under way ends first: nobody is told twice.
      await Promise.all(this.#outboxes.map((outbox) => outbox.close()));
      for (const outbox of outboxes) {
        outbox.restore(this.#outboxes.find(({ name }) => name === outbox.name)?.waiting ?? []);
      }
      this.#outboxes = outboxes;
      this.#changed();
    }
    if (!isSame(config.rules, before.rules)) {
      this.#rules = bindRules(config.rules, this.#parts.clock.nowMs());
    }
    this.#config = config;
  }

  #open({ sinks }: AlertsConfig): Promise<readonly Outbox[]> {
    const { clock, random, store, note, open } = this.#parts;
    const parts = (name: string) => ({
      clock,
      random,
      committedLsn: () => store.committedLsn,
      changed: () => this.#changed(),
      gaveUp: ({ id }: { readonly id: string }, because: string) =>
        note({
          type: "alert",
          level: "warning",
          code: "alert_undelivered",
          message: `The sink ${name} was not told of ${id}: ${because}`,
        }),
    });
    return Promise.all(
      Object.entries(sinks).map(async ([name, config]) =>
        new Outbox(name, config, await open(config), parts(name))
      ),
    );
  }

  /** One look: what the rules find, what follows from it, and what can go to people. */
  #look(): void {
    const sight = this.#parts.sight();
    const { nowMs } = sight;
    const found = new Set<Watch>();
    for (const rule of this.#rules) {
      for (const finding of this.#findings(rule, sight)) {
        const key = keyOf(rule.name, finding.subject);
        const known = this.#watches.get(key);
        const level = levelOf(known?.level ?? "calm", finding.value, finding.marks);
        const watch = known ?? (level === "calm" ? null : this.#watch(rule, finding.subject));
        if (!watch) continue;
        // What is told when a reading is missing is the last one.
        if (finding.value !== null || watch.finding === null) watch.finding = finding;
        found.add(watch);
        watch.judge(level, nowMs);
      }
    }
    for (const [key, watch] of this.#watches) {
      if (!found.has(watch)) watch.judge("calm", nowMs);
      if (!watch.isCalm) continue;
      this.#watches.delete(key);
      this.#house?.dismiss(watch.id);
    }
    for (const outbox of this.#outboxes) outbox.pump();
  }

  /** What a rule finds. One that fails must not take the service with it. */
  #findings(rule: BoundRule, sight: Sight) {
    try {
      return rule.look(sight);
    } catch (error) {
      this.#rules = this.#rules.filter((other) => other !== rule);
      const message = `The alert rule ${rule.name} is not heeded any more: ${error}`;
      this.#parts.note({ type: "alert", level: "warning", code: "alert_rule_failed", message });
      return [];
    }
  }

  /** Begins to watch something; null where too much is watched. */
  #watch({ name, options }: BoundRule, subject: string | null): Watch | null {
    if (this.#makes === null) return this.#load();
    if (this.#watches.size >= watchesMax) return null;
    const watch = new this.#makes.Watch(name, subject);
    this.#watches.set(keyOf(name, subject), watch);
    watch.settle(this.#house!, this.#parts.clock, options, this.#listener);
    return watch;
  }

  /** Looks again with what was missing. */
  #load(): null {
    this.#loading ??= import("./watch.ts").then((makes) => {
      this.#makes = makes;
      this.#look();
    });
    return null;
  }

  readonly #listener = {
    raised: (watch: Watch, level: AlertLevel) => {
      const raisedAt = iso(this.#parts.clock.wallMs());
      watch.incident = {
        id: `a${this.#parts.clock.wallMs().toString(36)}-${(this.#number++).toString(36)}`,
        rule: watch.rule,
        subject: watch.subject,
        state: "open",
        ...this.#measured(watch, level),
        raisedAt,
        clearedAt: null,
      };
      this.#tell(watch.incident, "raised");
    },
    escalated: (watch: Watch) => {
      if (!watch.incident) return;
      watch.incident = { ...watch.incident, ...this.#measured(watch, "critical") };
      this.#tell(watch.incident, "escalated");
    },
    cleared: (watch: Watch) => {
      if (!watch.incident) return;
      this.#close(watch.incident);
      watch.incident = null;
    },
    ended: (watch: Watch) => {
      this.#watches.delete(keyOf(watch.rule, watch.subject));
      this.#listener.cleared(watch);
    },
  };

  #measured({ finding }: Watch, level: AlertLevel) {
    return { level, value: finding?.value ?? null, message: finding?.because() ?? "" };
  }

  #close(incident: Incident): void {
    const cleared: Incident = {
      ...incident,
      state: "cleared",
      clearedAt: iso(this.#parts.clock.wallMs()),
    };
    this.#recent = [cleared, ...this.#recent].slice(0, recentMax);
    this.#tell(cleared, "cleared");
  }

  /** Tells everybody: the stream of facts, and the sinks whom it concerns. */
  #tell(incident: Incident, news: News): void {
    const { id, rule, subject, level, value, message } = incident;
    const about = { incident: id, rule, subject, level, message };
    if (news === "cleared") {
      const lastedMs = Math.max(0, Date.parse(incident.clearedAt!) - Date.parse(incident.raisedAt));
      this.#parts.note({ type: "alertCleared", ...about, lastedMs });
    } else {
      const type = news === "raised" ? "alertRaised" : "alertEscalated";
      this.#parts.note({ type, ...about, value });
    }
    for (const outbox of this.#outboxes) {
      const told = newsFor(outbox.config, news, level);
      if (told) outbox.put(noteOf(told, this.#config.name, incident));
    }
    this.#changed();
  }

  /** Tells changes of size to the sinks that want to know. */
  async #hear(signal: AbortSignal): Promise<void> {
    for await (const stamped of this.#parts.resizes(signal)) {
      const told = this.#outboxes.filter(({ config }) => config.resizes);
      for (const outbox of told) outbox.put(resizeNote(this.#config.name, stamped));
      if (told.length > 0) this.#changed();
    }
  }

  /** Stores once for all that happens in a turn. */
  #changed(): void {
    if (this.#isDirty) return;
    this.#isDirty = true;
    queueMicrotask(() => {
      this.#isDirty = false;
      const { clock, store } = this.#parts;
      const moment = { nowMs: clock.nowMs(), wallMs: clock.wallMs() };
      const open = [...this.#watches.values()].flatMap((watch) => watch.stored(moment) ?? []);
      const waiting = Object.fromEntries(
        this.#outboxes.map(({ name, waiting }) => [name, waiting]),
      );
      const snapshot = { open, recent: this.#recent, waiting };
      const lsn = store.append([{ type: "snapshot", actor: "alerts", snapshot }]);
      for (const outbox of this.#outboxes) outbox.stored(lsn);
    });
  }

  #restore({ open, recent, waiting }: Recalled): void {
    this.#recent = recent;
    for (const outbox of this.#outboxes) outbox.restore(waiting[outbox.name] ?? []);
    for (const { incident, machine } of open) {
      const { rule, subject } = incident;
      const watch = new this.#makes!.Watch(rule, subject, incident);
      const options = this.#config.rules[rule];
      const { clock } = this.#parts;
      const isBack = options !== undefined &&
        watch.settle(this.#house!, clock, options, this.#listener, machine);
      if (isBack) this.#watches.set(keyOf(rule, subject), watch);
      else this.#close(incident);
    }
  }
}

const keyOf = (rule: string, subject: string | null) => `${rule}\0${subject ?? ""}`;
const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);
const iso = (at: number) => new Date(at).toISOString();
