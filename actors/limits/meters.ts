/**
 * Puts those together who look at what jobs and workers use.
 *
 * @module
 */
import type { ControlFact } from "../../messages/facts.ts";
import type { Footprints } from "../footprints.ts";
import type { Ports } from "../ports.ts";
import type { Meters } from "./account.ts";
import { Meter } from "./meter.ts";
import { OperationWatch } from "./operation_watch.ts";
import { Overuse } from "./overuse.ts";
import { Solo } from "./solo.ts";
import { type WorkerEffects, WorkerLevels } from "./worker_levels.ts";
import { type WatchEffects, WorkerWatch } from "./worker_watch.ts";

/** What those who look have to know. */
export interface Looks {
  readonly footprints: Footprints;
  /** Most memory of one worker; null: no limit. */
  readonly workerBytes: number | null;
}

/** What follows from what they see. */
export interface LookEffects extends Omit<WatchEffects, "warn">, Omit<WorkerEffects, "note"> {
  /** Jobs of an operation are to wait, or may be begun again. */
  pause(operation: string, isPaused: boolean): void;
  note(fact: ControlFact): void;
}

/** All of them. */
export function makeMeters(
  ports: Pick<Ports, "clock" | "host" | "trees">,
  { footprints, workerBytes }: Looks,
  effects: LookEffects,
): Meters {
  const { clock, trees } = ports;
  const solo = new Solo(trees);
  const overuse = new Overuse(footprints, trees);
  const watch = new WorkerWatch(ports, solo, workerBytes, {
    ...effects,
    warn: (code, message) => effects.note({ type: "alert", level: "warning", code, message }),
  });
  const meter: Meter = new Meter(
    clock,
    trees,
    () => overuse.look(meter.running),
    (job) => operations.watches(job),
  );
  const seen = { commands: meter.running, alone: watch.alone };
  const operations = new OperationWatch(clock, trees, seen, effects);
  const workers = new WorkerLevels(clock, trees, workerBytes, effects);
  return { meter, solo, watch, operations, workers };
}

/** Nobody looks any more. */
export function closeMeters({ meter, watch, operations, workers }: Meters): void {
  for (const one of [operations, workers, meter, watch]) one.close();
}
