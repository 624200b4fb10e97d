/**
 * Facts as records of the log, in one schema: `docs/logs.md` is its page.
 *
 * @module
 */
import type { LogLevel } from "../../actors/log_config.ts";
import type {
  ControlFact,
  Fact,
  GapFact,
  JobsFact,
  Labels,
  Stamped,
  ToldFact,
} from "../../messages/facts.ts";

/** Longest message, characters. */
const messageMax = 4_096;

/** One line of the log. */
export interface LogRecord {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly level: LogLevel;
  readonly type: string;
  /** Which service. */
  readonly node: string;
  /** Place in the stream of facts; null for what is no fact. */
  readonly seq: number | null;
  readonly [field: string]: unknown;
}

type Body = { readonly level: LogLevel; readonly [field: string]: unknown };

/** The records of a fact, one a job where it is about jobs; none for what is too much for a log. */
export function* recordsOf(
  item: Stamped<Fact> | GapFact,
  node: string,
  now: number,
): Generator<LogRecord, void> {
  if (!("fact" in item)) {
    const { from, to } = item;
    return yield record("gap", null, now, node, { level: "warning", from, to });
  }
  const { seq, at, fact } = item;
  if (fact.type === "jobs") {
    const common = { at: new Date(at).toISOString(), node, seq };
    for (let i = 0; i < fact.ids.length; i++) yield moved(fact, i, common);
    return;
  }
  const body = fact.type === "told" ? told(fact) : say(fact);
  if (body !== null) yield record(fact.type, seq, at, node, body);
}

/** A record with what all of them have. */
export function record(
  type: string,
  seq: number | null,
  at: number,
  node: string,
  { level, ...body }: Body,
): LogRecord {
  return { at: new Date(at).toISOString(), level, type, node, seq, ...body };
}

/** What ties a job's lines to those of others; it ties itself where its caller said nothing. */
function namesOf(id: string, labels: Labels | null | undefined) {
  return {
    correlation_id: labels?.correlationId ?? id,
    project_id: labels?.projectId ?? null,
    execution_id: labels?.executionId ?? id,
    task_id: id,
    caller_task_id: labels?.taskId,
  };
}

/** The record of one job of many: there may be a hundred thousand a second. */
function moved(
  fact: JobsFact,
  i: number,
  { at, node, seq }: Pick<LogRecord, "at" | "node" | "seq">,
): LogRecord {
  const { ids, operations, move, endings, attempts, waitMs, durationMs, reasons, labels } = fact;
  const ending = endings?.[i];
  const isBad = ending !== undefined && ending !== "done" && ending !== "cancelled";
  const reason = reasons?.[i];
  return {
    at,
    level: isBad ? "warning" : ending === "cancelled" ? "info" : "debug",
    type: "job",
    node,
    seq,
    ...namesOf(ids[i]!, labels?.[i]),
    operation: operations[i],
    move,
    ending,
    category: reason?.category,
    code: reason?.code,
    message: reason?.message,
    attempts: attempts?.[i],
    waitMs: waitMs?.[i],
    durationMs: durationMs?.[i],
  };
}

/** What a task logs goes to the log; how far it is and what a command writes does not. */
function told({ id, operation, kind, value, labels }: ToldFact): Body | null {
  if (kind !== "log") return null;
  const message = String(value).slice(0, messageMax).toWellFormed();
  return { level: "info", ...namesOf(id, labels), operation, message };
}

function say(fact: ControlFact): Body | null {
  switch (fact.type) {
    case "opened":
      return { level: "info", epoch: fact.epoch, version: fact.version };
    case "decided": {
      const { id, pool, winner, envelope, adopted, blockedBy, because } = fact.decision;
      return { level: "info", decision: id, pool, winner, envelope, adopted, blockedBy, because };
    }
    case "judged": {
      const { pool, decision, verdict: { verdict, because, cause } } = fact;
      return { level: "info", pool, decision, verdict, because, cause };
    }
    case "resized": {
      const { pool, from, actual: to, decision, trigger: because } = fact;
      return { level: "info", pool, from, to, decision, because };
    }
    case "worker": {
      const { pool, pid, state, because } = fact;
      const worker = `${fact.seat}.${fact.generation}`;
      return { level: "info", pool, worker, pid, state, because };
    }
    case "operated": {
      const { pool, state, workers, until } = fact;
      return { level: "info", pool, state, workers, until };
    }
    case "alert":
      return { level: fact.level, code: fact.code, message: fact.message };
    case "alertRaised":
    case "alertEscalated": {
      const { level, incident, rule, subject, value, message } = fact;
      return { level, incident, rule, subject, value, message };
    }
    case "alertCleared": {
      const { level: was, incident, rule, subject, lastedMs, message } = fact;
      return { level: "info", incident, rule, subject, was, lastedMs, message };
    }
    case "violation": {
      const { pool, task, worker, permission, asked, times } = fact;
      return { level: "warning", pool, task, worker, permission, asked, times };
    }
    case "config":
      return { level: "info", version: fact.version, change: fact.change, by: fact.by };
    case "asked":
      return { level: "info", by: fact.by, request: fact.request };
    case "machine":
      return null;
  }
}
