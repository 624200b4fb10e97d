/** What jobs use and what follows when it is too much, over processes in the test's hand. */
import { assert, assertEquals } from "@std/assert";
import { account, accountGone, type Meters } from "../actors/limits/account.ts";
import { Meter } from "../actors/limits/meter.ts";
import { Solo } from "../actors/limits/solo.ts";
import { WorkerWatch } from "../actors/limits/worker_watch.ts";
import { commandGrant } from "../actors/grant.ts";
import { type Job, unmeasured } from "../actors/job.ts";
import type { JobGroup, ProcessRow, Trees } from "../actors/ports.ts";
import type { Limits } from "../messages/limits.ts";
import type { Outcome } from "../messages/outcome.ts";
import { messages } from "../messages/wire.ts";
import { ManualClock } from "./manual_clock.ts";
import { jobOf, task } from "./orders.ts";
import { puppet } from "./puppet.ts";
import { row, stillMeters, stillTrees } from "./still_trees.ts";

const mib = 2 ** 20;

/** Everything that looks at jobs, over processes in the test's hand. */
class Stage {
  readonly clock = new ManualClock();
  rows: ProcessRow[] = [];
  readonly killed: number[] = [];
  readonly told: string[] = [];
  readonly resident = new Map<number, number>();
  readonly trees: Trees;
  readonly meter: Meter;
  readonly solo: Solo;
  readonly watch: WorkerWatch;
  readonly operations: Meters["operations"];
  readonly workers: Meters["workers"];
  readonly worker;

  constructor(
    { group = null, limitBytes = null, command = true }: {
      group?: JobGroup | null;
      limitBytes?: number | null;
      command?: boolean;
    } = {},
  ) {
    this.trees = stillTrees({
      list: () => ({ rows: this.rows, tookMs: 1 }),
      row: (pid) => this.rows.find((one) => one.pid === pid) ?? null,
      peakBytes: (pid) => this.resident.get(pid) ?? null,
      resetPeak: () => true,
      kill: (pids) => void this.killed.push(...pids),
      words: ({ nice }) => nice === undefined ? [] : ["nice", "-n", `${nice}`],
      group: () => group,
    });
    this.meter = new Meter(this.clock, this.trees);
    ({ operations: this.operations, workers: this.workers } = stillMeters(this.clock));
    this.solo = new Solo(this.trees);
    this.worker = puppet(this.clock, {
      finished: (link, job, outcome) => this.outcomes.push(account(this, link, job, outcome)),
      began: (link, jobs) => jobs.forEach((job) => this.watch.began(link, job)),
      spawned: (link, job, pid) => this.meter.spawned(link, job, pid),
      payload: (_link, job) => this.meter.payload(job),
    }, command ? { grant: commandGrant } : {});
    const host = {
      residentBytes: (pid: number) => this.resident.get(pid) ?? null,
    } as ConstructorParameters<typeof WorkerWatch>[0]["host"];
    this.watch = new WorkerWatch(
      { clock: this.clock, host, trees: this.trees },
      this.solo,
      limitBytes,
      {
        links: () => [this.worker.link],
        condemn: (_link, because) => this.told.push(`condemn: ${because}`),
        drain: (_link, because) => this.told.push(`drain: ${because}`),
        warn: (code) => this.told.push(code),
      },
    );
  }

  readonly outcomes: Outcome[] = [];

  /** A job that was begun; a command runs as process `pid`. */
  begin(given: Limits | null = null, pid = 200): Job {
    const { link, say } = this.worker;
    const isCommand = link.grant.kind === "command";
    const job = isCommand
      ? jobOf(1, { command: ["x"] }, {
        operation: { ...task, grant: commandGrant },
        limits: given,
        payload: '{"argv":["x"]}',
      })
      : jobOf(1, {}, { limits: given });
    link.send(job, this.clock.nowMs());
    say(messages.began.kind, 1, 0.1);
    if (isCommand) say(messages.spawned.kind, job.slot, pid);
    return job;
  }

  end(job: Job, payload: unknown, runMs = 1_000): Outcome {
    const ending = this.worker.link.grant.kind === "command" ? 1 : 0;
    this.worker.say(messages.finished.kind, job.slot, ending, payload, runMs);
    return this.outcomes.at(-1)!;
  }
}

const killedBy = { exitCode: null, signal: "SIGKILL", stdout: "", stderr: "", droppedBytes: 0 };
const exited = { ...killedBy, exitCode: 0, signal: null };

