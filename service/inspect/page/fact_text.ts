/**
 * Facts in a line each.
 *
 * @module
 */
import type { ControlFact } from "../../../messages/facts.ts";
import { valueText } from "./lit.ts";

/** What happened, for people. */
export function factText(fact: ControlFact): string {
  switch (fact.type) {
    case "opened":
      return `the service was opened, start ${fact.epoch}`;
    case "decided": {
      const { id, envelope: { floor, cap }, adopted, blockedBy, because } = fact.decision;
      const how = adopted ? "" : `, refused by ${blockedBy}`;
      return `decision ${id}: ${floor} to ${cap} workers${how} · ${because}`;
    }
    case "judged":
      return `decision ${fact.decision} ${fact.verdict.verdict} · ${fact.verdict.because}`;
    case "operated": {
      const size = fact.workers === null ? "" : ` ${fact.workers}`;
      return `operator: ${fact.state}${size}${fact.until === null ? "" : ` until ${fact.until}`}`;
    }
    case "resized":
      return `${fact.from} → ${fact.actual} workers · ${fact.trigger}`;
    case "worker":
      return `${fact.state} · ${fact.because}`;
    case "machine":
      return valueText(fact.value);
    case "alert":
      return `${fact.level}: ${fact.message}`;
    case "alertRaised":
    case "alertEscalated":
    case "alertCleared":
      return `${fact.type.slice(5).toLowerCase()}: ${fact.message}`;
    case "violation":
      return `${fact.task ?? "a task"} was denied ${fact.permission} ${fact.asked}`;
    case "config":
      return `configuration ${fact.version}: ${fact.change}`;
    case "asked":
      return `${fact.by}: ${fact.request}`;
    default:
      return (fact as { readonly type: string }).type;
  }
}

/** Name of the actor that a fact is about; null: it is about none. */
export function actorOf(fact: ControlFact): string | null {
  switch (fact.type) {
    case "machine":
      return fact.actor;
    case "worker":
      return `worker.${fact.seat}.${fact.generation}`;
    case "decided":
      return scalingOf(fact.decision.pool);
    case "operated":
    case "judged":
      return scalingOf(fact.pool);
    case "alertRaised":
    case "alertEscalated":
    case "alertCleared":
      return `alert.${fact.rule}${fact.subject === null ? "" : `:${fact.subject}`}`;
    default:
      return null;
  }
}

/** Name of a pool's scaling machine; that of the usual pool needs no second word. */
const scalingOf = (pool: string) => pool === "default" ? "scaling" : `scaling.${pool}`;

/** A wall instant as the time of its day, ms included. */
export const timeText = (at: number): string => {
  const day = new Date(at);
  const two = (part: number) => String(part).padStart(2, "0");
  return `${two(day.getHours())}:${two(day.getMinutes())}:${two(day.getSeconds())}.` +
    String(day.getMilliseconds()).padStart(3, "0");
};
