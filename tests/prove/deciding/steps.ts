/**
 * What a decision costs: one step of each policy, on a pool that has work.
 *
 * @module
 */
import { cpuUsage } from "node:process";
import type { Reading } from "../../../messages/signals.ts";
import { combine } from "../../../policies/scaling/combine.ts";
import { bind, scalingPolicies } from "../../../policies/scaling/mod.ts";
import { readingOf } from "../../readings.ts";
import { atMost, type Row } from "../row.ts";

/** Options with which a policy has most to do. */
const busy: Readonly<Record<string, object>> = {
  target: {
    metrics: ["busyRatio", "cpuRatio", "jobs"].map((metric) => ({ metric, targetUnits: 1 })),
  },
  schedule: {
    timeZone: "Europe/Berlin",
    windows: Array.from({ length: 16 }, (_, i) => ({ from: `0${i % 8}:00`, to: "20:00", min: i })),
  },
  external: { metric: "lag" },
};

/** Steps before the measuring: what is remembered is as much as it gets. */
const warmUp = 2_000;

/** A row for each policy. */
export function stepRows(quick: boolean): readonly Row[] {
  const steps = quick ? 2_000 : 100_000;
  return scalingPolicies.map(({ name }) => ({
    line: `a step of the policy ${name}, and its envelope`,
    run: () => Promise.resolve(atMost(stepUs(name, steps), 5, "µs", `mean of ${steps}`)),
  }));
}

/** Mean time of the processor for a step, at its rhythm, of a pool with 20 jobs of half a second each second, µs. */
function stepUs(name: string, steps: number): number {
  const stepper = bind(name, busy[name]);
  let before = combine(closedAt, [], []).envelope;
  const readings = Array.from({ length: 1_000 }, (_, i) => ({ ...reading(i) }));
  const step = (i: number) => {
    const nowMs = i * stepper.everyMs;
    const seen = Object.assign(readings[i % readings.length]!, { nowMs, wallMs: nowMs });
    const proposal = stepper.step(seen);
    before = combine(before, [{ policy: name, proposal }], []).envelope;
  };
  for (let i = 0; i < warmUp; i++) step(i);
  const began = cpuUsage();
  for (let i = 0; i < steps; i++) step(warmUp + i);
  const { user, system } = cpuUsage(began);
  return (user + system) / steps;
}

const closedAt = {
  floor: 0,
  cap: 0,
  runningMax: null,
  commandsMax: null,
  spawn: null,
  keepAliveMs: 0,
};

function reading(i: number): Reading {
  return readingOf({
    arrivals: 15 + i % 11,
    finished: 20,
    durationMs: 480 + i % 40,
    durationDeviationMs: 400,
    running: 10,
    queued: i % 5,
    workers: 14,
    idle: 4,
    workerDemandRatio: .1,
    plugged: { lag: i % 50 },
  });
}
