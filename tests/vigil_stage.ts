/**
 * A vigil over workers in the test's hand.
 *
 * @module
 */
import type { Job } from "../actors/job.ts";
import type { Grant } from "../actors/ports.ts";
import { Vigil } from "../actors/vigil.ts";
import type { JobSpec } from "../messages/job.ts";
import { messages } from "../messages/wire.ts";
import { ManualClock } from "./manual_clock.ts";
import { jobOf } from "./orders.ts";
import { type Puppet, puppet } from "./puppet.ts";
import { unseen } from "./unseen.ts";

/** A vigil over some puppets, its looks, and what it did. */
export class Watch {
  readonly clock = new ManualClock();
  readonly done: string[] = [];
  readonly states = new Map<number, string>();
  /** Threads of their own, by pid. */
  readonly threads = new Map<number, number>();
  /** Workers that were seen to have some, by pid, once for each look. */
  readonly threaded: (number | null)[] = [];
  readonly puppets: Puppet[] = [];
  readonly vigil = new Vigil(
    this.clock,
    {
      read: () => {
        throw new Error("not asked for");
      },
      vitals: () => unseen,
      walk: () => 5_000,
      processState: (pid) => this.states.get(pid) ?? "S",
      scriptThreads: (pid) => this.threads.get(pid) ?? 0,
      threadMs: () => null,
      residentBytes: (pid) => pid * 1_000,
    },
    {
      links: () => this.puppets.map(({ link }) => link),
      condemn: ({ startedPid: pid }, because) => this.done.push(`condemn ${pid}: ${because}`),
      drain: ({ pid }, because) => this.done.push(`drain ${pid}: ${because}`),
    },
  );

  add(grant?: Grant, young = false): Puppet {
    const one = puppet(this.clock, { began: (link) => this.vigil.began(link) }, {
      pid: 100 + this.puppets.length,
      young,
      ...(grant && { grant }),
    });
    this.puppets.push(one);
    return one;
  }

  /** Sends jobs and lets `count` of them begin. */
  run({ link, say }: Puppet, specs: readonly JobSpec[], count = specs.length): Job[] {
    const jobs = specs.map((spec, i) => jobOf(i + 1, spec));
    for (const job of jobs) link.send(job, this.clock.nowMs());
    if (count > 0) say(messages.began.kind, count, 0);
    return jobs;
  }

  /** Lets seconds pass, with a look at the end of each. */
  async pass(seconds: number, each: () => void = () => {}): Promise<void> {
    for (let i = 0; i < seconds; i++) {
      await this.clock.advance(1_000);
      each();
      this.threaded.push(...this.vigil.look().map(({ pid }) => pid));
    }
  }
}

/** What was asked of a worker, of one kind. */
export const asks = ({ sent }: Puppet, kind: number) => sent.filter(([first]) => first === kind);
