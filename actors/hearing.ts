/**
 * Which facts a reader hears, and how much memory they take.
 *
 * @module
 */
import type { Fact, FactsOptions, JobsFact, Labels, Stamped } from "../messages/facts.ts";

/** Memory of an id in a fact, in characters. */
const idChars = 16;
/** Memory of what a job had taken at its end. */
const tookChars = 12;

/** What one reader wants to hear. */
export interface Heard {
  /** Whether facts about jobs that moved are made for it. */
  readonly jobs: boolean | "failed";
  /** Whether it wants any that are not made while nobody listens. */
  readonly fleeting: boolean;
  readonly types: ReadonlySet<Fact["type"]> | null;
  readonly job: string | null;
}

/** What a reader with these options wants to hear. */
export function hearing(
  { jobs = true, types, job }: Pick<FactsOptions, "jobs" | "types" | "job">,
): Heard {
  const wants = (type: Fact["type"]) => types === undefined || types.includes(type);
  const moves = wants("jobs") ? jobs : false;
  return {
    jobs: moves,
    fleeting: moves !== false || wants("told"),
    types: types === undefined ? null : new Set(types),
    job: job ?? null,
  };
}

/** The fact as the reader hears it; null when it does not. */
export function heardBy<F extends Fact>(heard: Heard, stamped: Stamped<F>): Stamped | null {
  const { fact } = stamped as Stamped;
  if (heard.types !== null && !heard.types.has(fact.type)) return null;
  if (fact.type === "jobs") {
    if (heard.jobs === false || (heard.jobs === "failed" && !fact.reasons)) return null;
    return heard.job === null ? stamped : narrowed(stamped as Stamped, fact, heard.job);
  }
  if (heard.job === null) return stamped;
  return fact.type === "told" && fact.id === heard.job ? stamped : null;
}

/** A batch as one of its jobs sees it. */
function narrowed(stamped: Stamped, fact: JobsFact, job: string): Stamped | null {
  const at = fact.ids.indexOf(job);
  if (at < 0) return null;
  const { type, move, operations, endings, attempts, waitMs, durationMs, reasons, labels } = fact;
  const one: JobsFact = {
    type,
    move,
    ids: [job],
    operations: [operations[at]!],
    ...(labels?.[at] && { labels: [labels[at]] }),
    ...(endings && { endings: [endings[at]!] }),
    ...(attempts && { attempts: [attempts[at]!] }),
    ...(waitMs && { waitMs: [waitMs[at]!] }),
    ...(durationMs && { durationMs: [durationMs[at]!] }),
    ...(reasons?.[at] && { reasons: [reasons[at]] }),
  };
  return { ...stamped, fact: one };
}

/** Characters that a fact holds: those of what jobs said, of what they are called, of its numbers. */
export function charsOf(fact: Fact): number {
  if (fact.type === "told") {
    const said = typeof fact.value === "string" ? fact.value.length : 0;
    return said + fact.operation.length + (fact.labels ? charsOfLabels(fact.labels) : 0);
  }
  if (fact.type !== "jobs") return 0;
  let chars = fact.ids.length * (fact.move === "ended" ? idChars + tookChars : idChars);
  for (const operation of fact.operations) chars += operation.length;
  for (const labels of fact.labels ?? []) if (labels) chars += charsOfLabels(labels);
  for (const reason of fact.reasons ?? []) if (reason) chars += reason.message?.length ?? 0;
  return chars;
}

const charsOfLabels = ({ correlationId, projectId, executionId, taskId }: Labels): number =>
  (correlationId?.length ?? 0) + (projectId?.length ?? 0) + (executionId?.length ?? 0) +
  (taskId?.length ?? 0);
