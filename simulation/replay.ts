/**
 * Lets a controller decide again on readings that were taken before.
 *
 * @module
 */
import { Controller, type Council } from "../actors/controller.ts";
import { Decisions } from "../actors/decisions.ts";
import { usualPool } from "../actors/pool_of.ts";
import { Scaler } from "../actors/scaler.ts";
import { memoryStore } from "../actors/stores/memory.ts";
import { Supervisor } from "../actors/supervisor.ts";
import type { Decision, StartTimes } from "../messages/decision.ts";
import type { Reading } from "../messages/signals.ts";
import { SimulatedClock } from "./clock.ts";

/** What was seen at one look. */
export interface Look {
  /** What the policies saw. */
  readonly reading: Reading;
  /** What starts had taken by then. */
  readonly starts: readonly StartTimes[];
}

/**
 * The decisions that `council` comes to on these looks, with the very controller and scaling machine.
 * A council of the same policies, none of which has decided anything yet, comes to the same.
 */
export async function replay(looks: readonly Look[], council: Council): Promise<Decision[]> {
  const [first] = looks;
  if (first === undefined) return [];
  const { nowMs, wallMs } = first.reading;
  const clock = new SimulatedClock(Math.ceil((wallMs ?? nowMs) - nowMs));
  await clock.run(nowMs);
  let look = first;
  const decisions: Decision[] = [];
  let failure: string | null = null;
  const supervisor = new Supervisor("replay", clock, {
    restarted: (id, because) => void (failure ??= `${id} failed: ${because}`),
    gaveUp: (because) => void (failure ??= because),
  }).start(() => {});
  const workers = () => look.reading.workers + look.reading.starting;
  const store = memoryStore();
  const scaler = new Scaler(usualPool, { clock, store }, {
    adopt: () => {},
    note: () => {},
    workers,
  });
  const parts = { clock, store, scaler, decisions: new Decisions(store, clock) };
  const controller = new Controller(usualPool, council, parts, {
    read: () => look.reading,
    starts: () => look.starts,
    prices: () => null,
    note: (fact) => void (fact.type === "decided" && decisions.push(fact.decision)),
  });
  supervisor.keep(scaler.child);
  for (look of looks) {
    await clock.run(look.reading.nowMs);
    scaler.tell({ type: "resized", workers: workers() });
    controller.evaluate();
  }
  if (failure !== null) throw new Error(failure);
  return decisions;
}
