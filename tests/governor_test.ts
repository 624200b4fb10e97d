/** The governor: lag, caps, pacing of commands. */
import { assert, assertEquals } from "@std/assert";
import type { Proposal } from "../messages/decision.ts";
import type { Reading } from "../messages/signals.ts";
import { bind, type Stepper } from "../policies/scaling/mod.ts";
import { readingOf } from "./readings.ts";

/** Steps each second, every time with a new sample of the host, and returns all proposals. */
function seconds(stepper: Stepper, fromS: number, parts: Partial<Reading>[]): Proposal[] {
  return parts.map((part, i) => stepper.step(readingOf({ ...part, nowMs: (fromS + i) * 1_000 })));
}

Deno.test("governor: has no floor and keeps idle workers 2 s", () => {
  const { floor, keepAliveMs, spawn } = bind("governor").step(readingOf());
  assertEquals([floor, keepAliveMs, spawn?.queuePer], [0, 2_000, 1]);
});

Deno.test("governor: allows a worker a core until the demand of tasks is measured", () => {
  for (const cpuRatio of [.2, null]) {
    const stepper = bind("governor");
    const { cap, because } = stepper.step(readingOf({ cores: 2, cpuRatio }));
    assertEquals(cap, 2);
    assert(because.includes("not measured yet"), because);
    const waiting = readingOf({ nowMs: 250, cores: 2, cpuRatio, commandsQueued: 1 });
    assertEquals(stepper.step(waiting).cap, 4, "what commands want is never measured");
  }
});

Deno.test("governor: a plan may raise what was not measured, up to what the machine has room for", () => {
  const stepper = bind("governor", { workersMax: 40 });
  const first = stepper.step(readingOf({ memoryAvailableBytes: 1e9, workerBytes: 50e6 }));
  assertEquals([first.cap, first.capRaisableTo], [2, 22]);
  const measured = stepper.step(readingOf({ nowMs: 250, workerDemandRatio: .1 }));
  assertEquals([measured.cap, measured.capRaisableTo], [20, undefined]);
});

Deno.test("governor: a backlog lasts 15 ms while a core has no worker, 50 ms after that", () => {
  const backlogs = [[0, 0], [1, 0], [1, 1], [2, 0], [3, 1]].map(([workers, starting]) => {
    const reading = readingOf({ cores: 2, workers: workers!, starting: starting! });
    return bind("governor").step(reading).spawn!.backlogMs;
  });
  assertEquals(backlogs, [15, 15, 50, 50, 50]);
});

Deno.test("governor: memory left bounds growth above the present size", () => {
  const { cap, because } = bind("governor").step(
    readingOf({ workerDemandRatio: 0, workers: 4, starting: 1, memoryAvailableBytes: 100e6 }),
  );
  assertEquals(cap, 7);
  assert(because.includes("memory for 2 more"), because);
});

Deno.test("governor: gives one worker back for each sample of high memory", () => {
  const stepper = bind("governor");
  const high = { workerDemandRatio: 0, workers: 8, memoryRatio: .86 };
  assertEquals(stepper.step(readingOf({ ...high, nowMs: 0 })).cap, 7);
  assertEquals(stepper.step(readingOf({ ...high, workers: 7, nowMs: 250, hostAgeMs: 250 })).cap, 7);
  assertEquals(stepper.step(readingOf({ ...high, workers: 7, nowMs: 1_000 })).cap, 6);
});

Deno.test("governor: grows again only when memory is 5 points below the mark", () => {
  const part = { workerDemandRatio: 0, workers: 8 };
  const [high, near, calm] = seconds(bind("governor"), 0, [
    { ...part, memoryRatio: .86 },
    { ...part, memoryRatio: .82 },
    { ...part, memoryRatio: .79 },
  ]);
  assertEquals([high!.cap, near!.cap, calm!.cap], [7, 7, 24]);
});

Deno.test("governor: leaves the last worker whatever the memory", () => {
  const empty = { workers: 0, memoryRatio: .99, memoryAvailableBytes: 0 };
  assertEquals(bind("governor").step(readingOf(empty)).cap, 1);
});

Deno.test("governor: holds its limits while the host can't be seen and says so", () => {
  for (const part of [{ hostAgeMs: 3_001 }, { cpuRatio: null }, { memoryRatio: NaN }]) {
    const stepper = bind("governor");
    assertEquals(stepper.step(readingOf({ workerDemandRatio: 0 })).cap, 24);
    const unseen = readingOf({ workerDemandRatio: 1, nowMs: 5_000, ...part });
    const { cap, commandsMax, because } = stepper.step(unseen);
    assertEquals([cap, commandsMax], [24, 4]);
    assert(because.startsWith("limits held: "), because);
  }
  const stepper = bind("governor");
  stepper.step(readingOf({ workerDemandRatio: .5 }));
  const unseen = readingOf({ workerDemandRatio: .5, memoryAvailableBytes: null });
  assertEquals(stepper.step(unseen).cap, 4);
});

