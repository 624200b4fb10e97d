/**
 * The changes of one commit, as the thread wants them.
 *
 * @module
 */
import type { Change } from "../../ports.ts";
import { packFact } from "./facts.ts";
import { packJob } from "./jobs.ts";
import { packOutcome } from "./outcomes.ts";
import type { Batch } from "./protocol.ts";
import { packSchedule } from "./schedules.ts";
import { packSlot } from "./slots.ts";
import { packSnapshot } from "./snapshots.ts";
import { packStep } from "./steps.ts";
import { packTries } from "./tries.ts";

/** No change yet. */
export function emptyBatch(): Batch {
  return {
    jobs: [],
    amended: [],
    redriven: [],
    outcomes: [],
    facts: [],
    snapshots: [],
    schedules: [],
    slots: [],
    steps: [],
    tries: [],
  };
}

/** Adds a change to a batch. */
export function pack(batch: Batch, change: Change): void {
  switch (change.type) {
    case "accepted":
      packJob(batch.jobs, change.job);
      return packStep(batch.steps, change.job);
    case "amended":
      batch.amended.push(change.job.id, JSON.stringify(change.job.spec));
      return;
    case "redriven":
      packTries(batch.tries, change.job.id, null);
      return packJob(batch.redriven, change.job);
    case "tried":
      return packTries(batch.tries, change.id, change.tries);
    case "ended":
      return packOutcome(batch.outcomes, change.ended);
    case "fact":
      return packFact(batch.facts, change.stamped);
    case "schedule":
      return packSchedule(batch.schedules, change.name, change.schedule);
    case "slot":
      return packSlot(batch.slots, change.slot);
    case "snapshot":
      return packSnapshot(batch.snapshots, change.actor, change.snapshot);
  }
}
