/**
 * A queue whose breakers live under a supervisor, and what the next process finds of them.
 *
 * @module
 */
import type { BreakerRules } from "../actors/circuits/rules.ts";
import { breakerRules } from "../actors/circuits/rules.ts";
import type { Job } from "../actors/job.ts";
import { memoryStore } from "../actors/stores/memory.ts";
import { Supervisor, usual } from "../actors/supervisor.ts";
import { keysOf } from "../actors/turns/keys_of.ts";
import type { ControlFact } from "../messages/facts.ts";
import type { JobSpec } from "../messages/job.ts";
import type { ManualClock } from "./manual_clock.ts";
import { QueueStage } from "./queue_stage.ts";

/** Jobs of the operation `t`, whose breaker counts all of them. */
export class CircuitsStage extends QueueStage {
  readonly facts: ControlFact[] = [];
  /** Messages that machines got. */
  events = 0;
  readonly supervisor = new Supervisor("top", this.clock, {
    restarted: () => {},
    gaveUp: () => {},
  }).start(({ type }) => void (this.events += Number(type === "@xstate.event"))).under("breakers", {
    ...usual,
    strategy: "simpleOneForOne",
  });
  /** What was stored last. */
  stored: unknown = null;

  /** `rules` are those of `operation:t`; `stored` is what an earlier process kept. */
  constructor(
    rules: Partial<BreakerRules> = {},
    { clock, stored }: { readonly clock?: ManualClock; readonly stored?: unknown } = {},
  ) {
    super(memoryStore(), { jobsMax: 1e5, bytesMax: 1e9 }, clock);
    this.circuits.settleIn({
      supervisor: this.supervisor,
      keep: (snapshot) => this.stored = JSON.parse(JSON.stringify(snapshot)),
      note: (fact) => this.facts.push(fact),
    });
    this.circuits.adopt({ "operation:t": breakerRules.parse({ volumeMin: 4, ...rules }) });
    this.circuits.restore(stored);
  }

  get circuits() {
    return this.queue.gates.circuits;
  }

  /** Value of the machine of a breaker; null where there is none. */
  value(name = "operation:t"): unknown {
    return this.circuits.all.get(name)?.snapshot?.value ?? null;
  }

  put(spec: JobSpec = {}): Job {
    return this.add(spec, { keys: keysOf(spec) });
  }

  many(count: number, spec: JobSpec = {}): Job[] {
    return Array.from({ length: count }, () => this.put(spec));
  }

  /** A worker takes the next job that may run and begins it. */
  take(): Job | undefined {
    for (;;) {
      const job = this.lane.take() ?? this.lane.takeSuspect();
      if (job && job.gates !== null && !this.queue.gates.take(job)) continue;
      if (!job) return undefined;
      job.slot = 0;
      this.begun(job);
      return job;
    }
  }

  /** Runs so many jobs that end so, and lets the breakers hear of it. */
  async run(count: number, how: "done" | "failed" | "invalid" | "timedOut", spec?: JobSpec) {
    for (const job of this.many(count, spec)) {
      const taken = this.take();
      if (taken) this.end(taken, how);
      else throw new Error(`job ${job.id} may not run`);
    }
    await this.clock.advance(50);
  }
}
