/** Policies that name a size: by jobs at once, by Erlang, by an objective, and on demand. */
import { assert, assertEquals } from "@std/assert";
import type { Reading } from "../messages/signals.ts";
import { bind, type Stepper } from "../policies/scaling/mod.ts";
import { waitsLonger } from "../policies/estimators/erlang.ts";
import { readingOf } from "./readings.ts";

/** A pool that has at once what was asked for; a step a second. */
function pool(stepper: Stepper, workers: number) {
  let nowMs = 0;
  return (part: Partial<Reading>, seconds = 1) => {
    let proposal = null;
    for (let i = 0; i < seconds; i++) {
      proposal = stepper.step(readingOf({ workers, nowMs, ...part }));
      workers = proposal.cap ?? workers;
      nowMs += 1_000;
    }
    return { workers, because: proposal!.because };
  };
}

Deno.test("concurrency: as many as jobs at once over .7, on the mean of a minute", () => {
  const pass = pool(bind("concurrency"), 10);
  pass({ running: 7 }, 120);
  assertEquals(pass({ running: 7 }).workers, 10);
  assertEquals(pass({ running: 8 }, 30).workers, 11, "7.5 on average");
  assertEquals(pass({ running: 8 }, 31).workers, 12);
});

Deno.test("concurrency: twice too many in 6 seconds is a rush, which shrinks after a calm minute", () => {
  const pass = pool(bind("concurrency"), 10);
  pass({ running: 7 }, 120);
  const rush = pass({ running: 10, queued: 90 }, 2);
  assertEquals(rush.workers, Math.ceil((4 * 7 + 2 * 100) / 6 / .7));
  assert(rush.because.endsWith("a rush"), rush.because);
  assertEquals(pass({ running: 10, queued: 90 }, 4).workers, 143, "100 / .7");
  assertEquals(pass({ running: 7 }, 54).workers, 143, "held while it lasts");
  assertEquals(pass({ running: 7 }, 70).workers, 10);
});

Deno.test("concurrency: begins as if in a rush, and has none after a minute of nothing", () => {
  const pass = pool(bind("concurrency"), 6);
  assertEquals(pass({}, 60).workers, 6);
  assertEquals(pass({}).workers, 3, "halved at most");
  assertEquals(pass({}, 4).workers, 0);
  assertEquals(pass({ queued: 1 }).workers, 1);
});

const perSecond = { arrivals: 20, finished: 20, durationMs: 500, durationDeviationMs: 500 };

Deno.test("erlang: lets one in a hundred wait too long, no worker more", () => {
  const pass = pool(bind("erlang", { waitMs: 200 }), 4);
  const { workers, because } = pass(perSecond, 200);
  const queue = { load: 10, service: 500 };
  assert(waitsLonger(workers, 200, queue) <= .01);
  assert(waitsLonger(workers - 1, 200, queue) > .01);
  assert(because.startsWith("20 jobs/s of 500 ms"), because);
});

Deno.test("erlang: jobs that all take the same time need fewer, lumps more", () => {
  const even = pool(bind("erlang"), 4)({ ...perSecond, durationDeviationMs: 0 }, 200).workers;
  const usual = pool(bind("erlang"), 4)(perSecond, 200).workers;
  const pass = pool(bind("erlang"), 4);
  let lumpy = 0;
  for (let i = 0; i < 50; i++) {
    pass({ ...perSecond, arrivals: 80 });
    lumpy = pass({ ...perSecond, arrivals: 0 }, 3).workers;
  }
  assert(even < usual && usual < lumpy, `${even} ${usual} ${lumpy}`);
});

Deno.test("erlang: grows at once and shrinks after 30 s of less", () => {
  const pass = pool(bind("erlang"), 1);
  pass(perSecond, 130);
  const much = pass({ ...perSecond, arrivals: 60 }, 3).workers;
  assert(much > 30, `${much}`);
  assertEquals(pass(perSecond, 20).workers, much);
  assert(pass(perSecond, 80).workers < 25);
});

Deno.test("erlang: holds before it knows what jobs take, but never at none for a queue", () => {
  assertEquals(pool(bind("erlang"), 3)({ arrivals: 5 }, 20).workers, 3);
  assertEquals(pool(bind("erlang"), 0)({ queued: 5, idle: 0 }, 20).workers, 1);
});

Deno.test("slo: for what comes it is Erlang's answer for 5 % of jobs", () => {
  const pass = pool(bind("slo", { waitP95Ms: 200, workersMax: 50 }), 4);
  const { workers, because } = pass(perSecond, 200);
  const queue = { load: 10, service: 500 };
  assert(waitsLonger(workers, 200, queue) <= .05);
  assert(waitsLonger(workers - 1, 200, queue) > .05);
  assert(because.endsWith("95 % wait under 200 ms"), because);
});

Deno.test("slo: a backlog is worked off in the time that its oldest job has left", () => {
  const pass = pool(bind("slo", { waitP95Ms: 2_000, workersMax: 500 }), 4);
  pass(perSecond, 200);
  assertEquals(pass({ ...perSecond, queued: 100, oldestWaitMs: 1_000 }).workers, 60);
  const late = pass({ ...perSecond, queued: 100, oldestWaitMs: 1_900 });
  assertEquals(late.workers, 110, "10 + 100 x 500 / 500");
  assert(late.because.startsWith("100 jobs wait, the oldest for 1900 ms"), late.because);
});

Deno.test("slo: says so where no number that fits is enough", () => {
  const few = pool(bind("slo", { waitP95Ms: 200, workersMax: 8 }), 4)(perSecond, 200);
  assertEquals(few.workers, 8);
  assert(/^infeasible: \d+ workers wanted .* at most 8 fit \(most workers\)$/.test(few.because));
  const busy = pool(bind("slo", { workersMax: 50 }), 2)(
    { ...perSecond, workerDemandRatio: 1 },
    200,
  );
  assertEquals(busy.workers, 2);
  assert(busy.because.includes("a busy worker wants 1.00 of a core"), busy.because);
});

Deno.test("onDemand: starts one for each job that waits and keeps it a minute", () => {
  const { floor, cap, spawn, keepAliveMs } = bind("onDemand").step(readingOf({ queued: 9 }));
  assertEquals([floor, cap, spawn, keepAliveMs], [0, undefined, { lagMs: 0, queuePer: 1 }, 60_000]);
  assertEquals(bind("onDemand", { workersMax: 6 }).step(readingOf()).cap, 6);
});
