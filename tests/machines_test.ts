/** What the statecharts promise in numbers; their stories are told in `tests/plays`. */
import { assertEquals } from "@std/assert";
import {
  type AnyMachineSnapshot,
  type AnyStateMachine,
  type EventObject,
  initialTransition,
  transition,
} from "xstate";
import { admits, breaker, breakerOptions } from "../machines/breaker.ts";
import { isEnding, mayMove, moves } from "../machines/job.ts";
import { timers } from "../machines/mod.ts";
import { restarts, restartsOptions } from "../machines/restarts.ts";
import { inForce, scaling, scalingOptions, type ScalingSnapshot } from "../machines/scaling.ts";
import { worker, workerOptions } from "../machines/worker.ts";
import type { JobState } from "../messages/job.ts";
import { envelope, reached, walks } from "./walks.ts";

/** A machine after some messages. */
function after(machine: AnyStateMachine, input: unknown, messages: readonly EventObject[]) {
  let [snapshot]: [AnyMachineSnapshot, unknown] = initialTransition(machine, input as never);
  for (const message of messages) [snapshot] = transition(machine, snapshot, message);
  return snapshot;
}

const pool = (workers: number, options: unknown = {}) => ({
  workers,
  envelope: envelope(1, 4),
  options: scalingOptions.parse(options),
});
const because = "test";
const failed = (nowMs: number) => ({ type: "startFailed", because, nowMs });

/** A machine whose timers end as soon as they can, `times` times; after each, `then` is sent. */
function wound(
  machine: AnyStateMachine,
  from: AnyMachineSnapshot,
  times: number,
  then: (nowMs: number) => EventObject,
): readonly number[] {
  let snapshot = from;
  const lengthsMs: number[] = [];
  let nowMs = 0;
  for (let i = 0; i < times; i++) {
    const [timer, untilMs] = Object.entries(timers(snapshot as never))[0]!;
    lengthsMs.push(untilMs - nowMs);
    nowMs = untilMs;
    [snapshot] = transition(machine, snapshot, { type: "elapsed", timer, nowMs } as EventObject);
    [snapshot] = transition(machine, snapshot, then(nowMs));
  }
  return lengthsMs;
}

const doubling = [30_000, 60_000, 120_000, 240_000, 480_000, 600_000, 600_000];

Deno.test("scaling: each failed trial doubles the open time, up to 10 minutes", () => {
  const open = after(scaling, pool(2), [failed(0), failed(0), failed(0)]);
  assertEquals(wound(scaling, open, 7, failed), doubling);
});

Deno.test("scaling: a closed breaker opens for 30 s again", () => {
  const closed = after(scaling, pool(2), [
    ...[failed(0), failed(0), failed(0)],
    { type: "elapsed", timer: "breaker", nowMs: 30_000 } as EventObject,
    failed(30_000),
    { type: "elapsed", timer: "breaker", nowMs: 90_000 } as EventObject,
    { type: "startSucceeded", nowMs: 90_000 } as EventObject,
    ...[failed(90_000), failed(90_000), failed(90_000)],
  ]);
  assertEquals(timers(closed as never), { breaker: 120_000 });
});

Deno.test("scaling: failures older than a minute do not count", () => {
  const spread = [0, 30_000, 60_000, 90_000, 120_000, 150_000].map(failed);
  assertEquals(after(scaling, pool(2), spread).matches({ breaker: "closed" }), true);
  assertEquals(
    after(scaling, pool(2), [...spread, failed(150_001)]).matches({ breaker: "open" }),
    true,
  );
});

Deno.test("scaling: the room in force is an envelope in every state", () => {
  for (const snapshot of reached(walks.find(({ name }) => name === "scaling")!)) {
    const { floor, cap } = inForce(snapshot as ScalingSnapshot);
    assertEquals([floor >= 0, floor <= cap], [true, true], JSON.stringify(snapshot));
    const { workers, trialCap } = snapshot.context;
    if (snapshot.matches({ breaker: "open" })) assertEquals(cap <= workers, true);
    if (snapshot.matches({ pressure: "emergency" })) {
      assertEquals(cap <= Math.max(1, workers), true);
    }
    if (snapshot.matches({ operator: "paused" })) assertEquals([floor, cap], [workers, workers]);
    if (snapshot.matches({ operator: "drained" })) assertEquals([floor, cap], [0, workers]);
    const { held } = snapshot.context;
    if (snapshot.matches({ operator: "pausedOut", senses: "seeing" })) {
      assertEquals(cap <= held.most, true);
    }
    if (snapshot.matches({ operator: "pausedIn", breaker: "closed", pressure: "calm" })) {
      assertEquals(floor >= held.least, true);
    }
    if (snapshot.matches({ breaker: "halfOpen", operator: "auto" })) {
      assertEquals(cap <= trialCap && trialCap <= workers + 1, true);
      // Nobody is left, so nobody is tried: then nothing would ever change.
      assertEquals(workers > 0 || trialCap > 0, true);
    }
  }
});

