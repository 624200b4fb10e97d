/**
 * Alerts over a virtual clock: what they see and who is told is played by the test.
 *
 * @module
 */
import { Alerts } from "../actors/alerts/alerts.ts";
import { type AlertsConfig, alertsSchema } from "../actors/alerts/config.ts";
import type { IncidentNote, Note } from "../actors/alerts/note.ts";
import { delivered, type Delivery } from "../actors/alerts/sinks/sink.ts";
import { memoryStore } from "../actors/stores/memory.ts";
import type { Store } from "../actors/ports.ts";
import { Supervisor } from "../actors/supervisor.ts";
import type { ControlFact } from "../messages/facts.ts";
import type { Sight } from "../policies/alerts/sight.ts";
import "../actors/alerts/watch.ts"; // What is loaded takes no virtual time.
import { ManualClock } from "./manual_clock.ts";

/** A quiet service. */
export const quiet: Omit<Sight, "nowMs"> = {
  cpuRatio: .2,
  memoryRatio: .4,
  hostAgeMs: 500,
  hostStaleMs: 3_000,
  filesOpen: 60,
  filesMax: 1_024,
  queued: 0,
  workers: 1,
  idle: 1,
  floor: 1,
  accepted: 0,
  done: 0,
  failed: 0,
  breakers: [],
  brownout: null,
  usual: () => null,
  api: () => null,
  slower: () => [],
  costs: () => [],
  running: () => [],
  regrets: () => [],
  waited: () => ({ ended: 0, late: 0 }),
};

/** What a stage may be made with. */
export interface AlertsStageOptions {
  readonly config?: object;
  readonly clock?: ManualClock;
  readonly store?: Store;
  /** How a sink answers; default: it takes everything. */
  readonly deliver?: (note: Note, sink: number) => Delivery | Promise<Delivery>;
}

/** One sink that is told of everything. */
export const oneSink = { sinks: { ops: { type: "slack", urlFile: "/nowhere" } } };

/** Running alerts. */
export class AlertsStage {
  readonly clock: ManualClock;
  readonly store: Store;
  readonly facts: ControlFact[] = [];
  /** What sinks have taken, as `raised errors`. */
  readonly told: string[] = [];
  readonly notes: IncidentNote[] = [];
  sight: Omit<Sight, "nowMs"> = quiet;
  readonly alerts: Alerts;
  readonly supervisor: Supervisor;

  constructor({ config = oneSink, clock, store, deliver }: AlertsStageOptions = {}) {
    this.clock = clock ?? new ManualClock();
    this.store = store ?? memoryStore();
    this.supervisor = new Supervisor("top", this.clock, {
      restarted: (_id, because) =>
        this.facts.push({ type: "alert", level: "warning", code: "restarted", message: because }),
      gaveUp: () => {},
    }).start(() => {});
    let sinks = 0;
    this.alerts = new Alerts({
      clock: this.clock,
      random: { unit: () => 1 },
      store: this.store,
      supervisor: this.supervisor,
      sight: () => ({ ...this.sight, nowMs: this.clock.nowMs() }),
      note: (fact) => this.facts.push(fact),
      async *resizes() {},
      open: () => {
        const number = sinks++;
        return Promise.resolve({
          deliver: async (note) => {
            if (note.news === "resized") throw new Error("nobody asked for it");
            this.notes.push(note);
            const delivery = await (deliver?.(note, number) ?? delivered);
            if (delivery.type === "delivered") this.told.push(`${note.news} ${note.incident.rule}`);
            return delivery;
          },
        });
      },
    }, configOf(config));
  }

  /** Starts, from what an earlier stage of the same store kept. */
  async start(): Promise<this> {
    await this.alerts.prepare();
    let stored: unknown;
    for await (const page of this.store.recover()) {
      if (page.type !== "snapshots") continue;
      for (const { actor, snapshot } of page.snapshots) {
        if (actor === "alerts") stored = JSON.parse(JSON.stringify(snapshot));
      }
    }
    await this.alerts.start(stored);
    return this;
  }

  /** Lets time pass while `sight` is what is seen, or what it returns for an instant. */
  async pass(ms: number, sight: Partial<Sight> = {}): Promise<this> {
    this.sight = { ...this.sight, ...sight };
    await this.clock.advance(ms);
    return this;
  }

  /** The same where nothing is told: a day of looks takes no time. */
  async rush(ms: number, sight: Partial<Sight>): Promise<void> {
    this.sight = { ...this.sight, ...sight };
    await this.clock.rush(ms);
  }

  /** Facts so far, as `alertRaised critical errors`. */
  get news(): string[] {
    return this.facts.map((fact) =>
      "rule" in fact
        ? `${fact.type} ${fact.level} ${fact.rule}`
        : fact.type === "alert"
        ? fact.code
        : fact.type
    );
  }
}

/** The section `alerts` of a configuration. */
export const configOf = (config: object): AlertsConfig => alertsSchema().parse(config);
