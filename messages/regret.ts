/**
 * What a pool costs beside pools of one size: what is asked of a simulation, what it answers, and what
 * is told of it.
 *
 * @module
 */

/** A policy among its options. */
type Named = { readonly name: string } & Readonly<Record<string, unknown>>;

/** What is to be simulated: plain data. */
export interface RegretWish {
  /** When each job came, ms from the beginning, in order. */
  readonly atMs: readonly number[];
  /** How long each ran, ms. */
  readonly serviceMs: readonly number[];
  /** How long jobs came, ms. */
  readonly spanMs: number;
  /** Policies that decide together, the first one first. */
  readonly policies: readonly Named[];
  /** Smallest and largest size. */
  readonly min: number;
  readonly max: number;
  /** Idle workers kept ready. */
  readonly spares: number;
  /** Whether growth by which no more gets done is taken back. */
  readonly mustGain: boolean;
  /** Jobs that run in one worker at once. */
  readonly slots: number;
  /** From the start of a worker until it takes jobs, ms. */
  readonly startMs: number;
  /** Share of its time for which a job wants a core, 0..1. */
  readonly cpuRatio: number;
  /** Cores of the machine. */
  readonly cores: number;
  /** Longer than this, ms, than it would have taken alone from when it came, and a job is late. */
  readonly waitTargetMs: number;
  /** What a late job costs, in mean run times of a job. */
  readonly latePriceRuns: number;
  /** No further size is simulated after this CPU time, ms. */
  readonly budgetMs: number;
}

/** What a size, or the policy, would have cost. */
export interface RegretCost {
  /** Worker-seconds for each second of work, and the price of lateness; 1 is perfect. */
  readonly cost: number;
  /** Jobs that ended later than they may, of all. */
  readonly latePercent: number;
}

/** A fixed size and its cost. */
export interface FixedCost extends RegretCost {
  /** How many there are all the time. */
  readonly workers: number;
}

/** What came of a {@link RegretWish}. */
export interface RegretEstimate {
  /** The pool as its policies let it be. */
  readonly own: RegretCost;
  /** Fixed sizes that were tried, the smallest first; the best of them is among them. */
  readonly sizes: readonly FixedCost[];
}

/** What the latest estimate of a pool came to. */
export interface RegretStatus {
  /** When it was made, ISO 8601. */
  readonly at: string;
  /** In one sentence, also why there are no numbers. */
  readonly because: string;
  /** Null: it could not be estimated. */
  readonly numbers: {
    /** How much more the pool cost than the best fixed size, %; negative where it cost less. */
    readonly regretPercent: number;
    /** How many workers all the time that amounts to. */
    readonly lossWorkers: number;
    /** What its policies came to. */
    readonly own: RegretCost;
    /** The fixed size that would have cost least. */
    readonly best: FixedCost;
    /** Jobs that were simulated, and the time in which they came, s. */
    readonly jobs: number;
    readonly spanS: number;
  } | null;
  /** Regret by the latest estimates that have numbers, %, at most 24, newest last. */
  readonly latelyPercent: readonly number[];
}
