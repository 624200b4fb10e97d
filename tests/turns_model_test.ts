/** Any mix of what can happen to jobs with keys, against a count of who runs. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Job } from "../actors/job.ts";
import { turn } from "../actors/turns/turn.ts";
import type { JobSpec } from "../messages/job.ts";
import type { KeyLimit, KeyLimits } from "../messages/limits.ts";
import { crash, type End } from "./queue_stage.ts";
import { TurnsStage } from "./turns_stage.ts";

type Step =
  | { readonly do: "put"; readonly spec: JobSpec }
  | { readonly do: "take" | "takeAll" }
  | { readonly do: "end"; readonly how: End; readonly pick: number }
  | { readonly do: "release" | "lose" | "cancel"; readonly pick: number }
  | { readonly do: "wait"; readonly ms: number }
  | { readonly do: "adopt"; readonly limits: KeyLimits };

const keyOf = fc.constantFrom("a:1", "a:2", "a:3", "b:1", "b:2", "c:1");

const specOf: fc.Arbitrary<JobSpec> = fc.record({
  keys: fc.uniqueArray(keyOf, { maxLength: 3 }),
  priority: fc.constantFrom("high", "normal", "low"),
  retries: fc.nat(1),
  queueTimeoutMs: fc.integer({ min: 1, max: 3_000 }),
}, { requiredKeys: [] });

const most = fc.option(fc.integer({ min: 1, max: 3 }));
const limitOf: fc.Arbitrary<KeyLimit> = fc.record({ each: most, keys: most });
const limitsOf: fc.Arbitrary<KeyLimits> = fc.record({
  "a:*": limitOf,
  "a:1": limitOf,
  "b:*": limitOf,
}, { requiredKeys: ["a:*", "b:*"] });

const pick = fc.nat(30);
const stepOf = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant("put"), spec: specOf }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom("take", "take", "takeAll") }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("end"),
      how: fc.constantFrom("done", "done", "failed", "timedOut"),
      pick,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constantFrom("release", "lose", "cancel", "cancel"), pick }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("wait"), ms: fc.nat(2_500) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("adopt"), limits: limitsOf }) },
) as fc.Arbitrary<Step>;

/** What holds for a key, as simple as it can be said. */
function patternOf(key: string, limits: KeyLimits): string | undefined {
  return [key, `${key.slice(0, 2)}*`].find((pattern) => pattern in limits);
}

class Play {
  readonly stage: TurnsStage;
  limits: KeyLimits;

  constructor(limits: KeyLimits) {
    this.limits = limits;
    this.stage = new TurnsStage(limits);
  }

  async step(step: Step): Promise<void> {
    const { stage } = this;
    const { queue, running, jobs } = stage;
    switch (step.do) {
      case "put":
        return void stage.put(step.spec);
      case "take":
        return this.#took([stage.take()].filter((job) => job !== undefined));
      case "takeAll":
        return this.#took(stage.takeAll());
      case "wait":
        return await stage.clock.advance(step.ms);
      case "adopt":
        this.limits = step.limits;
        return stage.turns.adopt(step.limits);
      case "cancel": {
        const job = jobs[step.pick % (jobs.length || 1)];
        return job && queue.cancel(job, "because");
      }
    }
    const job = running[step.pick % (running.length || 1)];
    if (!job) return;
    stage.out(job);
    if (step.do === "release") {
      job.startedMs = 0;
      queue.release([job]);
    } else if (step.do === "lose") queue.lose([job], null, "1.1", crash());
    else if (step.do === "end") {
      stage.end(job, job.doomed === "cancelled" ? "cancelled" : step.how);
    }
  }

  /** Those that begin may begin, as the others are that run already. */
  #took(jobs: readonly Job[]): void {
    for (const job of jobs) {
      const others = this.stage.running.filter((other) => job !== other && !jobs.includes(other));
      const earlier = [...others, ...jobs.slice(0, jobs.indexOf(job))];
      assertEquals(this.#blocked(job, earlier), false, `${job.id} may not run`);
    }
  }

