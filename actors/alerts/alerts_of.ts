/**
 * The alerts of a running system.
 *
 * @module
 */
import type { System } from "../system.ts";
import { Alerts } from "./alerts.ts";
import type { AlertsConfig } from "./config.ts";
import { look } from "./sight.ts";

/** Makes them, with all sinks; rejects with Refusal where one of these can't be made. */
export async function alertsOf(system: System, config: AlertsConfig): Promise<Alerts> {
  const { clock, random, store } = system.ports;
  const alerts = new Alerts({
    clock,
    random,
    store,
    supervisor: system.supervisor,
    sight: () => look(system),
    note: (fact) => system.journal.note(fact),
    async *resizes(signal) {
      for await (const item of system.journal.read({ types: ["resized"], signal })) {
        if ("fact" in item && item.fact.type === "resized") yield { ...item, fact: item.fact };
      }
    },
    // Loaded where there is one.
    open: async (sink) => (await import("./sinks/mod.ts")).openSink(sink),
  }, config);
  await alerts.prepare();
  return alerts;
}
