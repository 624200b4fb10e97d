/**
 * Which jobs a list shows.
 *
 * @module
 */
import { isEnding, moves } from "../machines/job.ts";
import type { JobFilter, JobState } from "../messages/job.ts";
import { refusalOf } from "./admission.ts";
import { flaw } from "./flaw.ts";
import { isObject } from "./is_object.ts";
import { jobNumber } from "./job.ts";
import type { Flaw } from "./json_value.ts";

/** Jobs of a page: where nothing is said, and at most. */
const [limitUsual, limitMost] = [50, 1_000];

/** What can be asked for. */
export const filterFields = [
  "state",
  "task",
  "operation",
  "key",
  "limit",
  "order",
  "after",
] as const;

/** A filter that was read. */
export interface Wanted extends Omit<JobFilter, "limit" | "order" | "after"> {
  readonly limit: number;
  /** The latest come first. */
  readonly isLatest: boolean;
  /** Number of the last job of the page before; for the first page one that none has. */
  readonly after: number;
}

const states = Object.keys(moves);

/** Which jobs of a list may come first. */
const orders = ["oldest", "latest"];

/** Reads a filter; throws Refusal with every flaw. */
export function parseFilter(given: JobFilter = {}): Wanted {
  const flaws: Flaw[] = [];
  const refuse = (name: string, expected: string, value: unknown) =>
    void flaws.push(flaw(`invalid_${name}`, `/${name}`, expected, value, name));
  if (!isObject(given as unknown)) {
    throw refusalOf([flaw("invalid_filter", "", "an object", given)]);
  }
  for (const name of Object.keys(given)) {
    if (filterFields.includes(name as typeof filterFields[number])) continue;
    const expected = `one of ${filterFields.join(", ")}`;
    const message = `${name.slice(0, 80)} is not something to filter jobs by`;
    flaws.push({ code: "unrecognized_key", pointer: "", message, expected, given: name });
  }
  const { state, limit = limitUsual, order = "oldest", after, ...rest } = given;
  if (state !== undefined && !states.includes(state)) {
    refuse("state", `one of ${states.join(", ")}`, state);
  }
  for (const name of ["task", "operation", "key"] as const) {
    const text = given[name];
    const isText = typeof text === "string" && text.length >= 1 && text.length <= 512;
    if (text !== undefined && !isText) refuse(name, "a text of 1..512 characters", text);
  }
  if (!Number.isInteger(limit) || limit < 1 || limit > limitMost) {
    refuse("limit", `a whole number 1..${limitMost}`, limit);
  }
  if (!orders.includes(order)) refuse("order", `one of ${orders.join(", ")}`, order);
  const isLatest = order === "latest";
  const first = isLatest ? Number.MAX_SAFE_INTEGER : 0;
  const last = after === undefined ? first : typeof after === "string" ? jobNumber(after) : null;
  if (last === null || last < 0) refuse("after", "the id of a job, such as j1z", after);
  if (flaws.length > 0) throw refusalOf(flaws);
  return { ...rest, ...(state !== undefined && { state }), limit, isLatest, after: last ?? first };
}

/** Whether a state is one that only jobs in memory have. */
export const isOpen = (state: JobState): boolean => !isEnding(state);
