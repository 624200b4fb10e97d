/**
 * What can be asked of a running service, typed as its runtime is.
 *
 * @module
 */
import { JobError } from "../actors/job_error.ts";
import { Refusal } from "../actors/refusal.ts";
import type { Me } from "../messages/access.ts";
import type { Decision, DecisionPage } from "../messages/decision.ts";
import type { Fact, GapFact, Stamped } from "../messages/facts.ts";
import type { Accepted, JobFilter, JobPage, JobSpec, JobView } from "../messages/job.ts";
import type { LogPiece } from "../messages/log.ts";
import type { PatchedPool, PoolStatus, Status, WhyJob } from "../messages/status.ts";
import type { WhyPool } from "../messages/why_pool.ts";
import { type Address, type ConnectOptions, Line } from "./line.ts";
import { resumed } from "./resumed.ts";

/** What every call takes. */
export interface Asked {
  /** Ends the waiting; what was asked for may have happened. */
  readonly signal?: AbortSignal | undefined;
}

/** Options of {@link Client.wait}. */
export interface WaitOptions extends Asked {
  /** Longest wait, ms; then it rejects with Refusal `wait_over`. Default: as long as it takes. */
  readonly withinMs?: number | undefined;
}

/** Options of {@link Client.log}. */
export interface ClientLogOptions extends Asked {
  /** Stay until the job has ended, also over a restart of the service. Default false. */
  readonly follow?: boolean | undefined;
  /** Only what comes after this `place` of a piece. Default: from the beginning. */
  readonly after?: string | undefined;
}

/** Options of {@link Client.events}. */
export interface EventsOptions extends Asked {
  /** Facts after this sequence number, as far as they are kept. Default: from now on. */
  readonly from?: number | undefined;
  /** Only facts of these types. Default: any. */
  readonly types?: readonly Fact["type"][] | undefined;
  /** Only what happens to the job with this id. Default: any. */
  readonly job?: string | undefined;
}

/** What {@link Client.events} gives: facts, and where some were not kept, which. */
export type ClientFact = Stamped<Fact> | GapFact;

/**
 * A running service. What can't be done as asked rejects with a Refusal that has the code of the
 * service's problem; a service that is not there with `service_unreachable`. What can be asked twice
 * without harm is: all that only reads, jobs with an `idempotencyKey`, and whatever was refused for now
 * (429 and 503, as `Retry-After` says).
 */
export interface Client extends Disposable {
  /** Accepts a job; resolves when it is safe. */
  submit(spec: JobSpec, options?: Asked): Promise<Accepted>;
  /** Accepts all of them or none. */
  submitAll(specs: readonly JobSpec[], options?: Asked): Promise<readonly Accepted[]>;
  /**
   * Runs a task and resolves with its output; rejects with JobError where it did not end `done`. `spec`
   * says more about the job.
   */
  run(task: string, input?: unknown, spec?: Partial<JobSpec>, options?: Asked): Promise<unknown>;
  /** Resolves with the job when it has ended. Rejects with Refusal `not_found` where there is none. */
  wait(id: string, options?: WaitOptions): Promise<JobView>;
  /** Looks a job up, open or ended; null when unknown. */
  job(id: string, options?: Asked): Promise<JobView | null>;
  /** All jobs that fit, open and ended; `limit` is how many are asked for at once. */
  jobs(filter?: JobFilter, options?: Asked): AsyncIterableIterator<JobView>;
  /** Cancels a job; resolves with it as it is then. Rejects with `already_finished`, `not_found`. */
  cancel(id: string, options?: Asked): Promise<JobView>;
  /** Puts a job that has ended back into the queue. Rejects with `not_retriable`, `not_found`. */
  retry(id: string, options?: Asked): Promise<JobView>;
  /** What a job has said, and with `follow` all it says until it ends. */
  log(id: string, options?: ClientLogOptions): AsyncIterableIterator<LogPiece>;
  /** The whole service in numbers and one sentence. */
  status(options?: Asked): Promise<Status>;
  /** Why the usual pool has its size. */
  why(): Promise<WhyPool>;
  /** Why a job waits; null when it is unknown. */
  why(id: string, options?: Asked): Promise<WhyJob | null>;
  /** Decisions about sizes, the latest first, those of earlier starts too. */
  decisions(options?: Asked): AsyncIterableIterator<Decision>;
  /** All pools. */
  pools(options?: Asked): Promise<readonly PoolStatus[]>;
  /** Says something of a pool, as `PATCH /api/v1/pools/:name` takes it: `{ pinned: 4, for: "10m" }`. */
  operate(pool: string, patch: Readonly<Record<string, unknown>>): Promise<PatchedPool>;
  /** Facts as they happen, going on where they were after a broken connection. */
  events(options?: EventsOptions): AsyncIterableIterator<ClientFact>;
  /** Whose token this is, and what it is good for. */
  me(options?: Asked): Promise<Me>;
}

/** Longest wait that is asked of the service at once, ms. */
const turnMs = 60_000;

/** Makes a client; nothing is sent yet. Throws Refusal `invalid_address`. */
export function connect(address: Address, options: ConnectOptions = {}): Client {
  const line = new Line(address, options);
  return { ...jobsOf(line), ...viewsOf(line), [Symbol.dispose]: () => line[Symbol.dispose]() };
}