Deno.test("governor: the lag leaves a measured start its time", () => {
  const lagOf = (part: Partial<Reading>) =>
    bind("governor").step(readingOf({ workers: 0, workerDemandRatio: 0, ...part })).spawn!.lagMs;
  assertEquals(lagOf({}), 10, "half of 150 minus 50 and 20 is less than 10");
  assertEquals(lagOf({ startP50Ms: 16, startP99Ms: 27 }), 80, "150 - 22 - 27 - 20, in steps");
  assertEquals(lagOf({ startP50Ms: 20, startP99Ms: 20 }), 100, "0.9 x 150 - 20 - 20, in steps");
  assertEquals(lagOf({ startP50Ms: 20, startP99Ms: 400 }), 10, "a slow start is not waited for");
});

Deno.test("governor: the lag shrinks to a quarter as the pool fills", () => {
  const lagOf = (workers: number) => {
    const part = { workers, workerDemandRatio: 0, startP50Ms: 20, startP99Ms: 20 };
    return bind("governor").step(readingOf(part)).spawn!.lagMs;
  };
  const lags = [0, 9, 12, 18, 24, 30].map(lagOf);
  assertEquals(lags, [100, 100, 80, 40, 20, 20]);
});

Deno.test("governor: the head waits for a first look while nothing is known of the work", () => {
  assertEquals(bind("governor").step(readingOf({ workers: 0 })).spawn!.lagMs, 40);
});

Deno.test("governor: what workers show lowers the limit before the host was ever seen", () => {
  const stepper = bind("governor");
  const unseen = { cores: 2, cpuRatio: null };
  assertEquals(stepper.step(readingOf({ ...unseen, commandsRunning: 1 })).cap, 4);
  const { cap, because } = stepper.step(readingOf({ ...unseen, workerDemandRatio: 1 }));
  assertEquals(cap, 2);
  assert(because.startsWith("cpu: a busy worker wants 1.00"), because);
  const idle = stepper.step(readingOf({ ...unseen, workerDemandRatio: 0 }));
  assertEquals(idle.cap, 4, "2 a core at most");
});

const payoffs: readonly [number | null, number | null, number, string][] = [
  [null, 30, 1, "nothing is known of the work"],
  [20, null, 1, "no start was measured"],
  [500, 30, 1, "jobs are long"],
  [100, 30, 1, "a start takes a third of a job"],
  [20, 30, 8, "4 starts are 6 jobs, as a power of 2"],
  [.025, 28, 4_096, "jobs are tiny"],
  [0, 28, 131_072, "jobs take no time"],
];
for (const [durationMs, startMs, jobs, what] of payoffs) {
  Deno.test(`governor: a worker is started for each ${jobs} waiting jobs when ${what}`, () => {
    const reading = readingOf({ durationMs, startP50Ms: startMs, startP99Ms: startMs });
    assertEquals(bind("governor").step(reading).spawn!.queuePer, jobs);
  });
}

Deno.test("governor: does not grow while those that work queue for the cores", () => {
  const starving = { workers: 3, workerDemandRatio: .5, workerStarvedRatio: .4 };
  const { cap, because } = bind("governor").step(readingOf(starving));
  assertEquals(cap, 3);
  assert(because.includes("60 % of the time they wanted one"), because);
  const idling = { workers: 3, workerDemandRatio: .01, workerStarvedRatio: .4 };
  assertEquals(bind("governor").step(readingOf(idling)).cap, 24, "who hardly runs hardly waits");
});

const backlog = { queued: 1_000, commandsQueued: 1_000, cpuRatio: .3 };

Deno.test("governor: does not grow for jobs that wait elsewhere while their workers get no core", () => {
  const part = { workers: 5, starting: 1, workerDemandRatio: .05, workerStarvedRatio: .8 };
  const capOf = (other: Partial<Reading>) => {
    const stepper = bind("governor");
    stepper.step(readingOf({ ...part, ...other }));
    return stepper.step(readingOf({ ...part, ...other, nowMs: 200 })).cap;
  };
  assertEquals(capOf({ heldRatio: .02 }), 6, "whoever has a core runs many at once");
  assertEquals(capOf({ heldRatio: .9 }), 24, "each is held by its job, and hardly wants a core");
  assertEquals(capOf({ heldRatio: .02, workerStarvedRatio: .2 }), 24, "they get their cores");
  assertEquals(capOf({ heldRatio: .02, workerDemandRatio: .005 }), 24, "they hardly want them");
});

