/** How processes and jobs end, and what that is called: the table, row by row. */
import { assertEquals } from "@std/assert";
import { conclude } from "../actors/conclude.ts";
import { type Doom, doom, mayTryAgain } from "../actors/doom.ts";
import { causeOf, deathOf } from "../actors/exit.ts";
import { judge, oomAgain } from "../actors/loss.ts";
import type { Exit } from "../actors/ports.ts";
import { memoryStore } from "../actors/stores/memory.ts";
import { isRetriable } from "../policies/retry/rules.ts";
import { jobOf } from "./orders.ts";
import { crash, QueueStage } from "./queue_stage.ts";

const heap = "<--- Last few GCs --->\n#\n# Fatal JavaScript out of memory: Reached heap limit\n#";
const nodeHeap =
  "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory";

const exit = (code: number, signal: string | null = null, stderrTail = ""): Exit => (
  { code, signal, stderrTail }
);

/** Measured: what a process did, how it showed, what it is called in a command and in a worker. */
const taxonomy: readonly (readonly [string, Exit, command: string, worker: string])[] = [
  ["throws", exit(1, null, "error: Uncaught"), "exit exit_nonzero", "exit worker_crashed"],
  ["awaits for ever", exit(1), "exit exit_nonzero", "exit worker_crashed"],
  ["exits with 300", exit(44), "exit exit_nonzero", "exit worker_crashed"],
  ["exits with -1", exit(255), "exit exit_nonzero", "exit worker_crashed"],
  ["fills its heap", exit(133, "SIGTRAP", heap), "oom oom_heap", "oom oom_heap"],
  [
    "fills its heap in one go",
    exit(133, "SIGTRAP", "# Fatal JavaScript out of memory: CALL_AND_RETRY_LAST"),
    "oom oom_heap",
    "oom oom_heap",
  ],
  ["fills its heap under a shell", exit(133, null, heap), "oom oom_heap", "oom oom_heap"],
  ["fills Node's heap", exit(134, "SIGABRT", nodeHeap), "oom oom_heap", "oom oom_heap"],
  ["speaks of a full heap", exit(1, null, heap), "exit exit_nonzero", "exit worker_crashed"],
  ["traps", exit(133, "SIGTRAP"), "signal crashed", "signal worker_crashed"],
  ["aborts", exit(134, "SIGABRT"), "signal crashed", "signal worker_crashed"],
  ["faults", exit(139, "SIGSEGV"), "signal crashed", "signal worker_crashed"],
  ["is terminated", exit(143, "SIGTERM"), "signal killed_external", "signal killed_external"],
  ["is killed", exit(137, "SIGKILL"), "signal killed_external", "signal killed_external"],
  ["uses its CPU time up", exit(152, "SIGXCPU"), "signal cpu_limit", "signal cpu_limit"],
  [
    "writes more than it may",
    exit(153, "SIGXFSZ"),
    "signal file_size_limit",
    "signal file_size_limit",
  ],
  ["is not found by a shell", exit(127), "exit exit_nonzero", "exit worker_crashed"],
  ["faults and goes on to its end", exit(0), "", "exit no_result"],
];

for (const [does, how, command, worker] of taxonomy) {
  Deno.test(`endings: a process that ${does}`, () => {
    const { category, code } = deathOf(how, "told", null).cause;
    assertEquals(`${category} ${code}`, worker);
    if (command === "") return;
    const { type, ...told } = conclude(
      jobOf(1, { command: ["x"] }),
      1,
      {
        exitCode: how.signal === null ? how.code : null,
        signal: how.signal,
        stdout: "",
        stderr: how.stderrTail,
      },
      1,
      "1.1",
    );
    assertEquals([type, `${told.category} ${told.code}`], ["failed", command]);
    assertEquals(causeOf(how), { category: told.category!, code: told.code! });
  });
}

Deno.test("endings: killed by us, a worker's death is told by our reason, however it looks", () => {
  const sentence = { because: "was stopped for 5 s", ours: false };
  for (const how of [exit(137, "SIGKILL"), exit(0), exit(133, "SIGTRAP", heap), null]) {
    const death = deathOf(how, "ended by SIGKILL", sentence);
    assertEquals([death.cause.code, death.because], ["worker_condemned", sentence.because]);
  }
  assertEquals(deathOf(null, "no such file", null).cause, {
    category: "spawn",
    code: "worker_not_started",
  });
});

Deno.test("endings: each reason of ours has its words, and some allow another attempt", () => {
  const spec = { progressTimeoutMs: 7, totalTimeoutMs: 9, timeoutMs: 5 };
  const rows: [Doom, string, boolean][] = [
    ["cancelled", "cancelled cancelled cancelled: not needed", false],
    ["timedOut", "timedOut timeout run_timeout: Ran longer than timeoutMs (5)", true],
    [
      "stalled",
      "timedOut timeout progress_timeout: " +
      "Gave no sign of progress within progressTimeoutMs (7)",
      true,
    ],
    [
      "overdue",
      "timedOut timeout total_timeout: " +
      "Had not ended within totalTimeoutMs (9) after it was accepted",
      false,
    ],
  ];
  for (const [doomed, words, again] of rows) {
    const job = jobOf(1, spec);
    job.because = "not needed";
    job.startedMs = 1;
    job.doomed = doomed;
    const { type, category, code, message } = doom(job);
    assertEquals(`${type} ${category} ${code}: ${message}`, words);
    assertEquals(mayTryAgain(doomed), again);
    // Noted before the signal, the reason stands whatever the death looks like.
    const death = deathOf(exit(137, "SIGKILL"), "ended by SIGKILL", null);
    assertEquals(judge(job, { alone: true, culprit: job, death }), doom(job));
  }
});