Deno.test("meter: a command over its limit is killed with all its tree, and ends oom", async () => {
  const stage = new Stage();
  const job = stage.begin({ memoryBytes: 100 * mib });
  stage.rows = [
    row(100),
    row(200, { parent: 100, residentBytes: 40 * mib }),
    row(201, { parent: 200, residentBytes: 50 * mib }),
  ];
  await stage.clock.advance(130);
  assertEquals([stage.killed, job.doomed], [[], null]);
  stage.rows[2] = row(201, { parent: 200, residentBytes: 70 * mib });
  await stage.clock.advance(130);
  assertEquals([stage.killed, job.doomed], [[200, 201], "oom"]);
  const { type, category, code, message, resources } = stage.end(job, killedBy);
  assertEquals([type, category, code], ["failed", "oom", "memory_limit"]);
  assertEquals(message, "Used 110 MiB of memory, its limit is 100 MiB");
  assertEquals(resources, {
    cpuSeconds: 0.02,
    peakBytes: 110 * mib,
    ioBytes: null,
    source: "samples",
  });
  assertEquals(stage.meter.running.size, 0);
});

Deno.test("meter: finds a command that has another pid in its worker's namespace", async () => {
  const stage = new Stage();
  stage.trees.innerPid = (pid) => pid === 777 ? 200 : pid;
  stage.begin({ memoryBytes: mib });
  stage.rows = [row(100), row(200), row(777, { parent: 100, residentBytes: 2 * mib })];
  await stage.clock.advance(130);
  assertEquals(stage.killed, [777], "not the stranger who has that number");
});

Deno.test("meter: memory that processes of a command share is counted once, limit or not", async () => {
  for (const limits of [null, { memoryBytes: 300 * mib }]) {
    const stage = new Stage();
    const shares = new Map([[200, 110 * mib], [201, 100 * mib]]);
    stage.trees.shareBytes = (pid) => shares.get(pid) ?? null;
    stage.rows = [
      row(100),
      row(200, { parent: 100, residentBytes: 205 * mib }),
      row(201, { parent: 200, residentBytes: 200 * mib }),
    ];
    const job = stage.begin(limits);
    await stage.clock.advance(1_000);
    shares.set(201, 120 * mib);
    await stage.clock.advance(1_000);
    const { resources } = stage.end(job, exited);
    assertEquals([stage.killed, resources.peakBytes], [[], 230 * mib]);
  }
});

Deno.test("meter: of what ends while it is looked at, nothing is counted twice", async () => {
  const stage = new Stage();
  stage.rows = [
    row(100),
    row(200, { parent: 100, residentBytes: 200 * mib }),
    row(201, { parent: 200, residentBytes: 200 * mib }),
  ];
  stage.trees.shareBytes = (pid) => {
    stage.rows = stage.rows.filter(({ pid }) => pid !== 201);
    return pid === 200 ? 200 * mib : null;
  };
  const job = stage.begin({ memoryBytes: 300 * mib });
  await stage.clock.advance(130);
  const { resources } = stage.end(job, exited);
  assertEquals([stage.killed, resources.peakBytes], [[], 200 * mib]);
});

Deno.test("meter: what is under the limit, ended or without a limit is left alone", async () => {
  const stage = new Stage();
  stage.rows = [row(100), row(200, { parent: 100, residentBytes: 900 * mib })];
  const job = stage.begin();
  await stage.clock.advance(5_000);
  const { resources } = stage.end(job, exited);
  assertEquals([stage.killed, resources.peakBytes], [[], 900 * mib]);
  await stage.clock.advance(60_000);
  const short = stage.begin();
  assertEquals(stage.end(short, exited, 1).resources, unmeasured, "never seen, nothing guessed");
});

Deno.test("meter: what a worker got of its children is a command's that ran alone", () => {
  const stage = new Stage();
  stage.rows = [row(100, { childMs: 30 })];
  assertEquals(stage.end(stage.begin(), exited, 1).resources.cpuSeconds, 0.03);
  const [one, two] = [stage.begin(), stage.begin()];
  stage.rows = [row(100, { childMs: 90 })];
  assertEquals(stage.end(one, exited, 1).resources.cpuSeconds, null, "which of both it was of");
  assertEquals(stage.end(two, exited, 1).resources.cpuSeconds, null);
  const last = stage.begin();
  stage.rows = [row(100, { childMs: 140 })];
  assertEquals(stage.end(last, exited, 1).resources.cpuSeconds, 0.05);
});

