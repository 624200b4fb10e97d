/**
 * Flyball: an elastic job runtime. It runs tasks and commands on a pool of Deno worker processes
 * and decides by itself how many there should be.
 *
 * ```ts
 * import { createRuntime } from "@flyball/flyball";
 *
 * await using runtime = await createRuntime();
 * const outcome = await runtime.command(["echo", "hello"]);
 * console.log(outcome.stdout); // hello
 * ```
 *
 * @module
 */
export { createRuntime, type RuntimeOf } from "./actors/create_runtime.ts";
export type { Config, ConfigInput } from "./actors/config.ts";
export type { RuntimeOptions } from "./actors/runtime_options.ts";
export type {
  ConfigHandle,
  Heeder,
  PatchOptions,
  Reloaded,
  SavePatch,
} from "./actors/config_desk.ts";
export {
  type CloseOptions,
  type CommandOptions,
  type Issue,
  JobError,
  type LogOptions,
  type MapOptions,
  type PoolHandle,
  Refusal,
  type RunOptions,
  type Runtime,
  type ScheduleHandle,
} from "./actors/runtime.ts";
export {
  type InputOf,
  type OutputOf,
  type TaskFile,
  taskFile,
  type Tasks,
} from "./actors/task_file.ts";
export * from "./client/mod.ts";
export * from "./task.ts";
export type * from "./messages/access.ts";
export type * from "./messages/alert.ts";
export type * from "./messages/audit.ts";
export type * from "./messages/capacity.ts";
export type * from "./messages/config.ts";
export type * from "./messages/decision.ts";
export type * from "./messages/diagnosis.ts";
export type * from "./messages/plateau.ts";
export type * from "./messages/facts.ts";
export type * from "./messages/hooks.ts";
export type * from "./messages/insight.ts";
export type * from "./messages/past.ts";
export type * from "./messages/job.ts";
export type * from "./messages/business.ts";
export type * from "./messages/log.ts";
export type * from "./messages/limits.ts";
export type * from "./messages/metric.ts";
export type * from "./messages/metrics_handle.ts";
export type * from "./messages/outcome.ts";
export type { FixedCost, RegretCost, RegretStatus } from "./messages/regret.ts";
export type * from "./messages/report.ts";
export type * from "./messages/schedule.ts";
export type * from "./messages/series.ts";
export type * from "./messages/status.ts";
export type * from "./messages/threshold.ts";
export type * from "./messages/trace.ts";
export type * from "./messages/vitals.ts";
export type * from "./messages/why_pool.ts";
export type * from "./messages/workflow.ts";
export { decisionMatrix, type MatrixRow } from "./machines/decision_matrix.ts";
export { reevaluate } from "./policies/scaling/record.ts";
export type { Combination } from "./policies/scaling/combine.ts";
export { says, type ScalingValue } from "./machines/may.ts";
export {
  type Losses,
  type Reading,
  type Signal,
  type SignalName,
  signals,
} from "./messages/signals.ts";
export { AdaptiveWorkerPool, type WorkerPoolMetrics } from "./actors/adaptive_worker_pool.ts";
export type {
  AdaptiveNumbers,
  AdaptiveWorkerPoolOptions,
  ScalingEvent,
} from "./actors/adaptive_options.ts";
export type {
  Change,
  Clock,
  Host,
  RecoveredKey,
  RecoveryPage,
  Store,
  StoreAnswers,
  StoredJob,
  StoredOutcome,
  StoredRecord,
  StoredSchedule,
  StoredSlot,
  StoredTries,
  StoreQuery,
  WorkflowRow,
} from "./actors/ports.ts";
export type { SlotsQuery } from "./actors/stored_slot.ts";
export type { TrailFile } from "./actors/trail_file.ts";
export { memoryStore, type MemoryStoreOptions } from "./actors/stores/memory.ts";
export type { HostReading } from "./messages/mailboxes.ts";
export { checkScalingPolicy } from "./policies/conformance/check.ts";
export { type Moment, type ScalingPolicy, scalingPolicy } from "./policies/policy.ts";
export type { SystemMetrics } from "./policies/scaling/classic.ts";
export { type RoutingPolicy, routingPolicy, type Taker } from "./policies/routing/routing.ts";
export { routingPolicies } from "./policies/routing/mod.ts";
export { scalingPolicies } from "./policies/scaling/mod.ts";
export { version } from "./actors/version.ts";