Deno.test("scaling: the operator's word stands until the next one, and again is no other", () => {
  const words = [
    { type: "pause" },
    { type: "hold", scaling: "in" },
    { type: "hold", scaling: "out" },
    { type: "pin", workers: 5 },
    { type: "drain" },
    { type: "resume" },
  ];
  const said = (...all: object[]) => {
    const told = all.map((word) => ({ ...word, nowMs: 0 }) as unknown as EventObject);
    const { value, context } = after(scaling, pool(2), told);
    return { value, held: context.held };
  };
  for (const word of words) {
    const once = said(word);
    assertEquals(said(word, word), once, word.type);
    for (const before of words) {
      // Whether the size has still to follow depends on where it was.
      const { value, held } = said(before, word);
      assertEquals([(value as ScalingSnapshot["value"]).operator, held], [
        (once.value as ScalingSnapshot["value"]).operator,
        once.held,
      ]);
    }
  }
});

Deno.test("scaling: an envelope of the same size is adopted in every state", () => {
  for (const snapshot of reached(walks.find(({ name }) => name === "scaling")!)) {
    const same = { ...snapshot.context.adopted.envelope, runningMax: 7 };
    const proposed = { type: "proposed", decision: 99, envelope: same, nowMs: 0 };
    const [next] = transition(scaling, snapshot as ScalingSnapshot, proposed as never);
    assertEquals(next.context.adopted, { decision: 99, envelope: same });
    assertEquals(next.value, snapshot.value);
  }
});

Deno.test("scaling: a proposal that is refused is remembered", () => {
  const proposed = { decision: 7, envelope: envelope(5, 6), nowMs: 0 };
  const { context } = after(scaling, pool(2), [
    { type: "pause", nowMs: 0 } as EventObject,
    { type: "proposed", ...proposed } as EventObject,
  ]);
  assertEquals(context.wanted, { decision: 7, envelope: envelope(5, 6) });
  assertEquals(context.adopted.decision, 0);
});

Deno.test("worker: tells how it ended, and why", () => {
  const input = { seat: 3, generation: 5, nowMs: 0, options: workerOptions.parse({}) };
  const about = { generation: 5, nowMs: 1 };
  const connected = { type: "connected", pid: 1, ...about };
  const drain = { type: "drain", because: "idle", ...about };
  const exited = { type: "exited", because: "code 0", ...about };
  const late = (timer: string, nowMs = 1e6) => ({ type: "elapsed", timer, nowMs });
  const output = (...messages: EventObject[]) => after(worker, input, messages).output;
  const ended = (how: string, because: string) => ({ generation: 5, how, because });

  assertEquals(output(exited), ended("abnormal", "code 0"));
  assertEquals(output(late("start"), exited), ended("abnormal", "missed its start deadline"));
  assertEquals(output(drain, exited), ended("shutdown", "idle"));
  assertEquals(output(connected, exited), ended("abnormal", "code 0"));
  assertEquals(output(connected, drain, exited), ended("abnormal", "code 0"));
  assertEquals(
    output(connected, drain, { type: "emptied", ...about } as EventObject, exited),
    ended("shutdown", "code 0"),
  );
  assertEquals(
    output(connected, drain, late("drain"), late("grace", 2e6), exited),
    ended("shutdown", "missed its drain deadline"),
  );
  assertEquals(output(connected, drain, late("drain"), exited), ended("shutdown", "code 0"));
  const condemn = { type: "condemn", because: "silent", ...about };
  assertEquals(output(connected, condemn, exited), ended("abnormal", "silent"));
});

Deno.test("worker: a second word to drain can only bring the end nearer", () => {
  const input = { seat: 3, generation: 5, nowMs: 0, options: workerOptions.parse({}) };
  const drain = (nowMs: number, withinMs?: number) =>
    ({ type: "drain", because: "closing", generation: 5, nowMs, withinMs }) as EventObject;
  const connected = { type: "connected", pid: 1, generation: 5, nowMs: 0 } as EventObject;
  const untilMs = (...messages: EventObject[]) =>
    timers(after(worker, input, [connected, ...messages]) as never)["drain"];
  assertEquals(untilMs(drain(10)), 25_010);
  assertEquals(untilMs(drain(10), drain(20)), 25_010);
  assertEquals(untilMs(drain(10), drain(20, 100)), 120);
  assertEquals(untilMs(drain(10, 50), drain(20, 100)), 60);
});

