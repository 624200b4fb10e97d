/**
 * Commands that hold memory for some time, packed in no time: the clock jumps from end to end.
 *
 * @module
 */
import { Footprints } from "../actors/footprints.ts";
import { commandGrant } from "../actors/grant.ts";
import type { Job } from "../actors/job.ts";
import type { Operation } from "../actors/operation.ts";
import { Shelves } from "../actors/shelves.ts";
import type { Need } from "../policies/estimators/footprint.ts";
import { ManualClock } from "./manual_clock.ts";
import { jobOf } from "./orders.ts";

/** The operation that stands for all commands. */
export const commands: Operation = {
  number: 0,
  name: "command",
  source: "",
  grant: commandGrant,
  slotsMax: 16,
};

/** A command to be, with what it will turn out to need. */
export interface Hog {
  readonly operation: string;
  readonly bytes: number;
  readonly holdMs: number;
}

/** A command of an operation. */
export const commandOf = (id: number, operation: string): Job =>
  jobOf(id, { command: ["hog"], operation }, { operation: commands });

/** Knows what each job will need. */
class Clairvoyant extends Footprints {
  readonly #bytesOf: (job: Job) => number;

  constructor(clock: ManualClock, budgetBytes: number, bytesOf: (job: Job) => number) {
    super(clock, budgetBytes);
    this.#bytesOf = bytesOf;
  }

  override need(job: Job): Need {
    return { bytes: this.#bytesOf(job), marginBytes: 0 };
  }
}

/** How a packing went. */
export interface Packed {
  readonly makespanMs: number;
  /** By job: how many of its operation had ended when the budget was overrun with it. */
  readonly overruns: readonly number[];
  /** Numbers of the jobs as they began, from 1. */
  readonly order: readonly number[];
}

/** Packs `hogs`, given all at once, into `budgetBytes`. */
export function pack(hogs: readonly Hog[], budgetBytes: number, knows = false): Packed {
  const clock = new ManualClock();
  const bytesOf = (job: Job) => hogs[job.id - 1]!.bytes;
  const footprints = knows
    ? new Clairvoyant(clock, budgetBytes, bytesOf)
    : new Footprints(clock, budgetBytes);
  const lane = new Shelves(commandGrant, footprints);
  for (let i = 0; i < hogs.length; i++) lane.add(commandOf(i + 1, hogs[i]!.operation));
  const running: { readonly job: Job; readonly untilMs: number }[] = [];
  const overruns: number[] = [];
  const order: number[] = [];
  for (;;) {
    for (let job = lane.take(); job; job = lane.take()) {
      footprints.reserve(job);
      order.push(job.id);
      running.push({ job, untilMs: clock.nowMs() + hogs[job.id - 1]!.holdMs });
      const bytes = running.reduce((sum, one) => sum + bytesOf(one.job), 0);
      const { ended } = footprints.weightOf(job).entry.footprint;
      if (bytes > budgetBytes) overruns.push(ended);
    }
    if (running.length === 0) break;
    clock.skip(Math.min(...running.map(({ untilMs }) => untilMs)) - clock.nowMs());
    // What ends at one instant ends before anything begins.
    for (const one of running.filter(({ untilMs }) => untilMs <= clock.nowMs())) {
      running.splice(running.indexOf(one), 1);
      end(footprints, one.job, hogs[one.job.id - 1]!);
    }
  }
  return { makespanMs: clock.nowMs(), overruns, order };
}

/** Lets a job end well. */
export function end(footprints: Footprints, job: Job, { bytes, holdMs }: Omit<Hog, "operation">) {
  footprints.release(job);
  footprints.again(job, {
    type: "done",
    attempts: 1,
    waitMs: 0,
    durationMs: holdMs,
    resources: { cpuSeconds: 0.01, peakBytes: bytes, ioBytes: null, source: "samples" },
    worker: "1.1",
  });
}

/** 8 operations, 50 jobs each, +-10 %, in an order of chance, each held 0.5 s; sizes times `scale`. */
export function mixed(seed: number, scale: number): Hog[] {
  const unit = random(seed);
  const sizes = [50, 75, 100, 150, 250, 400, 600, 900];
  const list = sizes.flatMap((size) =>
    Array.from({ length: 50 }, () => ({
      operation: `hog${size}`,
      bytes: Math.round(scale * size * 2 ** 20 * (0.9 + 0.2 * unit())),
      holdMs: 490 + 20 * unit(),
      at: unit(),
    }))
  );
  return list.sort((a, b) => a.at - b.at);
}

function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