  /** Whether a job may not run beside `running`. */
  #blocked(job: Job, running: readonly Job[]): boolean {
    const { limits } = this;
    const used = running.flatMap(({ keys }) => keys ?? []);
    return (job.keys ?? []).some((key) => {
      const pattern = patternOf(key, limits);
      if (pattern === undefined) return false;
      const { each, keys } = limits[pattern]!;
      if (used.filter((other) => other === key).length >= (each ?? Infinity)) return true;
      const others = new Set(used.filter((other) => patternOf(other, limits) === pattern));
      return !others.has(key) && others.size >= (keys ?? Infinity);
    });
  }

  check(): void {
    const { turns, running, jobs, queue } = this.stage;
    for (const { name, running: count, laid } of turns.known.keys.values()) {
      const having = (is: (job: Job) => boolean) =>
        jobs.filter((job) => job.keys?.includes(name) && is(job)).length;
      assertEquals(count, having((job) => running.includes(job) && !job.outcome), name);
      laid.forEach((count, rank) =>
        assertEquals(count, having((job) => job.turn === turn.laid && job.rank === rank), name)
      );
    }
    const parked = jobs.filter((job) => job.turn === turn.parked);
    assert(parked.every(({ state }) => state === "blocked"));
    assertEquals(turns.parked, parked.length);
    const waiting = jobs.filter(({ state, slot }) => state === "waiting" && slot < 0);
    assertEquals(queue.queued, waiting.length, "nobody lies in two places");
  }

  /** Nobody waits while there are workers and his keys are free. */
  idle(): void {
    this.#took(this.stage.takeAll());
    for (const job of this.stage.jobs) {
      if (job.outcome || job.state === "retrying" || this.stage.running.includes(job)) continue;
      assertEquals(this.#blocked(job, this.stage.running), true, `${job.id} could run`);
    }
  }

  async finish(): Promise<void> {
    for (let round = 0; this.stage.queue.open.size > 0 && round < 200; round++) {
      this.idle();
      const job = this.stage.running[0];
      if (job) this.stage.end(this.stage.out(job), job.doomed ? "cancelled" : "done");
      else await this.stage.clock.advance(10_000);
    }
    this.check();
    assertEquals([this.stage.queue.open.size, this.stage.turns.parked], [0, 0]);
  }
}

Deno.test("turns: limits hold, nobody waits for nothing, nothing leaks, over 1e5 operations", async () => {
  let operations = 0;
  await fc.assert(
    fc.asyncProperty(
      limitsOf,
      fc.array(stepOf, { minLength: 80, maxLength: 120, size: "max" }),
      async (limits, steps) => {
        const play = new Play(limits);
        for (const [i, step] of steps.entries()) {
          await play.step(step);
          if (i % 5 === 4) play.check();
          if (i % 7 === 6) play.idle();
        }
        await play.finish();
        operations += steps.length;
      },
    ),
    { numRuns: 1_100 },
  );
  assert(operations >= 1e5, `${operations} operations`);
});

Deno.test("turns: one that leaves a key's line leads on who stands before it", async () => {
  const none = { each: null, keys: null };
  const play = new Play({ "a:*": none, "b:*": none });
  const put = (keys: string[], priority: "high" | "normal" = "normal") =>
    play.step({ do: "put", spec: { keys, priority } });
  const adopt = (keysOfB: number | null) =>
    play.step({
      do: "adopt",
      limits: { "a:*": { each: null, keys: 1 }, "b:*": { each: 1, keys: keysOfB } },
    });
  await put(["a:3", "b:2"], "high");
  await adopt(null);
  for (const keys of [["a:2"], ["a:2", "b:1"], ["b:1"], ["b:1", "a:3"]]) await put(keys);
  await play.step({ do: "takeAll" });
  await put(["a:2", "b:2"]);
  await adopt(1);
  await play.step({ do: "release", pick: 0 });
  await play.finish();
});

Deno.test("turns: within a key and a class, who came first begins first", () => {
  const spec = fc.record({
    keys: fc.uniqueArray(keyOf, { minLength: 1, maxLength: 2 }),
    priority: fc.constantFrom("high" as const, "low" as const),
  });
  fc.assert(fc.property(limitsOf, fc.array(spec, { maxLength: 40 }), pick, (limits, specs, at) => {
    const stage = new TurnsStage(limits);
    const began: Job[] = [];
    for (const spec of specs) {
      stage.put(spec);
      if (stage.jobs.length % 3 === 0) began.push(...[stage.take()].filter((job) => !!job));
      if (stage.jobs.length % 4 === 0 && stage.running[0]) stage.end(stage.out(stage.running[0]));
    }
    while (stage.queue.open.size > 0) {
      began.push(...stage.takeAll());
      stage.end(stage.out(stage.running[at % stage.running.length]!));
    }
    for (const [, same] of Map.groupBy(began, ({ keys, rank }) => `${keys} ${rank}`)) {
      assertEquals(same.map(({ id }) => id), same.map(({ id }) => id).toSorted((a, b) => a - b));
    }
  }));
});
