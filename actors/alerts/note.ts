/**
 * What sinks are told: of incidents, and where they want to know, of changes of size.
 *
 * @module
 */
import type { AlertLevel, Incident } from "../../messages/alert.ts";
import type { ControlFact, Stamped } from "../../messages/facts.ts";

/** The fact that a pool has another size. */
export type ResizedFact = Extract<ControlFact, { readonly type: "resized" }>;

/** What has happened to it. */
export type News = "raised" | "escalated" | "cleared";

interface Headed {
  /** Unique, and the same at each attempt: a receiver can tell that it has it already. */
  readonly id: string;
  /** How the service calls itself. */
  readonly service: string;
}

/** That something is wrong, or over. */
export interface IncidentNote extends Headed {
  readonly news: News;
  readonly incident: Incident;
}

/** A pool has another size. */
export interface Resize {
  readonly pool: string;
  /** Workers before and after it. */
  readonly from: number;
  readonly to: number;
  /** Number of the decision that it follows. */
  readonly decision: number;
  /** What set it off, in one clause. */
  readonly because: string;
  /** When, ISO 8601. */
  readonly at: string;
}

/** That a pool has another size. */
export interface ResizeNote extends Headed {
  readonly news: "resized";
  readonly resize: Resize;
}

/** One message to one sink; plain data, as it is stored until it is delivered. */
export type Note = IncidentNote | ResizeNote;

/** A message about `incident`. */
export const noteOf = (news: News, service: string, incident: Incident): IncidentNote => ({
  id: `${incident.id}.${news}`,
  news,
  service,
  incident,
});

/** A message about the fact with this number. */
export function resizeNote(
  service: string,
  { seq, at, fact: { pool, from, actual, decision, trigger } }: Stamped<ResizedFact>,
): ResizeNote {
  const time = new Date(at).toISOString();
  const resize = { pool, from, to: actual, decision, because: trigger, at: time };
  return {
    id: `r${at.toString(36)}-${seq.toString(36)}.resized`,
    news: "resized",
    service,
    resize,
  };
}

const rank: Readonly<Record<AlertLevel, number>> = { warning: 0, critical: 1 };

/** What a sink is told: one message when an incident is as bad as it wants to know, and one at the end. */
export function newsFor(
  sink: { readonly level: AlertLevel; readonly escalations: boolean },
  news: News,
  level: AlertLevel,
): News | null {
  if (rank[level] < rank[sink.level]) return null;
  if (news !== "escalated") return news;
  if (sink.level === "critical") return "raised";
  return sink.escalations ? "escalated" : null;
}

/** `[flyball] critical: errors`, `[flyball] resized: default 2 -> 4 workers` */
export function headline(note: Note): string {
  const { news, service } = note;
  if (news === "resized") {
    const { pool, from, to } = note.resize;
    return `[${service}] resized: ${pool} ${from} -> ${to} workers`;
  }
  const { rule, subject, level } = note.incident;
  const what = subject === null ? rule : `${rule} of ${subject}`;
  return `[${service}] ${news === "cleared" ? "cleared" : level}: ${what}`;
}

/** The message in words, one a line. */
export function body(note: Note): string {
  if (note.news === "resized") return `${note.resize.because}, at ${note.resize.at}`;
  const { news, incident } = note;
  const { message, raisedAt, clearedAt, id } = incident;
  return [
    news === "cleared" ? `It is over. It was: ${message}` : message,
    `since ${raisedAt}${clearedAt === null ? "" : `, until ${clearedAt}`}, incident ${id}`,
  ].join("\n");
}
