/** A runtime that answers from a script: for tests of the doors, which only carry messages. */
import type { AnyActor, AnyStateMachine, InspectionEvent, Observer } from "xstate";
import { type PoolHandle, Refusal, type Runtime } from "../actors/runtime.ts";
import type { Fact, GapFact, Stamped } from "../messages/facts.ts";
import type { Accepted, JobSpec, JobView } from "../messages/job.ts";
import type { LogPiece } from "../messages/log.ts";
import type { PoolStatus, Status } from "../messages/status.ts";
import { inspected } from "./lamp.ts";
import { listsOf } from "./scripted_lists.ts";
import { unseenHost } from "./unseen.ts";

const unknown = { count: 0, p50: null, p90: null, p95: null, p99: null, max: null };

const pool: PoolStatus = {
  name: "default",
  policy: "governor",
  workers: { ready: 1, starting: 0, draining: 0, idle: 1 },
  running: 0,
  queued: 0,
  envelope: {
    floor: 1,
    cap: 8,
    runningMax: null,
    commandsMax: null,
    spawn: null,
    keepAliveMs: 1_000,
  },
  scaling: { size: "steady" },
  operator: { state: "auto", workers: null, until: null },
  restarts: { workersLost: 0, seatsWaiting: 0, quarantined: [], actors: 0 },
  thresholds: [],
  starts: [],
  lastResize: null,
};

const status: Status = {
  version: "0.0.0",
  startedAt: "2026-01-01T00:00:00.000Z",
  epoch: 1,
  store: "memory",
  pending: 0,
  scheduled: 0,
  oldestWaitMs: 0,
  running: 0,
  size: 1,
  ended: {},
  failedLastMinute: 0,
  waitMs: unknown,
  runMs: unknown,
  host: unseenHost,
  limits: [],
  breakers: [],
  cache: {
    ...{ hits: 0, misses: 0, hitRatio: null, savedMs: 0, entries: 0, bytes: 0, bytesMax: 0 },
    ...{ evictions: 0, expired: 0, waiting: 0 },
  },
  pools: [pool],
  tasks: ["hash"],
  verdict: "keeps up",
};

/** What a test can do to the runtime, and what it saw. */
export interface ScriptedRuntime extends Runtime {
  accepting: boolean;
  /** Every spec that was accepted, in order. */
  readonly specs: JobSpec[];
  /** What was told to have been asked for, with who did. */
  readonly deeds: string[];
  /** Calls of the pool's handle, in order. */
  readonly grips: string[];
  /** The next submit is answered by this refusal or error. */
  failNext: Error | null;
  /** Ends a job. */
  end(id: string): void;
  /** Sends a fact to all readers. */
  emit(item: Stamped<Fact> | GapFact): void;
  /** Places that readers asked to resume from. */
  readonly resumes: (number | undefined)[];
  /** Readers of facts now. */
  readonly readers: number;
  /** A real XState actor under inspection. */
  startLamp(id: string): { turn(): void; stop(): void };
  /** The same of any machine. */
  startActor(machine: AnyStateMachine, id: string, input?: unknown): AnyActor;
}

/** Makes a scripted runtime: job ids count from `j1`, jobs wait until `end` is called. */
export function scriptedRuntime(): ScriptedRuntime {
  const cast: Cast = {
    jobs: new Map(),
    ended: new Map(),
    readers: new Set(),
    observers: new Set(),
    births: new Map(),
  };
  const script = scriptOf(cast);
  return Object.assign(
    script,
    jobsOf(script, cast),
    viewsOf(script, cast),
  ) as unknown as ScriptedRuntime;
}

/** What is on stage. */
interface Cast {
  readonly jobs: Map<string, JobView>;
  readonly ended: Map<string, PromiseWithResolvers<void>>;
  readonly readers: Set<(item: Stamped<Fact> | GapFact) => void>;
  readonly observers: Set<Observer<InspectionEvent>>;
  readonly births: Map<string, InspectionEvent>;
}

type Script = ReturnType<typeof scriptOf>;

/** What the test says and sees. */
function scriptOf({ jobs, ended, readers, observers, births }: Cast) {
  return {
    accepting: true,
    failNext: null as Error | null,
    specs: [] as JobSpec[],
    deeds: [] as string[],
    grips: [] as string[],
    resumes: [] as (number | undefined)[],
    get readers() {
      return readers.size;
    },
    end(id: string) {
      const outcome = {
        type: "done" as const,
        output: 42,
        attempts: 1,
        waitMs: 1,
        durationMs: 2,
        resources: { cpuSeconds: null, peakBytes: null, ioBytes: null, source: "none" as const },
        worker: "0.1",
      };
      jobs.set(id, { ...jobs.get(id)!, state: "done", outcome });
      ended.get(id)!.resolve();
    },
    emit(item: Stamped<Fact> | GapFact) {
      for (const reader of readers) reader(item);
    },
    ...inspected(births, observers),
  };
}

