/** Any mix of what can happen to jobs whose keys have rates, against a list of all that was taken. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Job } from "../actors/job.ts";
import { amountOf, noteTook } from "../actors/turns/draw.ts";
import { precedes } from "../actors/turns/precedes.ts";
import type { JobSpec } from "../messages/job.ts";
import { crash } from "./queue_stage.ts";
import { TurnsStage } from "./turns_stage.ts";

type Step =
  | { readonly do: "put"; readonly spec: JobSpec }
  | { readonly do: "send" }
  | { readonly do: "takeAll" }
  | { readonly do: "begin" | "release" | "lose" | "cancel"; readonly pick: number }
  | { readonly do: "end"; readonly pick: number; readonly ratio: number; readonly restsMs: number }
  | { readonly do: "wait"; readonly ms: number };

/** What holds: by the first letter of a key, then by unit. All periods are a second. */
const rates: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  a: { requests: 4, tokens: 100 },
  b: { tokens: 150 },
  c: {},
};
const each: Readonly<Record<string, number>> = { a: 3, b: Infinity, c: 2 };
const periodMs = 1_000;
/** What is counted longer than it must be: a grain, and the time between two looks. */
const slackMs = periodMs / 128 + 1.01;

const limits = Object.fromEntries(
  Object.entries(rates).map(([letter, units]) => [`${letter}:*`, {
    each: each[letter] === Infinity ? null : each[letter]!,
    keys: null,
    rates: Object.fromEntries(Object.entries(units).map(([unit, n]) => [unit, { rate: `${n}/s` }])),
  }]),
);

const specOf: fc.Arbitrary<JobSpec> = fc.record({
  keys: fc.uniqueArray(fc.constantFrom("a:1", "a:2", "b:1", "c:1"), { minLength: 1, maxLength: 3 }),
  priority: fc.constantFrom("high", "normal", "low"),
  retries: fc.nat(1),
  units: fc.record({ tokens: fc.integer({ min: 0, max: 100 }) }),
  queueTimeoutMs: fc.integer({ min: 500, max: 9_000 }),
}, { requiredKeys: ["keys"] });

const pick = fc.nat(30);
const stepOf = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant("put"), spec: specOf }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constantFrom("send", "send", "takeAll") }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("begin"), pick }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("end"),
      pick,
      ratio: fc.double({ min: 0, max: 1, noNaN: true }),
      restsMs: fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 900 })),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom("release", "lose", "cancel"), pick }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("wait"), ms: fc.nat(400) }) },
) as fc.Arbitrary<Step>;

/** What one attempt has taken. */
interface Taken {
  readonly job: Job;
  /** Infinity until it is begun. */
  beganMs: number;
  /** By key and unit. */
  readonly amounts: Map<string, number>;
}

class Play {
  readonly stage = new TurnsStage(limits);
  /** What may still count, and what belongs to jobs under way. */
  taken: Taken[] = [];
  /** Until when nobody may have a key. */
  readonly rests = new Map<string, number>();
  steps = 0;

  get nowMs(): number {
    return this.stage.clock.nowMs();
  }

  /** What counts of a unit of a key: held, or begun within the last period and `moreMs`. */
  used(key: string, unit: string, moreMs = 0): number {
    return this.taken.filter(({ beganMs }) => beganMs > this.nowMs - periodMs - moreMs)
      .reduce((sum, { amounts }) => sum + (amounts.get(`${key} ${unit}`) ?? 0), 0);
  }

  /** Whether the rates or the number of jobs of a key leave no room for a job. */
  isBlocked(job: Job, moreMs: number): boolean {
    return job.keys!.some((key) => {
      const running = this.stage.running.filter(({ keys }) => keys!.includes(key)).length;
      if (running >= each[key[0]!]!) return true;
      if ((this.rests.get(key) ?? 0) > this.nowMs - moreMs && rates[key[0]!]!.tokens) return true;
      return Object.entries(rates[key[0]!]!).some(([unit, most]) => {
        const amount = amountOf(job, unit);
        return amount > 0 && this.used(key, unit, moreMs) + amount > most + 1e-6;
      });
    });
  }

  /** A worker gets the next job that may run; it has not begun it yet. */
  send(): Job | undefined {
    const { stage } = this;
    for (let job = stage.lane.take(); job; job = stage.lane.take()) {
      if (!stage.queue.gates.take(job)) continue;
      assertEquals(this.isBlocked(job, 0), false, `${job.id} may not run`);
      job.slot = 0;
      stage.running.push(job);
      const amounts = job.keys!.flatMap((key) =>
        Object.keys(rates[key[0]!]!).map((unit) => [`${key} ${unit}`, amountOf(job, unit)] as const)
      );
      this.taken.push({ job, beganMs: Infinity, amounts: new Map(amounts) });
      return job;
    }
    return undefined;
  }

  begin(job: Job): Taken {
    const taken = this.taken.findLast((taken) => taken.job === job)!;
    if (taken.beganMs < Infinity) return taken;
    this.stage.begun(job);
    this.stage.turns.began(job);
    taken.beganMs = this.nowMs;
    return taken;
  }

