/**
 * Every machine walked to its ends: what to start it with, what to send, which snapshots count as
 * the same. Shared by the tests of graph and timers.
 */
import type { AnyMachineSnapshot, AnyStateMachine, EventObject } from "xstate";
import { getShortestPaths } from "xstate/graph";
import type { Envelope } from "../messages/decision.ts";
import type {
  AlertMessage,
  BreakerMessage,
  RestartsMessage,
  RunMessage,
  ScalingMessage,
  WorkerMessage,
} from "../messages/mailboxes.ts";
import { alertOptions } from "../machines/alert.ts";
import { breakerOptions } from "../machines/breaker.ts";
import { machines, timers } from "../machines/mod.ts";
import { restartsOptions } from "../machines/restarts.ts";
import { isOutside } from "../machines/room.ts";
import { runOptions } from "../machines/run.ts";
import { scalingOptions } from "../machines/scaling.ts";
import { workerOptions } from "../machines/worker.ts";

export interface Walk {
  readonly name: string;
  readonly machine: AnyStateMachine;
  readonly input: unknown;
  readonly messages: readonly EventObject[];
  /** What matters of the context, in few words: snapshots that agree are one. */
  // deno-lint-ignore no-explicit-any -- each walk knows its own context
  readonly bucket: (context: any) => unknown;
}

export const envelope = (floor: number, cap: number): Envelope => ({
  floor,
  cap,
  runningMax: null,
  commandsMax: null,
  spawn: { lagMs: 30, queuePer: 1 },
  keepAliveMs: 120,
});

const nowMs = 1_000;
const because = "test";

const scaling: readonly ScalingMessage[] = [
  { type: "proposed", decision: 1, envelope: envelope(1, 2), nowMs },
  { type: "proposed", decision: 2, envelope: envelope(3, 4), nowMs },
  { type: "resized", workers: 2, nowMs },
  { type: "resized", workers: 0, lost: true, nowMs },
  { type: "resized", workers: 4, nowMs },
  { type: "startFailed", because, nowMs },
  { type: "startSucceeded", nowMs },
  { type: "sensed", nowMs },
  { type: "blinded", because, nowMs },
  { type: "pressureRose", because, nowMs },
  { type: "pressureFell", nowMs },
  { type: "pause", nowMs, forMs: 60_000 },
  { type: "hold", scaling: "in", nowMs, forMs: 60_000 },
  { type: "hold", scaling: "out", nowMs, forMs: 60_000 },
  { type: "drain", nowMs, forMs: 60_000 },
  { type: "resume", nowMs },
  { type: "pin", workers: 4, nowMs, forMs: 60_000 },
];

const worker = [1, 2].flatMap((generation): readonly WorkerMessage[] => [
  { type: "connected", generation, pid: 4711, nowMs },
  { type: "drain", generation, because, nowMs },
  { type: "drain", generation, because, nowMs, withinMs: 10 },
  { type: "emptied", generation, nowMs },
  { type: "condemn", generation, because, nowMs },
  { type: "exited", generation, because, nowMs },
]);

const breaker: readonly BreakerMessage[] = [
  { type: "succeeded", nowMs },
  { type: "failed", nowMs },
  { type: "probed", nowMs },
  { type: "returned", nowMs },
  { type: "succeeded", calls: 2, slow: 2, nowMs },
];

const restarts: readonly RestartsMessage[] = [
  { type: "started", nowMs },
  { type: "used", nowMs },
  { type: "ended", how: "normal", nowMs },
  { type: "ended", how: "shutdown", nowMs },
  { type: "ended", how: "abnormal", nowMs },
  { type: "reset", nowMs },
];

const run: readonly RunMessage[] = [
  { type: "prepared", nowMs },
  { type: "unprepared", ending: "failed", nowMs },
  { type: "ended", ending: "done", nowMs },
  { type: "ended", ending: "failed", nowMs },
  { type: "stop", ending: "cancelled", nowMs },
];

