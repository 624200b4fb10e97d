/**
 * How much is too much: a warning, a critical level above it, and the way back below both.
 *
 * @module
 */
import { z } from "zod/mini";

const bytes = z.int().check(z.minimum(1));
const cores = z.number().check(z.minimum(0.001), z.maximum(4_096));

/** Memory: of a worker, or of all running jobs of an operation. */
const memory = z.strictObject({
  /** From here on it is too much. */
  warningBytes: bytes,
  /** From here on it is far too much; null: there is no such level. */
  criticalBytes: z._default(z.nullable(bytes), null),
  /** What is below is calm again; null: 0.9 of the warning. */
  clearBytes: z._default(z.nullable(bytes), null),
}).check(
  z.refine(({ warningBytes, criticalBytes }) => below(warningBytes, criticalBytes), {
    path: ["warningBytes"],
    params: { below: "criticalBytes" },
  }),
  z.refine(({ clearBytes, warningBytes }) => below(clearBytes, warningBytes), {
    path: ["clearBytes"],
    params: { below: "warningBytes" },
  }),
);

/** CPU time for each unit of time, in the mean of about a second. */
const cpu = z.strictObject({
  /** From here on it is too much. */
  warningCores: cores,
  /** From here on it is far too much; null: there is no such level. */
  criticalCores: z._default(z.nullable(cores), null),
  /** What is below is calm again; null: 0.75 of the warning. */
  clearCores: z._default(z.nullable(cores), null),
}).check(
  z.refine(({ warningCores, criticalCores }) => below(warningCores, criticalCores), {
    path: ["warningCores"],
    params: { below: "criticalCores" },
  }),
  z.refine(({ clearCores, warningCores }) => below(clearCores, warningCores), {
    path: ["clearCores"],
    params: { below: "warningCores" },
  }),
);

/** Thresholds of one worker or operation. */
export const thresholdsSchema = z.strictObject({
  /** Of memory; null: none. */
  memory: z._default(z.nullable(memory), null),
  /** Of CPU time; null: none. */
  cpu: z._default(z.nullable(cpu), null),
});

/** Parsed {@link thresholdsSchema}. */
export type Thresholds = z.infer<typeof thresholdsSchema>;

/** What is measured. */
export type Measure = keyof Thresholds;

/** Where a value stands. */
export type Level = "calm" | "warning" | "critical";

/** The levels of one measure, in its own unit. */
export interface Marks {
  readonly warning: number;
  readonly critical: number | null;
  readonly clear: number;
}

/** Shares of the warning below which it is over, by measure, where nothing else is said. */
const clearRatios: Readonly<Record<Measure, number>> = { memory: 0.9, cpu: 0.75 };

/** The marks of each measure that has thresholds. */
export function marksOf({ memory, cpu }: Thresholds): Readonly<Partial<Record<Measure, Marks>>> {
  return {
    ...(memory && {
      memory: {
        warning: memory.warningBytes,
        critical: memory.criticalBytes,
        clear: memory.clearBytes ?? clearRatios.memory * memory.warningBytes,
      },
    }),
    ...(cpu && {
      cpu: {
        warning: cpu.warningCores,
        critical: cpu.criticalCores,
        clear: cpu.clearCores ?? clearRatios.cpu * cpu.warningCores,
      },
    }),
  };
}

/**
 * The level after a look. Each level is entered at its mark and left below the next lower one, so
 * that a value that moves about a mark is told once. What can't be seen changes nothing.
 */
export function levelOf(level: Level, value: number | null, marks: Marks): Level {
  if (value === null || Number.isNaN(value)) return level;
  if (marks.critical !== null && value >= marks.critical) return "critical";
  if (value >= marks.warning) return level === "critical" ? "critical" : "warning";
  return value >= marks.clear && level !== "calm" ? "warning" : "calm";
}

/** Thresholds of a worker that is ended above `limitBytes`: the shares at which its warning comes. */
export const withinLimit = (limitBytes: number): Thresholds => ({
  memory: {
    warningBytes: Math.round(0.8 * limitBytes),
    criticalBytes: Math.round(0.93 * limitBytes),
    clearBytes: null,
  },
  cpu: null,
});

const below = (low: number | null, high: number | null) =>
  low === null || high === null || low < high;