const at = (path: string) => `/api/v1/${path}`;
const jobAt = (id: string, rest = "") => at(`jobs/${encodeURIComponent(id)}${rest}`);

/** Jobs that are there and that are not. */
function jobsOf(line: Line) {
  const submitAll: Client["submitAll"] = async (specs, { signal } = {}) => {
    const again = specs.every(({ idempotencyKey }) => idempotencyKey !== undefined);
    const body = { jobs: specs };
    const question = { method: "POST", path: at("jobs"), body, again, signal } as const;
    return (await line.ask<{ readonly jobs: readonly Accepted[] }>(question)).jobs;
  };
  const wait: Client["wait"] = async (id, { withinMs = Infinity, signal } = {}) => {
    const until = performance.now() + withinMs;
    for (;;) {
      const leftMs = Math.ceil(until - performance.now());
      const waitMs = Math.max(1, Math.min(turnMs, leftMs));
      const path = jobAt(id, `?wait=${waitMs}ms`);
      const job = await line.ask<JobView>({ path, waitMs, signal });
      if (job.outcome) return job;
      if (leftMs <= waitMs) throw waitOver(job, withinMs);
    }
  };
  return {
    submitAll,
    submit: async (spec: JobSpec, options?: Asked) => (await submitAll([spec], options))[0]!,
    wait,
    async run(task: string, input?: unknown, spec: Partial<JobSpec> = {}, options: Asked = {}) {
      const [{ id }] = await submitAll([{ ...spec, task, input }], options) as [Accepted];
      const { outcome } = await wait(id, options);
      if (outcome!.type === "done") return outcome!.output;
      throw new JobError(id, outcome!);
    },
    job: (id: string, { signal }: Asked = {}) =>
      orNull(line.ask<JobView>({ path: jobAt(id), signal })),
    async *jobs({ after, ...filter }: JobFilter = {}, { signal }: Asked = {}) {
      const page = (after?: string) =>
        line.ask<JobPage>({ path: at(`jobs${queryOf({ ...filter, after })}`), signal });
      yield* pages(page, after);
    },
    cancel: (id: string, { signal }: Asked = {}) =>
      line.ask<JobView>({ method: "DELETE", path: jobAt(id), signal }),
    retry: (id: string, { signal }: Asked = {}) =>
      line.ask<JobView>({ method: "POST", path: jobAt(id, "/retry"), signal }),
    async *log(id: string, { follow = false, after, signal }: ClientLogOptions = {}) {
      if (!follow) {
        const path = jobAt(id, `/log${queryOf({ after })}`);
        yield* (await line.ask<{ readonly items: readonly LogPiece[] }>({ path, signal })).items;
        return;
      }
      const path = jobAt(id, `/log${queryOf({ follow: "true" })}`);
      for await (const { type, data } of resumed(line, { path, last: after ?? null, signal })) {
        if (type === "end") return;
        yield JSON.parse(data) as LogPiece;
      }
    },
  };
}

/** What can be seen of the service. */
function viewsOf(line: Line) {
  function why(): Promise<WhyPool>;
  function why(id: string, options?: Asked): Promise<WhyJob | null>;
  function why(id?: string, { signal }: Asked = {}): Promise<WhyPool | WhyJob | null> {
    if (id === undefined) return line.ask<WhyPool>({ path: at("pools/default/why") });
    return orNull(line.ask<WhyJob>({ path: jobAt(id, "/why"), signal }));
  }
  return {
    why,
    status: ({ signal }: Asked = {}) => line.ask<Status>({ path: at("status"), signal }),
    me: ({ signal }: Asked = {}) => line.ask<Me>({ path: at("me"), signal }),
    async *decisions({ signal }: Asked = {}) {
      const page = (after?: string) =>
        line.ask<DecisionPage>({ path: at(`decisions${queryOf({ after })}`), signal });
      yield* pages(page);
    },
    pools: async ({ signal }: Asked = {}) =>
      (await line.ask<{ readonly items: readonly PoolStatus[] }>({ path: at("pools"), signal }))
        .items,
    operate: (pool: string, body: Readonly<Record<string, unknown>>) =>
      line.ask<PatchedPool>({
        method: "PATCH",
        path: at(`pools/${encodeURIComponent(pool)}`),
        body,
      }),
    async *events({ from, types, job, signal }: EventsOptions = {}) {
      const path = at(`events${queryOf({ type: types?.join(), job })}`);
      const last = from === undefined ? null : String(from);
      for await (const { data } of resumed(line, { path, last, signal })) {
        yield JSON.parse(data) as ClientFact;
      }
    },
  };
}

/** All items, a page after another. */
async function* pages<T>(
  page: (after?: string) => Promise<{ readonly items: readonly T[]; readonly next?: unknown }>,
  after?: string,
): AsyncGenerator<T> {
  for (;;) {
    const { items, next } = await page(after);
    yield* items;
    if (next === undefined || next === null) return;
    after = String(next);
  }
}

function queryOf(fields: Readonly<Record<string, unknown>>): string {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  const query = new URLSearchParams(given.map(([name, value]) => [name, String(value)]));
  return given.length === 0 ? "" : `?${query}`;
}

async function orNull<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Refusal && error.code === "not_found") return null;
    throw error;
  }
}

function waitOver({ id, state }: JobView, withinMs: number): Refusal {
  return new Refusal("wait_over", `Job ${id} has not ended within ${withinMs} ms: state=${state}`);
}
