/**
 * Who is let into the queue: as many as it may hold, as fast as they may come, and under pressure
 * only the better classes. Whoever is refused is told when to come again.
 *
 * @module
 */
import type { Priority } from "../messages/job.ts";
import { Inflow, type InflowLimit } from "../policies/admission/inflow.ts";
import { Outflow } from "../policies/admission/outflow.ts";
import { Inflows, type KeyInflows } from "./inflows.ts";
import { classes, type Order } from "./job.ts";
import type { Clock, Random } from "./ports.ts";
import type { QueueLimits } from "./queue_listener.ts";
import { Refusal } from "./refusal.ts";

/** What a job costs besides its payload, roughly. */
export const jobBytes = 256;

/** Time to come again in where the pace of the queue is not known, ms. */
const unknownMs = 1_000;
/** Those who are refused at the same time come back within this share of their time, up and down. */
const jitterRatio = 0.2;

/** Who finds the queue full comes again when so much of it has been worked off. */
const roomRatio = 0.1;

/** What is in a queue. */
export interface Filled {
  readonly accepting: boolean;
  readonly open: { readonly size: number };
  readonly bytes: number;
}

/** What is configured. */
export interface IngressOptions {
  /** Jobs that may be submitted in a second; null: any number. */
  readonly ratePerS: number | null;
  /** Jobs that may be submitted at once. */
  readonly burst: number;
  /** Share of the queue that jobs of class `normal`, or `low`, may fill. */
  readonly normalRatio: number;
  readonly lowRatio: number;
  /** How fast jobs of each key may be submitted; absent: as fast as all. */
  readonly keys?: KeyInflows;
}

/** Nothing but the bounds of the queue. */
const open: IngressOptions = { ratePerS: null, burst: 1, normalRatio: 1, lowRatio: 1 };

/** What comes at once. */
interface Group {
  readonly jobs: number;
  readonly bytes: number;
  /** The worst class among them. */
  readonly priority: Priority;
}

/** The way into one queue. */
export class Ingress {
  limits: QueueLimits;
  /** Jobs of worse classes are refused; null: none are. Under pressure it is set from outside. */
  shedBelow: Priority | null = null;
  /** Jobs that have ended. */
  ended = 0;
  #options = open;
  /** Share of the queue that any class may fill. */
  #leastRatio = 1;
  #inflow: Inflow | null = null;
  readonly #inflows = new Inflows();
  readonly #outflow = new Outflow();
  readonly #clock: Clock;
  readonly #random: Random;

  /** Lets in as many as `limits` say. */
  constructor(ports: { readonly clock: Clock; readonly random: Random }, limits: QueueLimits) {
    this.#clock = ports.clock;
    this.#random = ports.random;
    this.limits = limits;
  }

  /** What is configured holds from now on. */
  adopt(options: IngressOptions): void {
    this.#options = options;
    const { ratePerS, burst, normalRatio, lowRatio, keys = {} } = options;
    this.#leastRatio = Math.min(1, normalRatio, lowRatio);
    const limit: InflowLimit | null = ratePerS === null ? null : { ratePerS, burst };
    const nowMs = this.#clock.nowMs();
    this.#inflows.adopt(keys, nowMs);
    if (limit === null) this.#inflow = null;
    else if (this.#inflow === null) this.#inflow = new Inflow(limit, nowMs);
    else this.#inflow.adopt(limit, nowMs);
  }

  /** Lets in what is submitted; throws Refusal where that can't be now. */
  submit(queue: Filled, orders: readonly Order[]): void {
    let [bytes, rank] = [0, 0];
    for (const { payload, spec: { priority = "normal" } } of orders) {
      bytes += payload.length + jobBytes;
      rank = Math.max(rank, classes.indexOf(priority));
    }
    const group = { jobs: orders.length, bytes, priority: classes[rank]! };
    this.#refuse(queue, group);
    this.#hold(orders);
  }

  /** Lets in one job that a program runs itself: it comes as fast as the program likes. */
  one(
    queue: Filled,
    { payload, spec: { priority = "normal" } }: Pick<Order, "payload" | "spec">,
  ): void {
    const bytes = payload.length + jobBytes;
    // A million jobs come this way: one that finds plenty of room costs two comparisons.
    if (this.#isPlenty(queue, bytes)) return;
    this.#refuse(queue, { jobs: 1, bytes, priority });
  }

  #isPlenty({ accepting, open, bytes }: Filled, more: number): boolean {
    const { jobsMax, bytesMax } = this.limits;
    return accepting && this.shedBelow === null && open.size < jobsMax * this.#leastRatio &&
      bytes + more <= bytesMax * this.#leastRatio;
  }

  #refuse({ accepting, open, bytes }: Filled, group: Group): void {
    if (!accepting) throw new Refusal("draining", "Cannot take jobs as the runtime stops");
    const { shedBelow } = this;
    if (shedBelow !== null && classes.indexOf(group.priority) > classes.indexOf(shedBelow)) {
      const message = `Cannot take jobs of class ${group.priority} under pressure: ` +
        `those of class ${shedBelow} and better are taken`;
      throw this.#later("overloaded", message, this.#drainMs(open.size * roomRatio));
    }
    const ratio = this.#ratioOf(group.priority);
    const { jobsMax, bytesMax } = this.limits;
    const over = open.size + group.jobs - Math.floor(jobsMax * ratio);
    const overBytes = bytes + group.bytes - bytesMax * ratio;
    if (over <= 0 && overBytes <= 0) return;
    const filled = `${open.size} of ${jobsMax} jobs, ${bytes} of ${bytesMax} bytes`;
    const share = ratio < 1 ? `; class ${group.priority} may fill ${ratio * 100} %` : "";
    const message = `Cannot take ${group.jobs} jobs as the queue is full: ${filled}${share}`;
    const many = Math.max(over, overBytes * open.size / bytes || 0, open.size * roomRatio);
    throw this.#later("queue_full", message, this.#drainMs(many));
  }

  /** Refuses jobs that come too fast. */
  #hold(orders: readonly Order[]): void {
    const nowMs = this.#clock.nowMs();
    this.#outflow.look(this.ended, nowMs);
    const jobs = orders.length;
    const waitMs = this.#inflow?.waitMs(jobs, nowMs) ?? 0;
    if (waitMs > 0) throw this.#tooFast(`${jobs} jobs`, this.#options, waitMs);
    const other = this.#inflows.tooFast(orders, nowMs);
    if (other) {
      throw this.#tooFast(
        `${other.jobs} jobs with the key ${other.key}`,
        other.limit,
        other.waitMs,
      );
    }
    this.#inflow?.take(jobs);
    this.#inflows.take(orders, nowMs);
  }

  #tooFast(what: string, { ratePerS, burst }: IngressOptions | InflowLimit, waitMs: number) {
    const message = `Cannot take ${what} now: ${ratePerS} a second may come, ${burst} at once`;
    return this.#later("rate_limited", message, waitMs);
  }

  #ratioOf(priority: Priority): number {
    if (priority === "high") return 1;
    return this.#options[priority === "low" ? "lowRatio" : "normalRatio"];
  }

  /** About how long until so many jobs have ended. */
  #drainMs(jobs: number): number {
    return this.#outflow.waitMs(jobs, this.ended, this.#clock.nowMs()) ?? unknownMs;
  }

  #later(code: string, message: string, waitMs: number): Refusal {
    const spread = 1 + jitterRatio * (2 * this.#random.unit() - 1);
    return new Refusal(code, message, [], waitMs * spread);
  }
}