Deno.test("meter: a group holds a command, is asked for what it used, and ends with it", async () => {
  const used = { cpuSeconds: 1.5, peakBytes: 7, ioBytes: 3, oomKills: 0 };
  const did: string[] = [];
  const group: JobGroup = {
    holdsMemory: true,
    holdsCpu: false,
    words: ["enter"],
    add: () => true,
    limit: ({ memoryBytes }) => did.push(`limit ${memoryBytes}`) > 0,
    used: () => used,
    kill: () => void did.push("kill"),
    end: () => void did.push("end"),
  };
  const stage = new Stage({ group });
  const job = stage.begin({ memoryBytes: 10 * mib, nice: 4 });
  const [sent] = stage.worker.sent.filter(([kind]) => kind === messages.start.kind);
  assertEquals(sent![4], { words: ["enter", "nice", "-n", "4"], argv: ["x"] });
  await stage.clock.advance(1_000);
  assertEquals(did, []);
  used.oomKills = 1;
  await stage.clock.advance(300);
  assertEquals([did, job.doomed], [["kill", "kill"], "oom"], "the kernel has ended one of them");
  const { category, code, message, resources } = stage.end(job, killedBy);
  assertEquals([category, code], ["oom", "oom_cgroup"]);
  assertEquals(message, "Reached its memory limit of 10 MiB");
  assertEquals(resources, { cpuSeconds: 1.5, peakBytes: 7, ioBytes: 3, source: "cgroup" });
  assertEquals(did.at(-1), "end");
});

Deno.test("meter: a worker's death leaves its commands with what they were seen to use", async () => {
  const stage = new Stage();
  const job = stage.begin();
  stage.rows = [row(100), row(200, { parent: 100, cpuMs: 400 })];
  await stage.clock.advance(250);
  accountGone(stage, stage.worker.link);
  assertEquals([job.resources?.cpuSeconds, stage.meter.running.size], [0.4, 0]);
});

Deno.test("solo: a long task that was alone has its worker's difference, others their thread time", () => {
  const stage = new Stage({ command: false });
  stage.rows = [row(100, { cpuMs: 50 })];
  stage.solo.rest(stage.worker.link);
  const job = stage.begin();
  stage.rows = [row(100, { cpuMs: 1_090 })];
  stage.resident.set(100, 240 * mib);
  stage.solo.look(stage.worker.link);
  assertEquals(job.resources?.source, "samples", "should it be killed now");
  assertEquals(stage.end(job, 1).resources, {
    cpuSeconds: 1.04,
    peakBytes: 240 * mib,
    ioBytes: null,
    source: "worker",
  });
  const [one, two] = [stage.begin(), stage.begin()];
  stage.worker.say(messages.held.kind, two.slot, 2);
  assertEquals(stage.end(one, 1, 500).resources, {
    ...unmeasured,
    cpuSeconds: 0.5,
    source: "thread",
  });
  assertEquals(stage.end(two, 1, 700).resources.cpuSeconds, 0.002);
});

Deno.test("worker watch: a limited task ends with its worker, as it alone is to blame", async () => {
  const stage = new Stage({ command: false });
  const job = stage.begin({ memoryBytes: 100 * mib });
  stage.resident.set(100, 99 * mib);
  await stage.clock.advance(130);
  assertEquals(stage.told, []);
  assertEquals(
    stage.worker.sent.filter(([kind]) => kind === messages.collect.kind),
    [[messages.collect.kind, 1]],
    "garbage is collected before it is too late, not again and again",
  );
  await stage.clock.advance(1_000);
  stage.resident.set(100, 101 * mib);
  await stage.clock.advance(130);
  const { link } = stage.worker;
  assertEquals([job.doomed, link.culprit], ["oom", job]);
  assert(
    /^condemn: memory_limit: Used 101 MiB of memory, its limit is 100 MiB/.test(stage.told[0]!),
  );
});

Deno.test("worker watch: a worker over the limit of all is ended; of several nobody is blamed", async () => {
  const stage = new Stage({ command: false, limitBytes: 300 * mib });
  const [one, two] = [stage.begin(), stage.begin()];
  stage.resident.set(100, 400 * mib);
  await stage.clock.advance(130);
  assertEquals(stage.told.length, 1);
  assertEquals([one.doomed, two.doomed, stage.worker.link.culprit], [null, null, null]);
});

Deno.test("worker watch: a worker that was held to a job's limits takes no other job", () => {
  const stage = new Stage({ command: false });
  const job = stage.begin({ nice: 5 });
  stage.end(job, 1);
  assertEquals(stage.told, ["drain: was held to a job's limits"]);
});
