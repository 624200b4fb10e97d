/**
 * The test kit: a pool with everything that decides, in virtual time.
 *
 * Queue, lanes, dispatcher, links, scaling machine, controller and policies are the very ones of the
 * service; clock, chance, machine and worker processes are simulated ([what is and what is
 * not](../docs/simulate.md)).
 *
 * @example A policy of your own against one of ours
 * ```ts
 * import { constant, SeededRandom, shaped, simulate } from "@flyball/flyball/testing";
 *
 * const shape = { name: "steady", spanS: 60, rate: constant(10), rateMax: 10, serviceS: 0.5 };
 * const workload = shaped(shape, new SeededRandom(1));
 * const outcome = await simulate(workload, { policy: { name: "governor" }, startMs: 20 });
 * if (outcome.latePercent > 1) throw new Error(`${outcome.latePercent} % are late`);
 * ```
 *
 * @module
 */
export type { Council } from "../actors/council.ts";
export type { Exit, Random, WorkerEvents, WorkerProcess } from "../actors/ports.ts";
export type { StoreCase } from "../actors/stores/conformance/case.ts";
export {
  checkStore,
  type OpenStore,
  runStoreCase,
  storeCases,
} from "../actors/stores/conformance/check.ts";
export type { RecordedDecision, RecordingHead, RecordingLine } from "../messages/recording.ts";
export { checkRoutingPolicy } from "../policies/conformance/check_routing.ts";
export type { Guard } from "../policies/constraints/mod.ts";
export type { FallbackOptions } from "../policies/scaling/fallback.ts";
export type { Stepper } from "../policies/scaling/mod.ts";
export type { Choice } from "../policies/choice.ts";
export { SimulatedClock } from "./clock.ts";
export { Cores, type Work } from "./cores.ts";
export { type MachineOptions, SimulatedMachine, type Thread } from "./machine.ts";
export { Downstream, type DownstreamOptions } from "./downstream.ts";
export { bestFixed, type Fixed, type FixedSearch } from "./best_fixed.ts";
export { readTrace, type TraceOptions } from "./read_trace.ts";
export {
  readRecording,
  type RecordingEntry,
  type RecordingPart,
  type Replayed,
  replayRecording,
} from "./recording.ts";
export { type Look, replay } from "./replay.ts";
export { type Report, type ReportRow, type Sweep, type WhatIf, whatIf } from "./what_if.ts";
export { SeededRandom } from "./random.ts";
export { type Scenario, scenarios } from "./scenarios.ts";
export {
  constant,
  ramped,
  type RateAt,
  shaped,
  type ShapeOptions,
  spiked,
  stepped,
  switching,
} from "./shapes.ts";
export { simulate, type SimulateOptions } from "./simulate.ts";
export type { Outcome } from "./tally.ts";
export { SimulatedProcess, type Stage } from "./worker_process.ts";
export { type PlannedJob, type Workload, workloadOf, workMs } from "./workload.ts";