/** Jobs: they wait until the script ends them. */
function jobsOf(script: Script, { jobs, ended }: Cast) {
  return {
    async submit(spec: JobSpec): Promise<Accepted> {
      return (await this.submitAll([spec]))[0]!;
    },
    submitAll(specs: readonly JobSpec[]): Promise<readonly Accepted[]> {
      const { failNext } = script;
      script.failNext = null;
      if (failNext !== null) return Promise.reject(failNext);
      return Promise.resolve(specs.map((spec) => {
        if (spec.task !== undefined && spec.task !== "hash") {
          throw new Refusal("unknown_task", `There is no task ${spec.task}; nearest: hash`);
        }
        script.specs.push(spec);
        const id = `j${script.specs.length}`;
        jobs.set(id, viewOf(id, spec));
        ended.set(id, Promise.withResolvers());
        return { id, state: "waiting" as const };
      }));
    },
    job: (id: string) => Promise.resolve(jobs.get(id) ?? null),
    async wait(id: string, withinMs: number) {
      let timer: ReturnType<typeof setTimeout>;
      const late = new Promise<void>((resolve) => timer = setTimeout(resolve, withinMs));
      await Promise.race([ended.get(id)!.promise, late]);
      clearTimeout(timer!);
      return jobs.get(id) ?? null;
    },
    log(id: string) {
      const at = Date.UTC(2026, 0);
      const piece = { at, attempt: 1, stream: "stdout" as const, text: "one\n\u001b[31m" };
      return Promise.resolve(jobs.has(id) ? logOf([piece], ended.get(id)!.promise) : null);
    },
    ...listsOf(jobs, status),
    limit: (id: string) => Promise.resolve(id === "j1" ? true : null),
    retry(id: string) {
      const job = jobs.get(id);
      if (!job) return Promise.resolve(null);
      const isOver = job.state === "cancelled";
      if (isOver) jobs.set(id, { ...job, state: "waiting" });
      return Promise.resolve(isOver);
    },
    cancel(id: string) {
      const job = jobs.get(id);
      if (job === undefined) return Promise.resolve(null);
      if (job.state === "done") return Promise.resolve(false);
      jobs.set(id, { ...job, state: job.state === "running" ? "running" : "cancelled" });
      return Promise.resolve(true);
    },
  };
}

/** What can be seen of the runtime. */
function viewsOf(script: Script, { jobs, readers, observers, births }: Cast) {
  return {
    status: () => status,
    asked: (by: string, request: string) => void script.deeds.push(`${by}: ${request}`),
    decisions: (limit = 50) => Array.from({ length: Math.min(limit, 3) }, (_, id) => ({ id })),
    why: (id: string) =>
      Promise.resolve(
        jobs.has(id)
          ? {
            id,
            state: "waiting",
            gate: "position",
            because: "2 before it",
            ahead: 2,
            etaMs: null,
          }
          : null,
      ),
    pool(name = "default"): PoolHandle {
      if (name !== "default") throw new Refusal("unknown_pool", `There is no pool ${name}`);
      const note = (verb: string) => (...given: unknown[]) =>
        void script.grips.push([verb, ...given.filter((item) => item !== undefined)].join(" "));
      return {
        status: () => pool,
        pin: note("pin"),
        resize: (desired, forMs) => (note("resize")(desired, forMs), { desired, actual: 2 }),
        pause: note("pause"),
        drain: note("drain"),
        resume: note("resume"),
      };
    },
    facts({ from, signal }: { from?: number; signal?: AbortSignal } = {}) {
      script.resumes.push(from);
      return factsOf(readers, signal);
    },
    async *factBatches({ from, signal }: { from?: number; signal?: AbortSignal } = {}) {
      script.resumes.push(from);
      for await (const item of factsOf(readers, signal)) yield [item];
    },
    inspect(observer: Observer<InspectionEvent>) {
      for (const birth of births.values()) observer.next?.(birth);
      observers.add(observer);
      return () => void observers.delete(observer);
    },
  };
}

/** Pieces, and their end when the job has its own. */
async function* logOf(
  pieces: readonly LogPiece[],
  ended: Promise<void>,
): AsyncGenerator<LogPiece> {
  yield* pieces;
  await ended;
}

function viewOf(id: string, spec: JobSpec): JobView {
  return {
    id,
    state: spec.operation === "running" ? "running" : "waiting",
    ...(spec.task === undefined ? {} : { task: spec.task }),
    ...(spec.command === undefined ? {} : { command: spec.command }),
    ...(spec.shell === undefined ? {} : { shell: spec.shell }),
    operation: spec.operation ?? "hash",
    pool: "default",
    priority: "normal",
    attempt: 1,
    acceptedAt: "2026-01-01T00:00:00.000Z",
  };
}

async function* factsOf(
  readers: Set<(item: Stamped<Fact> | GapFact) => void>,
  signal?: AbortSignal,
): AsyncIterableIterator<Stamped<Fact> | GapFact> {
  const items: (Stamped<Fact> | GapFact)[] = [];
  let wake = Promise.withResolvers<void>();
  const reader = (item: Stamped<Fact> | GapFact) => {
    items.push(item);
    wake.resolve();
  };
  readers.add(reader);
  signal?.addEventListener("abort", () => wake.resolve());
  try {
    while (!signal?.aborted) {
      for (let item = items.shift(); item !== undefined; item = items.shift()) yield item;
      await wake.promise;
      wake = Promise.withResolvers();
    }
  } finally {
    readers.delete(reader);
  }
}
