/** Why a job waits: what is named is what blocks it. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { breakerRules } from "../actors/circuits/rules.ts";
import { classes, type Job, jobId, jobNumber, type Order, viewJob } from "../actors/job.ts";
import { poolHandle } from "../actors/pool_handle.ts";
import { keysOf } from "../actors/turns/keys_of.ts";
import { precedes } from "../actors/turns/precedes.ts";
import { whyWaits } from "../actors/why.ts";
import { dependenciesOf } from "../actors/workflows/dependencies_of.ts";
import type { JobSpec } from "../messages/job.ts";
import { orderOf } from "./orders.ts";
import { rated } from "./rated.ts";
import { StoreStub } from "./store_stub.ts";
import { SystemStage } from "./system_stage.ts";

/** Longest that anything takes here, ms. */
const longMs = 100_000;

const specOf: fc.Arbitrary<JobSpec> = fc.record({
  priority: fc.constantFrom(...classes),
  rank: fc.integer({ min: -2, max: 2 }),
  key: fc.constantFrom("k:a", "k:b", "r:a"),
  delayMs: fc.integer({ min: 1, max: 5_000 }),
  retries: fc.constant(1),
}, { requiredKeys: [] });

/** A job, and how many places before it the one stands that it waits for; 0: for none. */
const partOf = fc.tuple(specOf, fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat(5)));

const stateOf = fc.record({
  parts: fc.array(partOf, { minLength: 1, maxLength: 40 }),
  waitMs: fc.nat(3_000),
  isPaused: fc.boolean(),
  runningMax: fc.option(fc.nat(4)),
  pick: fc.nat(39),
});

const many = (count: number, partAt: (n: number) => readonly [JobSpec, number]) => ({
  parts: Array.from({ length: count }, (_, n): [JobSpec, number] => [...partAt(n)]),
  waitMs: 39,
  isPaused: false,
  runningMax: null,
  pick: count - 1,
});

/** One for each of what must not be missed. */
const states = [
  many(2, (n) => [{}, n]),
  many(1, () => [{ retries: 1 }, 0]),
  many(12, () => [{ retries: 1 }, 0]),
  many(4, () => [{ key: "r:a" }, 0]),
  { ...many(4, () => [{}, 0]), runningMax: 0 },
];

/** The nth job; one that is tried again fails at once. */
function orderAt(n: number, [spec, before]: readonly [JobSpec, number]): Order {
  const after = before > 0 && before <= n && [{
    id: jobId(1 + n - before),
    onFailure: "run" as const,
  }];
  const whole = { ...spec, backoff: { baseMs: 2_000 }, ...(after && { after }) };
  return orderOf(whole, { keys: keysOf(spec), payload: spec.retries ? "1" : String(longMs) });
}

/** A pool of one worker whose jobs take long. */
class Play {
  readonly stage = new SystemStage({
    min: 1,
    max: 1,
    part: { jobMs: (payload) => Number(payload), failsAt: (payload) => payload === 1 },
  });
  jobs: readonly Job[] = [];

  /** Takes away what `gate` says of `job`; false where only time does. */
  async remove(gate: string, job: Job, etaMs: number | null): Promise<void> {
    const { clock, system } = this.stage;
    switch (gate) {
      case "scheduled":
        assert(etaMs !== null && etaMs > 0);
        await clock.advance(etaMs - 0.5);
        assertEquals(job.state, "scheduled", "not before it says");
        return await clock.advance(1);
      case "retry":
        assert(etaMs !== null && etaMs > 0);
        await clock.advance(etaMs - 0.5);
        assertEquals(job.state, "retrying", "not before it says");
        return await clock.advance(1);
      case "dependencies":
        for (const { id } of dependenciesOf(job.spec)) {
          const other = system.queue.open.get(jobNumber(id)!);
          if (other) system.cancel(other, "not waited for any more");
        }
        return await clock.advance(50);
      case "breaker":
        system.queue.gates.circuits.adopt({ "operation:t": breakerRules.parse({ jobs: "none" }) });
        return await clock.advance(1);
      case "rate":
      case "key":
        system.queue.gates.turns.adopt({});
        return await clock.advance(1);
      case "operator":
        poolHandle(system, "default").resume();
        return await clock.advance(1);
      case "running limit":
        this.limit(null);
        return await clock.advance(1);
      case "position":
      case "credit":
        for (const other of this.jobs) {
          const isAhead = other.slot >= 0 || other.state === "running" || precedes(other, job);
          if (other !== job && !other.outcome && isAhead) system.cancel(other, "out of the way");
        }
        return await clock.advance(50);
      default:
        throw new Error(`no play has the gate ${gate}`);
    }
  }

  limit(runningMax: number | null): void {
    const { pool } = this.stage.system;
    pool.adopt(pool.decision, { ...pool.envelope, runningMax });
  }

  why(job: Job) {
    return whyWaits(this.stage.system, viewJob(job, 0));
  }
}

Deno.test("why: what is named is what blocks; without it the job begins or the next is named", async () => {
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(stateOf, async ({ parts, waitMs, isPaused, runningMax, pick }) => {
      const play = new Play();
      const { clock, system } = play.stage;
      await clock.advance(1_000);
      system.queue.gates.turns.adopt({
        "k:*": { each: 1, keys: null },
        "r:*": rated({ requests: "2/min" }),
      });
      system.queue.gates.circuits.adopt({
        "operation:t": breakerRules.parse({ jobs: "retried", volumeMin: 4 }),
      });
      if (isPaused) poolHandle(system, "default").pause();
      await clock.advance(0);
      if (!isPaused && runningMax !== null) play.limit(runningMax);
      play.jobs = system.queue.submit(parts.map((part, n) => orderAt(n, part)));
      await clock.advance(waitMs % 40);
      const job = play.jobs[pick % play.jobs.length]!;
      const gates: string[] = [];
      for (let step = 0; job.state !== "running" && !job.outcome; step++) {
        const { gate, because, ahead, etaMs } = play.why(job);
        assert(step < 8, `${job.id} is held by ${gates}`);
        assert(because.length > 0 && (ahead === null || ahead >= 0));
        assert(gate !== gates.at(-1) || gate === "position", `${gate} was taken away`);
        gates.push(gate);
        seen.add(gate);
        await play.remove(gate, job, etaMs);
      }
      assertEquals(play.why(job).gate, job.outcome ? "ended" : "running");
      await system.stop();
    }),
    { numRuns: 150, examples: states.map((state) => [state]) },
  );
  const named = ["scheduled", "dependencies", "retry", "key", "rate", "breaker", "operator"];
  for (const gate of [...named, "running limit", "position"]) {
    assert(seen.has(gate), `${gate} was never played: ${[...seen]}`);
  }
});

Deno.test("why: who is next knows what it waits for, who is not how many go before it", async () => {
  const play = new Play();
  const { clock, system } = play.stage;
  await clock.advance(1_000);
  play.limit(0);
  const jobs = system.queue.submit(
    [{}, { priority: "high" as const }, {}].map((spec) => orderOf(spec)),
  );
  await clock.advance(1);
  assertEquals(jobs.map((job) => play.why(job).ahead), [1, 0, 2]);
  assertEquals(play.why(jobs[0]!).because, "At most 0 jobs may run, 0 do");
  await system.stop();
});

Deno.test("why: a job that is not on disk yet says so", async () => {
  const stage = new SystemStage({ store: new StoreStub() });
  const [job] = stage.system.queue.submit([orderOf()]);
  assertEquals(whyWaits(stage.system, viewJob(job!, 0)).gate, "storage");
  await stage.system.stop();
});