  async step(step: Step): Promise<void> {
    this.steps++;
    const { stage } = this;
    if (step.do === "put") return void stage.put(step.spec);
    if (step.do === "send") return void this.send();
    if (step.do === "takeAll") return this.idle();
    if (step.do === "wait") return await this.wait(step.ms);
    if (step.do === "cancel") {
      const job = stage.jobs[step.pick % (stage.jobs.length || 1)];
      return job && stage.queue.cancel(job, "because");
    }
    const job = stage.running[step.pick % (stage.running.length || 1)];
    if (!job) return;
    const taken = this.taken.findLast((taken) => taken.job === job)!;
    if (step.do === "begin") return void this.begin(job);
    if (step.do === "release") {
      if (taken.beganMs < Infinity) return;
      this.taken.splice(this.taken.indexOf(taken), 1);
      stage.queue.release([stage.out(job)]);
    } else if (step.do === "lose") {
      if (taken.beganMs === Infinity) taken.beganMs = this.nowMs;
      stage.begun(job);
      stage.queue.lose([stage.out(job)], job, "1.1", crash());
    } else if (step.do === "end") this.end(job, step);
  }

  async wait(ms: number): Promise<void> {
    await this.stage.clock.advance(ms);
    const goneMs = this.nowMs - periodMs - slackMs;
    this.taken = this.taken.filter(({ beganMs, job }) =>
      beganMs > goneMs || this.stage.running.includes(job)
    );
  }

  end(job: Job, { ratio, restsMs }: { readonly ratio: number; readonly restsMs: number }): void {
    const { amounts } = this.begin(job);
    const tokens = Math.floor(amountOf(job, "tokens") * ratio);
    noteTook(job, { tokens });
    for (const place of amounts.keys()) if (place.endsWith("tokens")) amounts.set(place, tokens);
    const isOver = job.doomed !== null || restsMs === 0;
    const rated = job.keys!.some((key) =>
      Object.keys(rates[key[0]!]!).some((unit) => amountOf(job, unit) > 0)
    );
    if (!isOver && rated) {
      const untilMs = this.nowMs + restsMs;
      for (const key of job.keys!) {
        this.rests.set(key, Math.max(this.rests.get(key) ?? 0, untilMs));
      }
    }
    const how = job.doomed !== null ? "cancelled" : restsMs > 0 ? "failed" : "done";
    this.stage.end(this.stage.out(job), how, isOver ? {} : { retryAfterMs: restsMs });
  }

  /** Nobody waits for nothing: who has nobody before him at any of his keys can't run indeed. */
  idle(): void {
    while (this.send());
    const parked = this.stage.jobs.filter(({ state }) => state === "blocked");
    for (const job of parked) {
      const isFirst = !parked.some((other) =>
        other !== job && precedes(other, job) && other.keys!.some((key) => job.keys!.includes(key))
      );
      if (isFirst) assertEquals(this.isBlocked(job, slackMs), true, `${job.id} could run`);
    }
  }

  /** What is counted is what was taken, at least, and nothing that has gone. */
  check(): void {
    const laidOut = this.stage.jobs.filter(({ draw }) => draw?.stage === "laid");
    for (const { name, quota } of this.stage.turns.known.keys.values()) {
      for (const [unit, bucket] of quota?.buckets ?? []) {
        const used = bucket.used(this.nowMs);
        assert(used >= this.used(name, unit) - 1e-6, `${name} ${unit}: ${used} is too little`);
        assert(
          used <= this.used(name, unit, slackMs) + 1e-6,
          `${name} ${unit}: ${used} is too much`,
        );
        for (const [rank, laid] of bucket.laid.entries()) {
          const lying = laidOut.filter((job) => job.rank === rank && job.keys!.includes(name));
          assertEquals(
            laid,
            lying.reduce((sum, job) => sum + amountOf(job, unit), 0),
            `${name} ${unit}`,
          );
        }
      }
    }
  }

  async finish(): Promise<void> {
    for (let round = 0; this.stage.queue.open.size > 0 && round < 2_000; round++) {
      this.idle();
      const job = this.stage.running[0];
      if (job) this.end(job, { ratio: 1, restsMs: 0 });
      else await this.wait(500);
    }
    this.check();
    assertEquals([this.stage.queue.open.size, this.stage.turns.parked], [0, 0]);
  }
}

Deno.test("rates: hold, nobody waits for nothing, nothing leaks, over 1e5 random operations", async () => {
  let steps = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(stepOf, { minLength: 450, maxLength: 550, size: "max" }),
      async (all) => {
        const play = new Play();
        for (const [i, step] of all.entries()) {
          await play.step(step);
          if (i % 5 === 4) play.check();
          if (i % 7 === 6) play.idle();
        }
        await play.finish();
        steps += play.steps;
      },
    ),
    { numRuns: 210 },
  );
  assert(steps >= 1e5, `${steps} operations`);
});
