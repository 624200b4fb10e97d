/**
 * How a slot is called in the store. Names are in the order of step, kind and time.
 *
 * @module
 */
import type { Step } from "../../messages/series.ts";

/**
 * What is stored: what jobs did, by kind of jobs, what was looked at once a second, and jobs by
 * objective.
 */
export type RowKind = "jobs" | "levels" | "objectives";

/** Digits of an instant, so that the order of texts is that of time. */
const digits = 15;

/** Begin of the names of all slots of a kind that begin at `at`, epoch ms. */
export const rowPrefix = (step: Step, kind: RowKind, at: number): string =>
  `${step}/${kind}/${String(at).padStart(digits, "0")}/`;

/**
 * The name of a slot. A start of the service has slots of its own: what two of them say of one hour
 * is added up.
 */
export const rowKey = (
  { step, kind, at, epoch, label }: {
    readonly step: Step;
    readonly kind: RowKind;
    readonly at: number;
    /** Of the start, and what tells its slots of the same time and label apart. */
    readonly epoch: number | string;
    readonly label: string;
  },
): string => `${rowPrefix(step, kind, at)}${epoch}/${label}`;

/** When the slot begins, and what it is about. */
export function parseRowKey(key: string): { readonly at: number; readonly label: string } {
  const [, , at, epoch] = key.split("/", 4) as [string, string, string, string];
  const before = key.indexOf(`/${at}/${epoch}/`) + at.length + epoch.length + 3;
  return { at: Number(at), label: key.slice(before) };
}