const alert = (["calm", "warning", "critical"] as const).map((level): AlertMessage => ({
  type: "judged",
  level,
  nowMs,
}));

export const walks: readonly Walk[] = [
  {
    name: "scaling",
    machine: machines.scaling,
    input: {
      workers: 2,
      envelope: envelope(1, 2),
      options: scalingOptions.parse({ failures: 2, cooldownMs: { up: 600_000 } }),
    },
    messages: scaling,
    bucket: (context) => [
      isOutside(context),
      context.workers,
      context.moved,
      context.held,
      context.failuresMs.length,
    ],
  },
  {
    name: "worker",
    machine: machines.worker,
    input: { seat: 0, generation: 1, nowMs, options: workerOptions.parse({}) },
    messages: worker,
    bucket: ({ how }) => how,
  },
  {
    name: "breaker",
    machine: machines.breaker,
    input: { nowMs, options: breakerOptions.parse({ volumeMin: 2 }) },
    messages: breaker,
    bucket: ({ ended, failed, slow }) => [ended, failed, slow].map((count) => Math.min(count, 3)),
  },
  {
    name: "restarts",
    machine: machines.restarts,
    input: { options: restartsOptions.parse({ restart: "transient", intensity: 2 }) },
    messages: restarts,
    bucket: ({ used, endsMs }) => [used, endsMs.length],
  },
  {
    name: "run",
    machine: machines.run,
    input: {
      nowMs,
      options: runOptions.parse({ persists: [false, true, true, false], timeoutMs: 60_000 }),
    },
    messages: run,
    bucket: ({ at, ending, deadlines }) => [at, ending, deadlines.run !== undefined],
  },
  {
    name: "alert",
    machine: machines.alert,
    input: { options: alertOptions.parse({}) },
    messages: alert,
    bucket: ({ level, least, told }) => [level, least, told],
  },
];

/** The messages that make sense in a state: all, each running timer's end, and one nobody set. */
export const sent = (
  { messages }: Walk,
  snapshot: AnyMachineSnapshot,
): readonly EventObject[] => [
  ...messages,
  ...Object.entries(timers(snapshot as never)).map(([timer, untilMs]) => ({
    type: "elapsed",
    timer,
    nowMs: untilMs,
  })),
  { type: "elapsed", timer: "nobody", nowMs: 1e9 } as EventObject,
];

/** What tells two snapshots apart. */
export const key = ({ bucket }: Walk, snapshot: AnyMachineSnapshot): string =>
  JSON.stringify([snapshot.value, bucket(snapshot.context)]);

/** A large machine takes seconds to walk, and a test asks for its snapshots more than once. */
const walked = new Map<Walk, readonly AnyMachineSnapshot[]>();

/** One snapshot for each state the machine can be in. */
export function reached(walk: Walk): readonly AnyMachineSnapshot[] {
  const known = walked.get(walk);
  if (known) return known;
  const paths = getShortestPaths(walk.machine, {
    input: walk.input,
    events: (snapshot) => sent(walk, snapshot) as never,
    serializeState: (snapshot) => key(walk, snapshot),
    limit: 100_000,
  });
  const snapshots = paths.map(({ state }) => state);
  walked.set(walk, snapshots);
  return snapshots;
}

/**
 * Each snapshot with the messages it is to hear: all of them, but where there are thousands of
 * snapshots, those in one state share out what others send, a third for each.
 */
export function heard(
  walk: Walk,
): readonly (readonly [snapshot: AnyMachineSnapshot, messages: readonly EventObject[]])[] {
  const snapshots = reached(walk);
  const parts = snapshots.length < 1_000 ? 1 : 3;
  const turns = new Map<string, number>();
  return snapshots.map((snapshot) => {
    const state = JSON.stringify(snapshot.value);
    const turn = turns.get(state) ?? 0;
    turns.set(state, turn + 1);
    const isDue = ({ type }: EventObject, at: number) =>
      type === "elapsed" || at % parts === turn % parts;
    return [snapshot, sent(walk, snapshot).filter(isDue)];
  });
}
