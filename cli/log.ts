/**
 * The service's log: one JSON object a line, from the facts about control, not from each job.
 *
 * @module
 */
import type { ControlFact, Fact, GapFact, Stamped, ToldFact } from "../messages/facts.ts";

/** Longest line, characters. */
const lineMax = 8_192;

/** The line of a fact; null for facts that are too many for a log. */
export function logLine(stamped: Stamped<Fact> | GapFact): string | null {
  if (!("fact" in stamped) || stamped.fact.type === "jobs") return null;
  const { seq, at, fact } = stamped;
  if (fact.type === "told") return told(seq, at, fact);
  const said = say(fact);
  if (said === null) return null;
  const line = JSON.stringify({ at: new Date(at).toISOString(), seq, type: fact.type, ...said });
  return line.length <= lineMax ? line : `${line.slice(0, lineMax - 1)}…`;
}

/** What a task logs goes to the log; how far it is and what a command writes does not. */
function told(seq: number, at: number, { id, kind, value }: ToldFact): string | null {
  if (kind !== "log") return null;
  const said = { level: "info", task_id: id, message: String(value).slice(0, lineMax / 2) };
  return JSON.stringify({ at: new Date(at).toISOString(), seq, type: "told", ...said });
}

function say(fact: ControlFact): Readonly<Record<string, unknown>> | null {
  switch (fact.type) {
    case "opened":
      return { level: "info", epoch: fact.epoch, version: fact.version };
    case "decided": {
      const { id, pool, winner, envelope, adopted, blockedBy, because } = fact.decision;
      return { level: "info", id, pool, winner, envelope, adopted, blockedBy, because };
    }
    case "resized":
      return {
        level: "info",
        pool: fact.pool,
        from: fact.from,
        to: fact.actual,
        decision: fact.decision,
        because: fact.trigger,
      };
    case "worker":
      return {
        level: "info",
        worker: `${fact.seat}.${fact.generation}`,
        pid: fact.pid,
        state: fact.state,
        because: fact.because,
      };
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
      return { level: "info", version: fact.version, change: fact.change };
    case "machine":
      return null;
  }
}
