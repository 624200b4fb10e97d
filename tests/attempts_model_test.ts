/** Any mix of what can happen to attempts, over many lives of a service that is killed. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Job } from "../actors/job.ts";
import type { JobSpec } from "../messages/job.ts";
import { Lives, seats } from "./lives.ts";
import { crash } from "./queue_stage.ts";

type Step =
  | { readonly do: "submit"; readonly spec: JobSpec }
  | { readonly do: "send" | "begin" | "release" | "lose"; readonly at: number }
  | { readonly do: "end"; readonly at: number; readonly how: "done" | "failed" | "invalid" }
  | { readonly do: "wait"; readonly ms: number }
  | { readonly do: "kill"; readonly ms: number };

const stepOf: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("submit"),
      spec: fc.record({ retries: fc.nat(2), onLoss: fc.constantFrom("retry", "fail") }),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constantFrom("send", "send", "begin", "begin", "release", "lose"),
      at: fc.nat(2),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("end"),
      at: fc.nat(2),
      how: fc.constantFrom("done", "failed", "failed", "invalid"),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("wait"), ms: fc.nat(3_000) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("kill"), ms: fc.nat(2_000) }) },
) as fc.Arbitrary<Step>;

/** Three workers over many lives, and what is to be known of each job. */
class Play {
  readonly lives = new Lives();
  readonly specs = new Map<number, JobSpec>();
  /** Attempts of each job that were begun and are over, and those of them that were its own. */
  readonly over = new Map<number, { all: number; own: number }>();
  readonly ended = new Map<number, { readonly type: string; readonly code?: string }>();
  sent: Job[][] = [[], [], []];
  begun: Job[][] = [[], [], []];
  kills = 0;

  async step(step: Step): Promise<void> {
    const { lives } = this;
    switch (step.do) {
      case "submit": {
        const { id } = lives.stage.add(step.spec);
        this.specs.set(id, step.spec);
        this.over.set(id, { all: 0, own: 0 });
        return;
      }
      case "send": {
        const job = lives.send(seats[step.at]!);
        return void (job && this.sent[step.at]!.push(job));
      }
      case "begin": {
        const job = this.sent[step.at]!.shift();
        return void (job && this.begun[step.at]!.push(lives.begun(job)));
      }
      case "release":
        return lives.stage.queue.release(this.sent[step.at]!.splice(0));
      case "lose": {
        const jobs = this.begun[step.at]!.splice(0);
        for (const { id } of jobs) this.over.get(id)!.all++;
        return lives.stage.queue.lose(jobs, null, "1.1", crash());
      }
      case "end": {
        const job = this.begun[step.at]!.shift();
        if (!job) return;
        const over = this.over.get(job.id)!;
        over.all++;
        over.own++;
        return lives.stage.end(job, step.how);
      }
      case "wait":
        return await lives.stage.clock.advance(step.ms);
      case "kill":
        return await this.kill(step.ms);
    }
  }

  async kill(downMs: number): Promise<void> {
    for (let at = 0; at < 3; at++) {
      for (const { id } of [...this.begun[at]!, ...this.sent[at]!.slice(0, 1)]) {
        this.over.get(id)!.all++;
      }
    }
    this.sent = [[], [], []];
    this.begun = [[], [], []];
    this.kills++;
    this.look();
    await this.lives.next(downMs);
    this.check();
  }

  look(): void {
    for (const [id, outcome] of this.lives.stage.ended) {
      assert(!this.ended.has(id), "one ending, over all lives");
      this.ended.set(id, outcome);
      const { all, own } = this.over.get(id)!;
      const { retries = 0 } = this.specs.get(id)!;
      if (outcome.attempts !== all) {
        // It was lost on its way to its worker: it can't be known that it was not begun.
        assertEquals([outcome.code, outcome.attempts], ["service_died", all + 1]);
      }
      assert(own <= retries + 1, `${own} attempts with ${retries} retries`);
      assertEquals(outcome.failures?.length ?? 0, Math.min(5, outcome.attempts - 1));
    }
    this.lives.stage.ended.length = 0;
  }

  /** Each job is where it was, with the attempts that it has had. */
  check(): void {
    this.look();
    for (const [id, { all }] of this.over) {
      const job = this.lives.stage.queue.open.get(id);
      if (this.ended.has(id)) assertEquals(job, undefined);
      else assertEquals([id, job!.attempt], [id, all + 1]);
    }
  }

  async finish(): Promise<void> {
    const { lives } = this;
    for (let round = 0; round < 200 && lives.stage.queue.open.size > 0; round++) {
      for (let at = 0; at < 3; at++) {
        await this.step({ do: "send", at });
        await this.step({ do: "begin", at });
        await this.step({ do: "end", at, how: "done" });
      }
      await lives.stage.clock.advance(2_000);
    }
    this.look();
    assertEquals(this.ended.size, this.specs.size, "nothing is lost");
  }
}

Deno.test("attempts: over 1,000 kills at any point each attempt is counted once", async () => {
  let kills = 0;
  const steps = fc.array(stepOf, { minLength: 30, maxLength: 60, size: "max" });
  await fc.assert(
    fc.asyncProperty(steps, async (steps) => {
      const play = new Play();
      await play.lives.next();
      for (const step of steps) await play.step(step);
      await play.kill(0);
      await play.finish();
      kills += play.kills;
    }),
    { numRuns: 300 },
  );
  assert(kills > 1_000, `${kills} kills`);
});
