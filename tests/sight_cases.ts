/** What can be wrong with a service, and how it looks then. */
import type { CauseName } from "../messages/diagnosis.ts";
import { answerCases } from "./sight_answers.ts";
import { at, type Change, operation } from "./sights.ts";

const queue = { oldestWaitMs: 9_000, waits: [at("position", 300)] };
const fetching = { name: "fetch", cpuRatio: .05, ioBytes: null };
const slow = operation({ ...fetching, durationMs: 2_400, usualMs: 300 });
const hosts = {
  pattern: "host:*",
  each: 20,
  keys: null,
  rates: {},
  running: 20,
  waiting: 500,
};
const projects = { ...hosts, pattern: "project:*", each: 1, keys: 5, running: 5, waiting: 60 };
const tokens = { ...hosts, pattern: "model:*", each: null, rates: { tokens: "90000/min" } };
/** All cores busy with our jobs, and what goes with it. */
const busy = { busyRatio: .97, ownCores: 7.4, cpuPressureRatio: .55 };
const thrash = {
  memoryRatio: .97,
  memoryPressureRatio: .35,
  swapBytesPerS: 6e7,
  memoryAvailableBytes: 3e8,
};
const grinding = {
  diskBusyRatio: .98,
  ioPressureRatio: .6,
  ioWaitRatio: .35,
  diskBytesPerS: 2.1e8,
};
/** More workers than this are not allowed, and there are so many. */
const full = { ready: 8, idle: 0, cap: 8, max: 8, running: 8 };

const ten = { cause: null, kind: "slow", atOnce: 10.2, workers: 60 } as const;
const one = { ...ten, atOnce: 1.1, workers: 12 };

