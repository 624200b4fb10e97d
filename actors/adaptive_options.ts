/**
 * Options of {@link AdaptiveWorkerPool}: defaults, and what is refused.
 *
 * @module
 */
import type { SystemMetrics } from "../policies/scaling/classic.ts";
import { largest } from "../policies/largest.ts";
import type { Clock, Host } from "./ports.ts";
import { type Issue, Refusal, type Runtime } from "./runtime.ts";

/** One change of size. */
export interface ScalingEvent {
  /** Monotonic ms. */
  readonly atMs: number;
  /** Workers before. */
  readonly from: number;
  /** Workers asked for. */
  readonly to: number;
  /** The rule that applied: `queue 40 > 5`. */
  readonly because: string;
  /** What the rules saw, smoothed. */
  readonly metrics: SystemMetrics;
}

/** The numbers of {@link AdaptiveWorkerPoolOptions}; percentages are 0..100. */
export interface AdaptiveNumbers {
  /** Smallest size. Default: one worker a core, at least 4. */
  readonly minWorkers: number;
  /** Largest size. Default: 12 workers a core, at most 100. */
  readonly maxWorkers: number;
  /** Time between adjustments, s. Default 5. */
  readonly adjustmentIntervalS: number;
  /** CPU below which a long queue brings 4 workers, %. Default 40. */
  readonly scaleUpCpuThreshold: number;
  /** Queue above which a low CPU brings 4 workers. Default 20. */
  readonly scaleUpQueueThreshold: number;
  /** CPU above which a short queue costs 2 workers, %. Default 80. */
  readonly scaleDownCpuThreshold: number;
  /** Queue below which a high CPU costs 2 workers. Default 2. */
  readonly scaleDownQueueThreshold: number;
  /** Memory above which 2 workers go, %. Default 85. */
  readonly memoryPressureThreshold: number;
  /** Time between two lines of the log, s. Default 30. */
  readonly metricsLogIntervalS: number;
  /** Weight of the latest CPU and queue against the earlier ones, above 0 up to 1. Default 0.5. */
  readonly smoothingFactor: number;
  /** Quiet time before the size changes its direction, s; memory doesn't wait. Default 30. */
  readonly reversalHoldS: number;
}

/** Everything that can be said to an {@link AdaptiveWorkerPool}; all of it has a default. */
export interface AdaptiveWorkerPoolOptions extends Partial<AdaptiveNumbers> {
  /** Adjust by itself between `start` and `stop`. Default true. */
  readonly enableMonitoring?: boolean;
  /** Whose pool to resize. Default: none, the size is only computed. */
  readonly runtime?: Pick<Runtime, "pool">;
  /** Name of the pool. Default `default`. */
  readonly pool?: string;
  /** Called after each change of size. */
  readonly onDecision?: (event: ScalingEvent) => void;
  /** Takes a line of JSON each `metricsLogIntervalS`, and failures. Default: nobody. */
  readonly log?: (line: string) => void;
  /** Default: this machine. */
  readonly host?: Pick<Host, "read">;
  /** Default: real time. */
  readonly clock?: Clock;
}

interface Rule {
  readonly expected: string;
  readonly holds: (value: number) => boolean;
}

const workers: Rule = {
  expected: "a whole number from 1 up",
  holds: (value) => Number.isInteger(value) && value >= 1,
};
const percent: Rule = { expected: "0 to 100", holds: (value) => value >= 0 && value <= 100 };
const atLeast0: Rule = { expected: "0 or more", holds: (value) => value >= 0 && value < Infinity };
const above0: Rule = { expected: "above 0", holds: (value) => value > 0 && value < Infinity };
const weight: Rule = { expected: "above 0, at most 1", holds: (value) => value > 0 && value <= 1 };

const rules: Record<keyof AdaptiveNumbers, Rule> = {
  minWorkers: workers,
  maxWorkers: workers,
  adjustmentIntervalS: above0,
  scaleUpCpuThreshold: percent,
  scaleUpQueueThreshold: atLeast0,
  scaleDownCpuThreshold: percent,
  scaleDownQueueThreshold: atLeast0,
  memoryPressureThreshold: percent,
  metricsLogIntervalS: above0,
  smoothingFactor: weight,
  reversalHoldS: atLeast0,
};

/**
 * Fills in the defaults for a machine with `cores`. A default limit gives way to one that was
 * given.
 *
 * @throws {Refusal} `invalid_options`, naming every field that is wrong.
 */
export function adaptiveNumbers(options: Partial<AdaptiveNumbers>, cores: number): AdaptiveNumbers {
  const limit = (given: number | undefined, otherwise: number) =>
    given !== undefined && workers.holds(given) ? given : otherwise;
  const {
    minWorkers = Math.min(Math.max(4, Math.ceil(cores)), limit(options.maxWorkers, Infinity)),
    maxWorkers = Math.max(largest(cores), limit(minWorkers, 1)),
    adjustmentIntervalS = 5,
    scaleUpCpuThreshold = 40,
    scaleUpQueueThreshold = 20,
    scaleDownCpuThreshold = 80,
    scaleDownQueueThreshold = 2,
    memoryPressureThreshold = 85,
    metricsLogIntervalS = 30,
    smoothingFactor = .5,
    reversalHoldS = 30,
  } = options;
  const numbers: AdaptiveNumbers = {
    minWorkers,
    maxWorkers,
    adjustmentIntervalS,
    scaleUpCpuThreshold,
    scaleUpQueueThreshold,
    scaleDownCpuThreshold,
    scaleDownQueueThreshold,
    memoryPressureThreshold,
    metricsLogIntervalS,
    smoothingFactor,
    reversalHoldS,
  };
  refuseWrong(numbers);
  return Object.freeze(numbers);
}

function refuseWrong(numbers: AdaptiveNumbers): void {
  const issues: Issue[] = Object.entries(rules)
    .filter(([field, { holds }]) => !holds(numbers[field as keyof AdaptiveNumbers]))
    .map(([field, { expected }]) =>
      wrong(field, expected, String(numbers[field as keyof AdaptiveNumbers]))
    );
  if (issues.length === 0 && numbers.minWorkers > numbers.maxWorkers) {
    const expected = `<= maxWorkers (${numbers.maxWorkers})`;
    issues.push(wrong("minWorkers", expected, String(numbers.minWorkers)));
  }
  if (issues.length === 0) return;
  const reasons = issues.map(({ message }) => message).join("; ");
  throw new Refusal("invalid_options", `Cannot create AdaptiveWorkerPool as ${reasons}`, issues);
}

function wrong(field: string, expected: string, given: string): Issue {
  const message = `${field} must be ${expected}: current value is ${given}`;
  return { pointer: `/${field}`, message, expected, given };
}
