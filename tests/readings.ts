/** Readings for tests of policies: one by hand, or any number by chance from the table of signals. */
import fc from "fast-check";
import { type Reading, type SignalName, signals } from "../messages/signals.ts";

/** A calm pool of 4 workers on 2 cores, with what `part` says otherwise. */
export function readingOf(part: Partial<Reading> = {}): Reading {
  return Object.freeze({
    nowMs: 0,
    wallMs: 0,
    cores: 2,
    cpuRatio: .3,
    memoryRatio: .5,
    memoryAvailableBytes: 4e9,
    cpuPressureRatio: 0,
    memoryPressureRatio: 0,
    ioPressureRatio: 0,
    swapBothBytesPerS: 0,
    temperatureCelsius: null,
    hostAgeMs: 0,
    hostStaleMs: 3_000,
    queued: 0,
    oldestWaitMs: 0,
    running: 0,
    commandsQueued: 0,
    commandsRunning: 0,
    commandsFinished: 0,
    commandCores: null,
    workers: 4,
    starting: 0,
    idle: 4,
    arrivals: 0,
    finished: 0,
    failed: 0,
    timedOut: 0,
    retried: 0,
    durationMs: null,
    durationDeviationMs: null,
    heldRatio: null,
    workerDemandRatio: null,
    workerStarvedRatio: null,
    ownDemandRatio: null,
    burnRatio: null,
    workerBytes: 40e6,
    startP50Ms: null,
    startP95Ms: null,
    startP99Ms: null,
    ...part,
  });
}

const whole = new Set<SignalName>([
  "queued",
  "running",
  "commandsQueued",
  "commandsRunning",
  "commandsFinished",
  "workers",
  "starting",
  "idle",
  "arrivals",
  "finished",
  "failed",
  "timedOut",
  "retried",
]);

function valueOf(name: SignalName): fc.Arbitrary<number | null> {
  const { max, nullable } = signals[name];
  const value = whole.has(name)
    ? fc.oneof(fc.nat(40), fc.nat(100_000))
    : name === "cores"
    ? fc.double({ min: .5, max: 64, noNaN: true })
    : fc.double({ min: 0, max: max === Infinity ? 1e12 : max, noNaN: true });
  return nullable ? fc.option(value, { freq: 8 }) : value;
}

const measured = fc.record(
  Object.fromEntries((Object.keys(signals) as SignalName[]).map((name) => [name, valueOf(name)])),
);

/** One reading, everything in its range, unknown now and then. */
export const anyReading: fc.Arbitrary<Reading> = measured
  .map((values) => Object.freeze({ ...values, nowMs: 0, wallMs: 0 }) as Reading);

/** Readings in the order of time, up to 20 s apart. */
export const anyReadings: fc.Arbitrary<readonly Reading[]> = fc
  .array(fc.tuple(anyReading, fc.nat(20_000)), { minLength: 1, maxLength: 60 })
  .map((steps) => {
    let nowMs = 0;
    return steps.map(([reading, laterMs]) =>
      Object.freeze({ ...reading, nowMs: nowMs += laterMs, wallMs: 1.7e12 + nowMs })
    );
  });