Deno.test("governor: doubles commands while they wait, use their limit and the CPU has room", () => {
  const stepper = bind("governor", { workersMax: 2 });
  const limits = seconds(
    stepper,
    0,
    [4, 4, 8, 16, 32, 32].map((n) => ({ ...backlog, commandsRunning: n })),
  );
  assertEquals(limits.map(({ commandsMax }) => commandsMax), [8, 8, 16, 32, 32, 32]);
});

Deno.test("governor: doubles commands once for each new sample of the host", () => {
  const stepper = bind("governor");
  const limits = [0, 250, 500, 750, 1_000].map((nowMs) =>
    stepper.step(readingOf({
      ...backlog,
      commandsRunning: 1_000,
      nowMs,
      hostAgeMs: nowMs % 1_000,
    })).commandsMax
  );
  assertEquals(limits, [8, 8, 8, 8, 16]);
});

/** A host seen at 0, then five looks within the second. */
const withinASecond = (parts: Partial<Reading>) => {
  const stepper = bind("governor");
  return [0, 250, 500, 750].map((nowMs) =>
    stepper.step(readingOf({
      ...backlog,
      commandsRunning: nowMs === 0 ? 0 : 4,
      commandsFinished: nowMs === 0 ? 0 : 4,
      nowMs,
      hostAgeMs: nowMs,
      ...parts,
    })).commandsMax
  );
};

Deno.test("governor: allows four times the commands after a round of them that hardly want a core", () => {
  assertEquals(withinASecond({ commandCores: .01 }), [4, 16, 16, 16], "once for each sample");
  // 16 of them at 0.06 of a core are 0.96 of 2; half of the CPU is busy, and 0.85 may be.
  assertEquals(withinASecond({ commandCores: .06, cpuRatio: .5 }), [4, 4, 4, 4]);
  assertEquals(withinASecond({ commandCores: .04, cpuRatio: .5 }), [4, 16, 16, 16]);
  assertEquals(withinASecond({ commandCores: null }), [4, 4, 4, 4], "what they want is unknown");
  assertEquals(withinASecond({ commandCores: .01, commandsFinished: 1 }), [4, 4, 4, 4]);
  assertEquals(withinASecond({ commandCores: .01, commandsQueued: 0 }), [4, 4, 4, 4]);
  assertEquals(withinASecond({ commandCores: .01, memoryRatio: .86 }), [4, 4, 4, 4]);
});

const reluctant: readonly [string, Partial<Reading>][] = [
  ["none waits", { commandsQueued: 0 }],
  ["their limit isn't used", { commandsRunning: 3 }],
  ["the CPU is busy", { cpuRatio: .85 }],
  ["memory is high", { memoryRatio: .86 }],
];
for (const [why, part] of reluctant) {
  Deno.test(`governor: does not double commands when ${why}`, () => {
    const reading = readingOf({ ...backlog, commandsRunning: 4, ...part });
    assertEquals(bind("governor").step(reading).commandsMax, 4);
  });
}

Deno.test("governor: takes a fifth of the commands back when the CPU is saturated", () => {
  const stepper = bind("governor");
  const grow = { ...backlog, commandsRunning: 1_000 };
  const saturated = { ...grow, cpuRatio: .97 };
  const limits = seconds(stepper, 0, [
    grow,
    grow,
    saturated,
    saturated,
    ...Array(9).fill(saturated),
  ]);
  assertEquals(limits.slice(0, 4).map(({ commandsMax }) => commandsMax), [8, 16, 12, 9]);
  assertEquals(limits.at(-1)?.commandsMax, 4);
});

Deno.test("governor: commands that hardly want a core grow on a host that others keep busy", () => {
  const busy = { ...backlog, commandsRunning: 1_000, cpuRatio: 1 };
  const limits = (commandCores: number | null) =>
    seconds(bind("governor"), 0, Array(6).fill({ ...busy, commandCores }))
      .map(({ commandsMax }) => commandsMax);
  // 32 of them want 0.064 of 2 cores; what 64 would want is more than a twentieth of these.
  assertEquals(limits(.002), [8, 16, 32, 32, 32, 32]);
  assertEquals(limits(.1), Array(6).fill(4));
  assertEquals(limits(null), Array(6).fill(4));
});

Deno.test("governor: starts no workers for commands that wait for their own limit", () => {
  const part = { ...backlog, cpuRatio: .9, commandsRunning: 4, workerDemandRatio: 0, workers: 1 };
  const [, limited] = seconds(bind("governor"), 0, [part, part]);
  assertEquals(limited!.cap, 1);
  const [, mixed] = seconds(bind("governor"), 0, [part, { ...part, queued: 1_001 }]);
  assertEquals(mixed!.cap, 24);
});