Deno.test("restarts: each kind of restart answers each kind of end as OTP does", () => {
  const answers = (restart: "permanent" | "transient" | "temporary") =>
    (["normal", "shutdown", "abnormal"] as const).map((how) =>
      after(restarts, { options: restartsOptions.parse({ restart }) }, [
        { type: "ended", how, nowMs: 0 } as EventObject,
      ]).value
    );
  assertEquals(answers("permanent"), ["waiting", "waiting", "waiting"]);
  assertEquals(answers("transient"), ["stopped", "stopped", "waiting"]);
  assertEquals(answers("temporary"), ["stopped", "stopped", "stopped"]);
});

const ended = (nowMs: number) => ({ type: "ended", how: "abnormal", nowMs });

Deno.test("restarts: waits double up to 10 s while the ends stay within the period", () => {
  const options = restartsOptions.parse({ intensity: 100, periodMs: 600_000 });
  const waiting = after(restarts, { options }, [ended(0)]);
  assertEquals(
    wound(restarts, waiting, 9, ended),
    [100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000],
  );
});

Deno.test("restarts: ends further apart than the period are never too many", () => {
  const options = restartsOptions.parse({ intensity: 1 });
  const spread = [0, 1, 2, 3].flatMap((end) => [
    ended(end * 30_000),
    { type: "elapsed", timer: "backoff", nowMs: end * 30_000 + 100 } as EventObject,
  ]);
  assertEquals(after(restarts, { options }, spread).value, "running");
  assertEquals(after(restarts, { options }, [...spread, ended(119_999)]).value, "quarantined");
});

Deno.test("restarts: jitter shortens the wait by the share it is given", () => {
  const jittered = { ...ended(0), jitterRatio: 0.25 } as EventObject;
  const { context } = after(restarts, { options: restartsOptions.parse({}) }, [jittered]);
  assertEquals(context.deadlines.backoff, { untilMs: 25, lengthMs: 25 });
});

const calls = (options: unknown, ...words: ("succeeded" | "failed")[]) =>
  after(
    breaker,
    { nowMs: 0, options: breakerOptions.parse(options) },
    words.map((type) => ({ type, nowMs: 0 }) as EventObject),
  );
const many = <const T>(count: number, word: T): T[] => Array(count).fill(word);

Deno.test("breaker: 1 of 2 is no alarm, 30 of 100 is where that was called too many", () => {
  assertEquals(calls({}, "succeeded", "failed").value, "closed");
  assertEquals(
    calls({ failureRatio: 0.3 }, ...many(70, "succeeded"), ...many(29, "failed")).value,
    "closed",
  );
  assertEquals(
    calls({ failureRatio: 0.3 }, ...many(70, "succeeded"), ...many(30, "failed")).value,
    "open",
  );
});

Deno.test("breaker: each failed probe doubles the open time, up to 10 minutes", () => {
  const open = calls({ volumeMin: 1 }, "failed");
  assertEquals(wound(breaker, open, 7, (nowMs) => ({ type: "failed", nowMs }) as never), doubling);
});

Deno.test("breaker: old failures weigh less with each window", () => {
  const later = (nowMs: number) =>
    after(breaker, { nowMs: 0, options: breakerOptions.parse({}) }, [
      ...many(19, { type: "failed", nowMs: 0 }),
      { type: "failed", nowMs } as EventObject,
    ]).value;
  assertEquals([later(59_999), later(60_000)], ["open", "closed"]);
});

Deno.test("breaker: admits calls when closed, one at a time when half open, none when open", () => {
  for (const snapshot of reached(walks.find(({ name }) => name === "breaker")!)) {
    const admitted = snapshot.matches("closed") || snapshot.matches({ halfOpen: "ready" });
    assertEquals(admits(snapshot as never), admitted);
  }
});

Deno.test("job: moves only from states that are alive, unless what is not done is redriven", () => {
  const states = Object.keys(moves) as JobState[];
  const alive = ["scheduled", "waiting", "blocked", "running", "retrying"];
  assertEquals(states.filter((state) => !isEnding(state)), alive as JobState[]);
  assertEquals(
    states.filter((state) => isEnding(state) && moves[state].length > 0),
    ["failed", "dead", "timedOut", "expired", "lost", "cancelled"],
  );
  assertEquals([mayMove("dead", "waiting"), mayMove("done", "waiting")], [true, false]);
  assertEquals(mayMove("waiting", "done"), false, "nothing is done that was not begun");
});

Deno.test("job: every state is reached from the start, and every living one can end", () => {
  const from = (state: JobState, seen = new Set<JobState>([state])): Set<JobState> => {
    for (const next of moves[state]) if (!seen.has(next)) from(next, seen.add(next));
    return seen;
  };
  assertEquals(from("scheduled").size, Object.keys(moves).length);
  for (const state of Object.keys(moves) as JobState[]) {
    assertEquals([...from(state)].some(isEnding), true, state);
  }
});
