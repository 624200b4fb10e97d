/**
 * What the time of one job went into, from its record and from what is still known of it.
 *
 * @module
 */
import { isEnding } from "../machines/job.ts";
import type { Fact, Stamped } from "../messages/facts.ts";
import type { JobView } from "../messages/job.ts";
import type { JobTrace, TraceMark, TraceSpan } from "../messages/trace.ts";
import { dueAt } from "./due_at.ts";
import { type Job, jobNumber, viewJob, viewRecord } from "./job.ts";
import type { Store, StoredJob } from "./ports.ts";
import type { System } from "./system.ts";
import { whyWaits } from "./why.ts";
import { dependenciesOf } from "./workflows/dependencies_of.ts";
import { stepTimes } from "./workflows/step_times.ts";

/** Marks of one trace, the first ones. */
const marksMax = 100;
/** Characters of what a job said of its progress. */
const saidMax = 80;

/** A job as it is now. Instants are epoch ms. */
interface Known {
  readonly stored: StoredJob;
  readonly view: JobView;
  readonly endAt: number;
  readonly isOver: boolean;
  readonly keysMs: number;
  /** What it waits for; null where it does not. */
  readonly because: string | null;
}

/** The spans of a job; null when there is none of that id. */
export async function traceOf(system: System, id: string): Promise<JobTrace | null> {
  const known = await find(system, id);
  if (!known) return null;
  const { stored, view, endAt } = known;
  const outcome = view.outcome;
  return {
    id: view.id,
    state: view.state,
    operation: view.operation,
    ...(outcome?.traceId !== undefined && { traceId: outcome.traceId }),
    acceptedAt: view.acceptedAt,
    tookMs: Math.max(0, endAt - stored.acceptedAt),
    spans: spansOf(known, await readyAt(system, known)),
    marks: marksOf(system.journal.kept, view, stored.acceptedAt),
  };
}

async function find(system: System, id: string): Promise<Known | null> {
  const { queue, ports: { clock, store } } = system;
  const number = jobNumber(id);
  if (number === null) return null;
  const job = queue.open.get(number);
  if (job) return here(system, job);
  queue.flush();
  const record = await store.read({ type: "job", id: number });
  if (!record) return null;
  const view = viewRecord(record);
  const keysMs = record.ended?.outcome.keysMs ?? 0;
  const endAt = record.ended?.endedAt ?? clock.wallMs();
  return { stored: record.job, view, endAt, isOver: isEnding(view.state), keysMs, because: null };
}

function here(system: System, job: Job): Known {
  const { queue, ports: { clock } } = system;
  const view = viewJob(job, clock.wallMs() - clock.nowMs());
  const waits = !isEnding(view.state) && view.state !== "running";
  return {
    stored: job,
    view,
    endAt: clock.wallMs(),
    isOver: isEnding(view.state),
    keysMs: queue.gates.keysMs(job),
    because: waits ? whyWaits(system, view).because : null,
  };
}

/** When all that it waited for had ended; its end where some of it has not. */
async function readyAt({ queue, ports: { store } }: System, { stored, endAt }: Known) {
  let at = dueAt(stored.spec, stored.acceptedAt) ?? stored.acceptedAt;
  for (const { id } of dependenciesOf(stored.spec)) {
    const number = jobNumber(id);
    if (number === null) continue;
    const isOpen = queue.open.get(number)?.outcome === null;
    at = Math.max(at, isOpen ? endAt : await endOf(store, number));
  }
  return Math.min(at, endAt);
}

const endOf = async (store: Pick<Store, "read">, id: number): Promise<number> =>
  (await store.read({ type: "job", id }))?.ended?.endedAt ?? 0;

/** Part after part, from the acceptance on. */
function spansOf(known: Known, ready: number): readonly TraceSpan[] {
  const { stored: { acceptedAt, spec }, view, endAt, isOver, keysMs, because } = known;
  const { outcome, startedAt, state } = view;
  const hasBegun = startedAt !== undefined && (isOver || state === "running");
  const begunAt = outcome ? endAt - outcome.durationMs : Date.parse(startedAt ?? "");
  const times = stepTimes({
    acceptedAt,
    dueAt: Math.max(dueAt(spec, acceptedAt) ?? acceptedAt, acceptedAt),
    readyAt: ready,
    startedAt: hasBegun ? begunAt : null,
    endAt,
    lastWaitMs: (outcome?.attempts ?? 1) > 1 ? outcome!.waitMs : null,
    keysMs,
  });
  const parts = [
    ["scheduled", times.scheduledMs],
    ["dependencies", times.dependenciesMs],
    ["retries", times.retriesMs],
    ["keys", times.keysMs],
    ["queue", times.queueMs],
  ] as const;
  const spans: TraceSpan[] = [];
  let fromMs = 0;
  for (const [name, tookMs] of parts) {
    if (tookMs <= 0) continue;
    spans.push({ name, fromMs, tookMs });
    fromMs += tookMs;
  }
  if (hasBegun) spans.push(...attempt(view, fromMs, times.runMs, isOver));
  else if (!isOver) open(spans, fromMs, because);
  return spans;
}

/** The last attempt, with its workspace and its stages where it has any. */
function attempt(view: JobView, fromMs: number, tookMs: number, isOver: boolean): TraceSpan[] {
  const { outcome, attempt } = view;
  const words = [
    `attempt ${attempt}`,
    ...(outcome ? [outcome.type] : []),
    ...(outcome?.code !== undefined ? [outcome.code] : []),
    ...(outcome?.worker ? [`worker ${outcome.worker}`] : []),
  ];
  const spans: TraceSpan[] = [{
    ...{ name: "attempt", fromMs, tookMs, note: words.join(" · ") },
    ...(!isOver && { isOpen: true }),
  }];
  const { workspace, stages = [] } = outcome ?? {};
  let at = fromMs;
  const part = (name: string, tookMs: number, note: string) => {
    spans.push({ name, fromMs: at, tookMs, isPart: true, note });
    at += tookMs;
  };
  if (workspace) part("workspace", workspace.tookMs, workspace.warm ? "warm" : "cold");
  for (const { name, type, tookMs } of stages) part(name, tookMs, type);
  return spans;
}

/** The last part is not over: it says what is waited for. */
function open(spans: TraceSpan[], fromMs: number, because: string | null): void {
  const last = spans.pop() ?? { name: "queue", fromMs, tookMs: 0 };
  spans.push({ ...last, isOpen: true, ...(because !== null && { note: because }) });
}

/** What was told of the job while somebody listened, and what became of its worker. */
function marksOf(kept: readonly Stamped<Fact>[], view: JobView, acceptedAt: number) {
  const marks: TraceMark[] = [];
  for (const { at, fact } of kept) {
    const what = wordOf(fact, view);
    if (what === null || at < acceptedAt) continue;
    marks.push({ atMs: at - acceptedAt, what });
    if (marks.length === marksMax) break;
  }
  return marks;
}

function wordOf(fact: Fact, { id, outcome }: JobView): string | null {
  if (fact.type === "jobs") return fact.ids.includes(id) ? fact.move : null;
  if (fact.type === "told") {
    if (fact.id !== id || fact.kind !== "progress") return null;
    return `progress ${JSON.stringify(fact.value)?.slice(0, saidMax)}`;
  }
  const isIts = fact.type === "worker" && outcome?.worker === `${fact.seat}.${fact.generation}`;
  return isIts ? `its worker ${fact.state}: ${fact.because}` : null;
}
