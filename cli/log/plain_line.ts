/**
 * A record of the log as a line for people: the time of day where they are, what it is about, and a
 * sentence.
 *
 * @module
 */
import type { Paint, Style } from "../paint.ts";

/** A record as it comes out of JSON. */
type Fields = Readonly<Record<string, unknown>>;

/** Widest type that others are lined up with, characters. */
const typeWidth = 9;

const styles: Readonly<Record<string, Style>> = {
  debug: "dim",
  warning: "yellow",
  error: "red",
  critical: "red",
};

/** What is said of a record; the others are told by their message, or field by field. */
const sentences: Readonly<Record<string, (fields: Fields) => string>> = {
  opened: ({ epoch }) => `start ${epoch} of this data directory`,
  config: ({ sources, differs, change }) =>
    sources === undefined ? `${change}` : `${sources}; ${differs} (flyball config show --live)`,
  decided: ({ pool, envelope, because, decision, blockedBy }) =>
    `${pool}: ${boundsOf(envelope)} workers: ${because} ` +
    `(decision ${decision}${blockedBy ? `, blocked by ${blockedBy}` : ""})`,
  judged: ({ pool, decision, verdict, because }) =>
    `${pool}: decision ${decision} was ${verdict}: ${because}`,
  resized: ({ pool, from, to, because, decision }) =>
    `${pool}: ${from} -> ${to} workers: ${because} (decision ${decision})`,
  worker: ({ pool, worker, state, because }) => `${pool}: worker ${worker} ${state}: ${because}`,
  job: ({ task_id, operation, move, ending, code, message }) =>
    [task_id, ending ?? move, operation && `· ${operation}`, code && `· ${code}`, message]
      .filter((word) => word !== undefined && word !== null && word !== "").join(" "),
  told: ({ task_id, message }) => `${task_id}: ${message}`,
};

/** `1 to 4`, as `flyball why` says it. */
function boundsOf(envelope: unknown): string {
  const { floor, cap } = envelope as { readonly floor: number; readonly cap: number };
  return floor === cap ? `${floor}` : `${floor} to ${cap}`;
}

/** Fields that every record has, or that tie it to others. */
const common = new Set(["at", "level", "type", "node", "seq"]);

/** The line, without its end. */
export function plainLine(fields: Fields, paint: Paint): string {
  const { at, level, type } = fields;
  const style = styles[String(level)];
  const [time] = new Date(String(at)).toTimeString().split(" ", 1);
  const mark = style === undefined || level === "debug" ? "" : `${level}: `;
  const text = (sentences[String(type)] ?? message)(fields).replaceAll(/\s*\n\s*/g, " ⏎ ");
  return `${paint(time!, "dim")} ${String(type).padEnd(typeWidth)} ${paint(mark + text, style)}`;
}

/** Its message, or each field that is one word. */
function message(fields: Fields): string {
  if (typeof fields.message === "string") return fields.message;
  return Object.entries(fields)
    .filter(([name, value]) => !common.has(name) && value !== null && typeof value !== "object")
    .map(([name, value]) => `${name} ${value}`).join(" · ");
}
