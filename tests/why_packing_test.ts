/** Why a job waits that could run, but for memory, cores, workers or their shares. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import fc from "fast-check";
import { type Job, viewJob } from "../actors/job.ts";
import type { Operation } from "../actors/operation.ts";
import { poolHandle } from "../actors/pool_handle.ts";
import { whyWaits } from "../actors/why.ts";
import { usualShareRatio } from "../policies/ordering/share.ts";
import { commands } from "./memory_stage.ts";
import { orderOf, task } from "./orders.ts";
import { SystemStage } from "./system_stage.ts";

/** Longest that anything takes here, ms. */
const longMs = 1e9;
const gib = 2 ** 30;
/** What the machine has. */
const [cores, budgetBytes, workers] = [4, 8 * gib, 4];

const operations: readonly Operation[] = ["a", "b"].map((name, n) => ({
  ...task,
  name,
  number: n + 1,
}));

/** A task of one of two operations, or a command that says what it needs. */
const sortOf = fc.oneof(
  fc.record({ operation: fc.constantFrom(...operations) }),
  fc.record({ memoryBytes: fc.integer({ min: 1, max: 10 }).map((share) => share * gib) }),
  fc.record({ cpuCores: fc.integer({ min: 1, max: 5 }), memoryBytes: fc.constant(1) }),
);
type Sort = typeof sortOf extends fc.Arbitrary<infer S> ? S : never;

const stateOf = fc.record({
  sorts: fc.array(sortOf, { minLength: 1, maxLength: 80 }),
  commandsMax: fc.option(fc.nat(3)),
  isPaused: fc.boolean(),
  pick: fc.nat(79),
});

const many = (count: number, sortOf: (n: number) => Sort) => ({
  sorts: Array.from({ length: count }, (_, n) => sortOf(n)),
  commandsMax: null,
  isPaused: false,
  pick: count - 1,
});

/** One for each of what must not be missed. */
const states = [
  many(80, (n) => ({ operation: operations[n % 2]! })),
  many(4, () => ({ memoryBytes: 3 * gib })),
  many(4, () => ({ cpuCores: 3, memoryBytes: 1 })),
  // The third has the cores it needs, and stands behind one that has not.
  many(3, (n) => ({ cpuCores: [2, 3, 1][n]!, memoryBytes: 1 })),
  { ...many(4, () => ({ memoryBytes: 1 })), commandsMax: 0 },
];

function put(system: SystemStage["system"], sort: Sort): Job {
  if ("operation" in sort) {
    const { operation } = sort;
    return system.queue.submit([orderOf({ task: operation.name }, { operation })])[0]!;
  }
  const operation = "cpuCores" in sort ? "cores" : "memory";
  const spec = { command: ["hog"], operation, limits: sort };
  const payload = JSON.stringify({ argv: spec.command });
  return system.queue.submit([orderOf(spec, { operation: commands, limits: sort, payload })])[0]!;
}

/** Four workers whose jobs take long, on a machine with four cores and 8 GiB. */
class Play {
  readonly stage = new SystemStage({
    min: workers,
    max: workers,
    part: { jobMs: longMs, holds: true },
  });
  jobs: readonly Job[] = [];

  async begin(): Promise<void> {
    const { stage } = this;
    stage.machine = { cores, memoryAvailableBytes: budgetBytes / 0.9 };
    await stage.clock.advance(2_000);
  }

  /** Jobs that no worker has. */
  get waiting(): readonly Job[] {
    return this.jobs.filter(({ slot, outcome }) => slot < 0 && !outcome);
  }

  /** Sums over those that a worker has. */
  held(of: (job: Job) => number): number {
    return this.jobs.filter(({ slot, outcome }) => slot >= 0 && !outcome)
      .reduce((sum, job) => sum + of(job), 0);
  }

  /** Whether what is said is so, by what jobs said they need and where they are. */
  agrees(gate: string, job: Job): boolean {
    const { pool } = this.stage.system;
    switch (gate) {
      case "memory":
        // It does not fit, or another one does not that may not be overtaken any more.
        return this.waiting.some((other) => this.held(bytesOf) + bytesOf(other) > budgetBytes);
      case "cpu":
        return this.waiting.some((other) => this.held(coresOf) + coresOf(other) > cores);
      case "share": {
        const all = pool.links.filter(({ grant }) => grant === job.operation.grant);
        const own = all.filter((link) =>
          this.jobs.some((other) => other.operation === job.operation && link.slots.has(other))
        );
        return own.length >= Math.max(1, Math.floor(all.length * usualShareRatio));
      }
      default:
        return true;
    }
  }

