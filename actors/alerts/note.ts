/**
 * What sinks are told of an incident.
 *
 * @module
 */
import type { AlertLevel, Incident } from "../../messages/alert.ts";

/** What has happened to it. */
export type News = "raised" | "escalated" | "cleared";

/** One message to one sink; plain data, as it is stored until it is delivered. */
export interface Note {
  /** Unique, and the same at each attempt: a receiver can tell that it has it already. */
  readonly id: string;
  readonly news: News;
  /** How the service calls itself. */
  readonly service: string;
  readonly incident: Incident;
}

/** A message about `incident`. */
export const noteOf = (news: News, service: string, incident: Incident): Note => ({
  id: `${incident.id}.${news}`,
  news,
  service,
  incident,
});

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

/** `[flyball] critical: errors` */
export function headline({ news, service, incident: { rule, subject, level } }: Note): string {
  const what = subject === null ? rule : `${rule} of ${subject}`;
  return `[${service}] ${news === "cleared" ? "cleared" : level}: ${what}`;
}

/** The message in words, one a line. */
export function body({ news, incident }: Note): string {
  const { message, raisedAt, clearedAt, id } = incident;
  return [
    news === "cleared" ? `It is over. It was: ${message}` : message,
    `since ${raisedAt}${clearedAt === null ? "" : `, until ${clearedAt}`}, incident ${id}`,
  ].join("\n");
}
