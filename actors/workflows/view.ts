/**
 * Workflows as people see them.
 *
 * @module
 */
import { isEnding } from "../../machines/job.ts";
import type { JobView } from "../../messages/job.ts";
import type {
  StepView,
  WorkflowPage,
  WorkflowState,
  WorkflowView,
} from "../../messages/workflow.ts";
import type { Gate } from "../gates/gate.ts";
import { dueAt } from "../due_at.ts";
import { type Job, jobId, jobNumber, operationOf, viewJob, viewRecord } from "../job.ts";
import type { Clock, Store, StoredRecord, WorkflowRow } from "../ports.ts";
import { Refusal } from "../runtime.ts";
import { criticalPath, readyAt, type TimedStep } from "./critical_path.ts";
import { dependenciesOf } from "./dependencies_of.ts";
import { stepTimes, sumTimes } from "./step_times.ts";

/** Steps that a view has at most, the first ones. */
const stepsMost = 10_000;

/** A step that is neither open nor has an ending was ending just then; it is looked for so often. */
const rereadsMost = 2;

/** Where to look. */
export interface Sources {
  readonly clock: Clock;
  readonly store: Pick<Store, "read">;
  readonly queue: {
    readonly open: { get(id: number): Job | undefined };
    readonly gates: { readonly after: Gate<Job>; keysMs(job: Job): number };
    flush(): void;
  };
}

/** A step as it is now. */
interface Known {
  readonly record: StoredRecord;
  readonly view: JobView;
  /** Epoch ms; null while it waits for others. */
  readonly endAt: number | null;
  readonly keysMs: number;
}

/** A workflow with all its steps; null when no job has that `executionId`. */
export async function viewWorkflow(id: string, sources: Sources): Promise<WorkflowView | null> {
  const { store, queue, clock } = sources;
  queue.flush();
  const known = (await stepsOf(id, sources)).map((record) => look(record, sources));
  if (known.length === 0) return null;
  const places = new Map(known.map(({ record: { job } }, n) => [job.id, n]));
  const outside = await endsOf(known, places, store);
  const timed = known.map(({ record: { job }, endAt }): TimedStep => {
    const ids = dependenciesOf(job.spec).map((one) => jobNumber(one.id)!);
    const froms = ids.map((number) => outside.get(number) ?? 0);
    const own = dueAt(job.spec, job.acceptedAt) ?? 0;
    return {
      after: ids.flatMap((number) => places.get(number) ?? []),
      fromAt: froms.reduce((at, from) => Math.max(at, from), Math.max(job.acceptedAt, own)),
      endAt,
    };
  });
  const steps = known.map((one, n) => stepOf(one, readyAt(timed, timed[n]!), clock.wallMs()));
  const chain = criticalPath(timed);
  const own = chain.steps.map((n) => ({ ...steps[n]!.times, scheduledMs: 0, dependenciesMs: 0 }));
  return {
    id,
    state: stateOf(known),
    steps,
    criticalPath: {
      steps: chain.steps.map((n) => steps[n]!.id),
      totalMs: chain.totalMs,
      times: sumTimes(own),
    },
  };
}

/** All steps; what has ended while they were read is read again. */
async function stepsOf(
  executionId: string,
  { store, queue }: Sources,
): Promise<readonly StoredRecord[]> {
  const query = { type: "steps", executionId, limit: stepsMost } as const;
  for (let left = rereadsMost;; left--) {
    const records = await store.read(query);
    const isWhole = records.every(({ job, ended }) => ended || queue.open.get(job.id));
    if (isWhole || left === 0) return records;
  }
}

/** A page of workflows, the one with the latest job first. */
export async function listWorkflows(
  { limit = 50, before }: { readonly limit?: number; readonly before?: string },
  { store, queue }: Sources,
): Promise<WorkflowPage> {
  const number = before === undefined ? undefined : jobNumber(before);
  if (number === null) throw badCursor(before!);
  queue.flush();
  const rows = await store.read({
    type: "workflows",
    limit,
    ...(number !== undefined && { before: number }),
  });
  const items = rows.map(({ executionId, jobs, open, done, lastId }: WorkflowRow) => ({
    id: executionId,
    state: open > 0 ? "running" as const : done === jobs ? "done" as const : "failed" as const,
    jobs,
    open,
    done,
    lastId: jobId(lastId),
  }));
  return rows.length === limit ? { items, next: items.at(-1)!.lastId } : { items };
}

function look(record: StoredRecord, { clock, queue }: Sources): Known {
  const job = queue.open.get(record.job.id);
  if (!job) {
    const { ended } = record;
    const { keysMs = 0 } = ended?.outcome ?? {};
    return { record, view: viewRecord(record), endAt: ended?.endedAt ?? null, keysMs };
  }
  const view = viewJob(job, clock.wallMs() - clock.nowMs());
  const isHeld = job.state === "scheduled" || job.heldBy === queue.gates.after;
  return {
    record,
    view,
    endAt: isHeld ? null : clock.wallMs(),
    keysMs: queue.gates.keysMs(job),
  };
}

function stepOf({ record: { job }, view, endAt, keysMs }: Known, ready: number, nowAt: number) {
  const { acceptedAt, spec } = job;
  const { outcome, startedAt, state } = view;
  const isOver = isEnding(state);
  const due = dueAt(spec, acceptedAt) ?? acceptedAt;
  const begun = startedAt !== undefined && (isOver || state === "running");
  const step: StepView = {
    id: view.id,
    name: spec.taskId ?? operationOf(spec),
    state,
    after: view.after ?? [],
    acceptedAt: view.acceptedAt,
    ...(begun && { startedAt }),
    ...(isOver && endAt !== null && { endedAt: new Date(endAt).toISOString() }),
    times: stepTimes({
      acceptedAt,
      dueAt: Math.max(due, acceptedAt),
      readyAt: endAt === null ? nowAt : ready,
      startedAt: begun ? startOf(view, endAt ?? nowAt) : null,
      endAt: endAt ?? nowAt,
      lastWaitMs: (outcome?.attempts ?? 1) > 1 ? outcome!.waitMs : null,
      keysMs,
    }),
  };
  return step;
}

/** To the fraction of a millisecond, where that is known. */
const startOf = ({ outcome, startedAt }: JobView, endAt: number): number =>
  outcome ? endAt - outcome.durationMs : Date.parse(startedAt!);

/** Ends of jobs outside of the workflow that steps waited for, by number. */
async function endsOf(
  known: readonly Known[],
  places: ReadonlyMap<number, number>,
  store: Pick<Store, "read">,
): Promise<ReadonlyMap<number, number>> {
  const ids = known.flatMap(({ record: { job } }) =>
    dependenciesOf(job.spec).map(({ id }) => jobNumber(id)!).filter((id) => !places.has(id))
  );
  const ends = new Map<number, number>();
  for (const id of new Set(ids)) {
    const record = await store.read({ type: "job", id });
    if (record?.ended) ends.set(id, record.ended.endedAt);
  }
  return ends;
}

function stateOf(known: readonly Known[]): WorkflowState {
  if (known.some(({ view }) => !isEnding(view.state))) return "running";
  const isFine = ({ view: { state, outcome } }: Known) =>
    state === "done" || outcome?.code === "skipped";
  return known.every(isFine) ? "done" : "failed";
}

function badCursor(before: string): Refusal {
  const expected = "what next of the page before said";
  const given = JSON.stringify(before.slice(0, 80));
  const message = `before must be ${expected}, given ${given}`;
  return new Refusal("invalid_before", message, [{ pointer: "/before", message, expected, given }]);
}