  /** Takes away what `gate` says of `job`. */
  async remove(gate: string, job: Job): Promise<void> {
    const { clock, system } = this.stage;
    const { pool, stowage } = system;
    switch (gate) {
      case "memory":
        this.stage.machine = { ...this.stage.machine, memoryAvailableBytes: 1e15 };
        return await clock.advance(3_000);
      case "cpu":
        this.stage.machine = { ...this.stage.machine, cores: 1e6 };
        return await clock.advance(3_000);
      case "share":
        stowage.shares.adopt({ a: { shareRatio: 1 }, b: { shareRatio: 1 } });
        pool.dispatch(system.queue.lane(job.operation.grant));
        return await clock.advance(100);
      case "operator":
        poolHandle(system, "default").resume();
        return await clock.advance(1);
      case "commands limit":
        pool.adopt(pool.decision, { ...pool.envelope, commandsMax: null });
        return await clock.advance(1);
      case "workers":
        return await clock.advance(2_000);
      case "position":
      case "credit":
        for (const other of this.jobs) {
          const isAhead = other.slot >= 0 || other.id < job.id;
          if (other !== job && !other.outcome && isAhead) system.cancel(other, "out of the way");
        }
        return await clock.advance(3_000);
      default:
        throw new Error(`no play has the gate ${gate}`);
    }
  }
}

const bytesOf = ({ limits }: Job): number => limits?.memoryBytes ?? 0;
const coresOf = ({ limits }: Job): number => limits?.cpuCores ?? 0;

Deno.test("why: memory, cores and shares are named where they block, and where they do not another", async () => {
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(stateOf, async ({ sorts, commandsMax, isPaused, pick }) => {
      const play = new Play();
      const { clock, system } = play.stage;
      await play.begin();
      if (isPaused) poolHandle(system, "default").pause();
      await clock.advance(0);
      play.jobs = sorts.map((sort) => put(system, sort));
      await clock.advance(1_200);
      const { pool } = system;
      if (!isPaused) pool.adopt(pool.decision, { ...pool.envelope, commandsMax });
      const job = play.jobs[pick % play.jobs.length]!;
      const gates: string[] = [];
      for (let step = 0; job.state !== "running" && !job.outcome; step++) {
        const { gate, because } = whyWaits(system, viewJob(job, 0));
        assert(step < 10, `${job.id} is held by ${gates}`);
        assert(play.agrees(gate, job), `${gate} of ${job.id}: ${because}`);
        gates.push(gate);
        seen.add(gate);
        await play.remove(gate, job);
      }
      await system.stop();
    }),
    { numRuns: 150, examples: states.map((state) => [state]) },
  );
  for (const gate of ["memory", "cpu", "share", "operator", "commands limit", "position"]) {
    assert(seen.has(gate), `${gate} was never played: ${[...seen]}`);
  }
});

Deno.test("why: memory that is free again is not waited for, where workers have no room", async () => {
  const stage = new SystemStage({ min: 2, max: 2, part: { jobMs: longMs, holds: true } });
  stage.machine = { memoryAvailableBytes: budgetBytes / 0.9 };
  const { clock, system } = stage;
  await clock.advance(2_000);
  const [one, two] = [0, 1].map(() => put(system, { memoryBytes: 8 * gib }));
  await clock.advance(2_000);
  const why = () => whyWaits(system, viewJob(two!, 0));
  assertEquals([one!.state, why().gate], ["running", "memory"]);
  assertMatch(
    why().because,
    /^It needs 8192 MiB of memory \(its limit\); 8192 MiB of 8192 MiB are/,
  );
  for (let i = 0; i < 40; i++) put(system, { operation: operations[0]! });
  await clock.advance(5_000);
  const { pid } = system.pool.links.find(({ grant }) => grant.kind === "command")!;
  stage.machine = { memoryAvailableBytes: 1e15 };
  stage.processes.find((process) => process.pid === pid)!.exit(137, "SIGKILL");
  await clock.advance(10_000);
  assertEquals([why().gate, why().ahead], ["position", 0]);
  await system.stop();
});