/** What was injected, in words, its name, and how it looks. */
export const cases: readonly (readonly [what: string, cause: CauseName, change: Change])[] = [
  ["computing tasks, a queue behind them", "cpu", { ...queue, host: busy, pool: full }],
  ["computing tasks that nobody waits for", "cpu", { host: busy, threads: { starvedRatio: .5 } }],
  ["workers that wait for cores, all of them ours", "cpu", {
    ...queue,
    host: { ...busy, busyRatio: .93, ioPressureRatio: .1, diskBusyRatio: .3 },
    threads: { heldRatio: .95, starvedRatio: .6, ownRatio: .4 },
    operations: [operation({ durationMs: 300, usualMs: 90 })],
  }],
  ["other programs have the cores", "cpu", { ...queue, host: { ...busy, ownCores: .8 } }],
  ["a kernel without pressure, cores full", "cpu", {
    ...queue,
    host: { busyRatio: .99, ownCores: null, cpuPressureRatio: null, ioPressureRatio: null },
  }],
  ["commands paced as the cores are full", "cpu", {
    oldestWaitMs: 30_000,
    waits: [at("commands limit", 900)],
    host: busy,
    pool: { commandsMax: 9, running: 9, because: "commands paced at 9" },
  }],
  ["cores full, some jobs behind a key", "cpu", {
    oldestWaitMs: 9_000,
    waits: [at("position", 300), at("key", 40)],
    limits: [{ ...hosts, waiting: 40 }],
    host: busy,
  }],

  ["a container of 1.5 cores on 8", "quota", {
    ...queue,
    host: { quotaCores: 1.5, quotaUsedRatio: .99, busyRatio: .3, cpuPressureRatio: .7, cores: 1.5 },
    threads: { starvedRatio: .5 },
  }],
  ["a quota used up while nobody waits", "quota", {
    host: { quotaCores: 2, quotaUsedRatio: .96, busyRatio: .5, cpuPressureRatio: .3, cores: 2 },
  }],
  ["a quota on a host that is busy as well", "quota", {
    ...queue,
    host: { ...busy, busyRatio: .9, quotaCores: 4, quotaUsedRatio: 1, cores: 4 },
  }],

  ["a neighbour on the same hardware", "stolen", {
    ...queue,
    host: { stealRatio: .35, busyRatio: .62, cpuPressureRatio: .5 },
    threads: { starvedRatio: .4 },
  }],
  ["a quarter of the cores' time is gone", "stolen", {
    host: { stealRatio: .25, busyRatio: .7, cpuPressureRatio: .25 },
  }],

  ["leaking programs, swap", "memory", { ...queue, host: { ...thrash, busyRatio: .5 } }],
  ["thrashing: disks and kernel are busy with it", "memory", {
    ...queue,
    host: { ...grinding, ...thrash, busyRatio: .85, cpuPressureRatio: .3 },
  }],
  ["a container at its limit, no swap", "memory", {
    ...queue,
    host: { memoryRatio: .96, memoryAvailableBytes: 4e7, memoryPressureRatio: .12 },
  }],
  ["jobs killed for memory", "memory", {
    operations: [operation({ failed: 90, outOfMemory: 80 })],
    waits: [at("retry", 40)],
    host: { memoryRatio: .82 },
  }],
  ["large commands, a small budget", "memory", {
    oldestWaitMs: 40_000,
    waits: [at("memory", 70)],
    memory: { budgetBytes: 1e9, reservedBytes: 9.8e8, isGiven: true },
    operations: [operation({ name: "ffmpeg", ended: 20 })],
  }],
  ["large commands, memory reserved for others", "memory", {
    oldestWaitMs: 40_000,
    waits: [at("memory", 70), at("position", 5)],
    memory: { budgetBytes: 8e9, reservedBytes: 7.9e9 },
  }],
  ["memory nearly full, pressure unknown", "memory", {
    ...queue,
    host: { memoryRatio: .98, memoryPressureRatio: null, swapBytesPerS: null },
  }],

  ["a scan of many files", "disk", { ...queue, host: grinding }],
  ["a disk that is slow: little is read", "disk", {
    ...queue,
    host: { ...grinding, diskBytesPerS: 3e6, busyRatio: .1 },
    operations: [operation({ durationMs: 900, usualMs: 90, cpuRatio: .05, ioBytes: 9e8 })],
  }],
  ["a busy disk, a kernel without pressure", "disk", {
    ...queue,
    host: { diskBusyRatio: 1, ioPressureRatio: null, ioWaitRatio: .4 },
  }],
  ["network storage: no disk of ours, but waits", "disk", {
    ...queue,
    host: { diskBusyRatio: null, diskBytesPerS: null, ioPressureRatio: .7, ioWaitRatio: .5 },
  }],
  ["a scan, cores half busy with hashing", "disk", {
    ...queue,
    host: { ...grinding, busyRatio: .6, cpuPressureRatio: .15 },
    pool: full,
  }],
  ["a scan that nobody waits for", "disk", { host: grinding }],

  ["the process has no files left", "files", { host: { filesOpen: 1_010 } }],
  ["no files left, jobs fail and wait", "files", {
    ...queue,
    host: { filesOpen: 1_000 },
    operations: [operation({ failed: 90 })],
  }],
  ["pids.max of a container", "processes", {
    host: { processes: 508, processesMax: 512 },
    pool: { quarantined: 0 },
  }],
  ["pids.max, starts fail", "processes", {
    ...queue,
    host: { processes: 512, processesMax: 512 },
    operations: [operation({ failed: 60 })],
  }],

  ["a service that is down, its breaker open", "downstream", {
    oldestWaitMs: 25_000,
    waits: [at("breaker", 800)],
    breakers: [{ name: "host:api.example.org", held: 800 }],
    operations: [operation({ ...fetching, failed: 300 })],
  }],
  ["a database that is eight times as slow", "downstream", { operations: [slow] }],
  ["slow calls fill the pool", "downstream", {
    ...queue,
    pool: { ...full, commandsMax: null },
    operations: [slow],
  }],
  ["slow calls behind the limit of their host", "downstream", {
    oldestWaitMs: 9_000,
    waits: [at("key", 120), at("position", 200)],
    limits: [{ ...hosts, waiting: 120 }],
    operations: [{ ...slow, timedOut: 30 }],
  }],
  ["an open breaker, others go on", "downstream", {
    waits: [at("breaker", 30)],
    breakers: [{ name: "operation:fetch", held: 30 }],
    operations: [operation(), operation({ ...fetching, failed: 40, ended: 60 })],
  }],

  ["ten connections to a database", "downstream", { ...queue, pool: full, plateau: ten }],
  ["one file that all jobs lock", "lock", { ...queue, pool: full, plateau: one }],
  ["twenty jobs a host", "limit", {
    oldestWaitMs: 60_000,
    waits: [at("key", 500)],
    limits: [hosts],
  }],
  ["five projects at once", "limit", {
    oldestWaitMs: 60_000,
    waits: [at("key", 60), at("position", 4)],
    limits: [projects, { ...hosts, waiting: 0 }],
  }],
  ["tokens of a model", "limit", {
    oldestWaitMs: 20_000,
    waits: [at("rate", 220)],
    limits: [tokens],
  }],
  ["a threshold of an operation", "limit", {
    oldestWaitMs: 5_000,
    waits: [at("threshold", 90)],
    host: { memoryRatio: .6 },
  }],
  ["staged runs of other projects go first", "limit", {
    oldestWaitMs: 90_000,
    waits: [at("project", 12)],
    limits: [{ ...projects, waiting: 0 }],
  }],
  ["a limit, and a few jobs in the queue", "limit", {
    oldestWaitMs: 60_000,
    waits: [at("key", 400), at("position", 60)],
    limits: [{ ...hosts, waiting: 400 }],
    pool: full,
    host: { busyRatio: .5 },
  }],

  ["a pool of 2 on 8 cores", "workers", { ...queue, pool: { ...full, cap: 2, max: 2, ready: 2 } }],
  ["blocking tasks in a small pool", "workers", {
    ...queue,
    pool: full,
    threads: { heldRatio: 1 },
    operations: [operation({ cpuRatio: .02, durationMs: 500, usualMs: 500 })],
  }],
  ["at most 4 jobs at once", "workers", {
    oldestWaitMs: 8_000,
    waits: [at("running limit", 90)],
    pool: { runningMax: 4, running: 4, because: "plan: at most 4" },
  }],
  ["a pool at its size, a few failures", "workers", {
    ...queue,
    pool: full,
    host: { busyRatio: .55 },
    operations: [operation({ failed: 15 })],
  }],

  ["paused", "operator", {
    oldestWaitMs: 120_000,
    waits: [at("operator", 900)],
    pool: { operator: "paused" },
  }],
  ["pinned to one worker", "operator", {
    ...queue,
    pool: { operator: "pinned", ready: 1, cap: 1, idle: 0, running: 1 },
  }],
  ["paused, and many jobs of one key", "operator", {
    oldestWaitMs: 60_000,
    waits: [at("operator", 300), at("key", 100)],
    limits: [{ ...hosts, waiting: 100 }],
    pool: { operator: "paused" },
  }],

  ["workers die at their start", "starts", {
    oldestWaitMs: 20_000,
    waits: [at("start", 70)],
    pool: { isShut: true, ready: 0, idle: 0, running: 0 },
  }],
  ["two seats in quarantine", "starts", {
    oldestWaitMs: 6_000,
    waits: [at("workers", 20)],
    pool: { quarantined: 2, ready: 0, idle: 0, cap: 2, max: 2 },
  }],
  ["starts of ten seconds", "starts", {
    oldestWaitMs: 8_000,
    waits: [at("workers", 30)],
    pool: { startP95Ms: 9_800, ready: 1, starting: 4 },
  }],

  ["half a million tiny jobs", "service", {
    ...queue,
    threads: { ownRatio: .99, heldRatio: .2, starvedRatio: .05 },
    host: { busyRatio: .45 },
    donePerS: 70_000,
  }],
  ["tiny jobs on two cores", "service", {
    ...queue,
    threads: { ownRatio: .97, heldRatio: .35, starvedRatio: .1 },
    host: { cores: 2, busyRatio: .78, ownCores: 1.5, cpuPressureRatio: .2 },
    donePerS: 60_000,
  }],

  ["two that write to one disk, each slow while the other one runs", "contention", {
    operations: [operation({ name: "backup" }), operation({ name: "index" })],
    contention: [{
      ...{ operation: "index", beside: "backup", of: "io", slowdownRatio: 2.4 },
      ...{ slotsBeside: 40, slotsAlone: 200 },
    }],
  }],
  ...answerCases,
  ["a task that throws", "failures", { operations: [operation({ failed: 350, durationMs: 3 })] }],
  ["jobs that fail and are tried again", "failures", {
    oldestWaitMs: 30_000,
    waits: [at("retry", 250)],
    operations: [operation({ failed: 180 })],
  }],
  ["a third fails, a queue at rest", "failures", {
    waits: [at("retry", 20), at("scheduled", 900)],
    operations: [operation({ failed: 130 }), operation({ name: "other" })],
  }],
];
