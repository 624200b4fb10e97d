/**
 * What an earlier process kept of alerts, as far as it can be read.
 *
 * @module
 */
import type { Incident } from "../../messages/alert.ts";
import { isObject } from "../is_object.ts";
import type { Resize } from "./note.ts";
import type { Waiting } from "./outbox.ts";
import type { StoredWatch } from "./watch.ts";

/** What was kept. */
export interface Recalled {
  readonly open: readonly StoredWatch[];
  /** Incidents that are over, latest first. */
  readonly recent: readonly Incident[];
  /** By sink: messages that it has not taken. */
  readonly waiting: Readonly<Record<string, readonly Waiting[]>>;
}

/** Reads it; what is of no known shape is left out. */
export function recall(stored: unknown): Recalled {
  const { open, recent, waiting } = isObject(stored) ? stored : {};
  return {
    open: list(open).filter((entry): entry is StoredWatch =>
      isObject(entry) && isIncident(entry.incident)
    ),
    recent: list(recent).filter(isIncident),
    waiting: Object.fromEntries(
      Object.entries(isObject(waiting) ? waiting : {}).map(([name, entries]) => [
        name,
        list(entries).filter((entry): entry is Waiting =>
          isObject(entry) && typeof entry.attempts === "number" && isObject(entry.note) &&
          typeof entry.note.id === "string" &&
          (isIncident(entry.note.incident) || isResize(entry.note.resize))
        ),
      ]),
    ),
  };
}

const list = (value: unknown): readonly unknown[] => Array.isArray(value) ? value : [];

const isResize = (value: unknown): value is Resize =>
  isObject(value) &&
  [value.pool, value.because, value.at].every((text) => typeof text === "string") &&
  [value.from, value.to].every((workers) => typeof workers === "number");

const isIncident = (value: unknown): value is Incident =>
  isObject(value) &&
  [value.id, value.rule, value.message, value.raisedAt].every((text) => typeof text === "string");