const dies = (how: Exit) => deathOf(how, "told", null);

Deno.test("endings: a full heap allows one more attempt, alone or not", () => {
  const stage = new QueueStage(memoryStore());
  const hog = stage.add({ retries: 5 });
  stage.add();
  const oom = dies(exit(133, "SIGTRAP", heap));
  const both = [stage.begin()!, stage.begin()!];
  stage.queue.lose(both, null, "1.1", oom);
  assertEquals([hog.ooms, hog.strikes, hog.suspect], [1, 0, true]);
  stage.begun(stage.lane.takeSuspect()!);
  stage.queue.lose([hog], null, "2.1", oom);
  const [[, { type, category, code, attempts }]] = stage.ended as [[number, never]];
  assertEquals([type, category, code, attempts], ["dead", "oom", "oom_heap", 2]);
  stage.begun(stage.lane.takeSuspect()!);
  stage.end(both[1]!);
  assertEquals(stage.endings, [[1, "dead"], [2, "done"]]);
});

Deno.test("endings: a command that has run out of memory uses one of its retries at most", () => {
  const job = jobOf(1, { retries: 5 });
  const outcome = { type: "failed", category: "oom" } as never;
  assertEquals(isRetriable(outcome), true);
  assertEquals([oomAgain(job, outcome), oomAgain(job, outcome)], [true, false]);
  assertEquals(oomAgain(job, { category: "exit" }), true);
});

Deno.test("endings: alone in a worker that exits with 0, a job has failed without a result", async () => {
  const stage = new QueueStage(memoryStore());
  const job = stage.add({ retries: 1, backoff: { baseMs: 1 } });
  stage.add();
  stage.queue.lose([stage.begin()!, stage.begin()!], null, "1.1", dies(exit(0)));
  assertEquals([stage.ended, job.suspect], [[], true], "which of two it was is not known");
  stage.begun(stage.lane.takeSuspect()!);
  stage.queue.lose([job], null, "2.1", dies(exit(0)));
  assertEquals([job.state, job.strikes], ["retrying", 0]);
  await stage.clock.advance(1);
  while (!job.outcome) {
    const next = stage.lane.takeSuspect()!;
    stage.begun(next);
    if (next === job) stage.queue.lose([job], null, "3.1", dies(exit(0)));
    else stage.end(next);
  }
  const { type, category, code } = job.outcome;
  assertEquals([type, category, code], ["dead", "exit", "no_result"]);
});

Deno.test("endings: a worker that we end in the course of things costs its jobs nothing", () => {
  const stage = new QueueStage(memoryStore());
  const job = stage.add();
  const sentence = { because: "missed its drain deadline", ours: true };
  for (let i = 0; i < 5; i++) {
    stage.begun(stage.send()!);
    stage.queue.lose([job], null, "1.1", deathOf(exit(137, "SIGKILL"), "ended", sentence));
    assertEquals([job.strikes, job.suspect, job.losses], [0, false, i + 1]);
  }
  stage.add({ onLoss: "fail" });
  stage.send();
  stage.queue.lose([stage.begin()!], null, "1.1", dies(exit(133, "SIGTRAP", heap)));
  const { type, category, code } = stage.ended[0]![1];
  assertEquals([type, category, code], ["lost", "oom", "oom_heap"]);
});

Deno.test("endings: the time from acceptance to the end is over for whoever waits or is tried again", async () => {
  const stage = new QueueStage(memoryStore());
  stage.add({ totalTimeoutMs: 100 });
  stage.add({ totalTimeoutMs: 100, retries: 5, backoff: { baseMs: 10_000 }, priority: "high" });
  stage.end(stage.begin()!, "failed");
  await stage.clock.advance(99);
  assertEquals(stage.ended, []);
  await stage.clock.advance(1);
  assertEquals(stage.endings, [[1, "expired"], [2, "timedOut"]]);
  assertEquals(stage.ended.map(([, { code }]) => code), ["total_timeout", "total_timeout"]);
  assertEquals([stage.queue.queued, stage.queue.gates.timetable.retrying, stage.overdue], [
    0,
    0,
    [],
  ]);
});

Deno.test("endings: a job that runs when its whole time is over is asked to end, and not tried again", async () => {
  const stage = new QueueStage(memoryStore());
  const job = stage.add({ totalTimeoutMs: 100, retries: 5 });
  stage.begin();
  await stage.clock.advance(100);
  assertEquals([stage.overdue, stage.ended, job.doomed], [[1], [], "overdue"]);
  stage.queue.lose([job], job, "1.1", crash());
  assertEquals(stage.endings, [[1, "timedOut"]]);
});

Deno.test("endings: the time to be begun goes on over a restart", async () => {
  const stage = new QueueStage(memoryStore());
  const job = jobOf(7, { queueTimeoutMs: 100 });
  job.dueMs = -60; // Accepted 60 ms before this life began.
  stage.queue.restore([job]);
  await stage.clock.advance(39);
  assertEquals(stage.ended, []);
  await stage.clock.advance(1);
  assertEquals(stage.endings, [[7, "expired"]]);
});
