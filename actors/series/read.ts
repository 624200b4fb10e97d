/**
 * Slots of a time, from the store and from memory, added up.
 *
 * @module
 */
import type { Breakdown, SeriesFilter, Step } from "../../messages/series.ts";
import { Levels } from "./levels.ts";
import { Kept } from "./objectives.ts";
import { parseRowKey, rowKey, type RowKind, rowPrefix } from "./row.ts";
import type { Slot, Summed } from "./rungs.ts";
import type { Series } from "./series.ts";
import { slotAt, stepMs } from "./steps.ts";
import { Tally } from "./tally.ts";

/** Slots that are read from the store at once. */
const pageRows = 1_000;
/** Slots of jobs that one answer is made of. */
const rowsMax = 200_000;

/** A time in slots of one length. */
export interface Time {
  readonly step: Step;
  /** Begin of the first slot, epoch ms. */
  readonly from: number;
}

/** What jobs of one kind did, by the begins of slots. */
export type Tallies = Map<number, Tally>;

/** What jobs did, by the label that tells them apart. Slots in which nothing happened are left out. */
export async function readJobs(
  series: Series,
  time: Time,
  { by, ...wanted }: SeriesFilter,
): Promise<Map<string | null, Tallies>> {
  const found = new Map<string | null, Tallies>();
  const of = (label: string, at: number): Tally | null => {
    const [operation, priority, projectId] = JSON.parse(label) as [string, string, string | null];
    const kind = { operation, priority, projectId };
    for (const name of Object.keys(wanted) as Breakdown[]) {
      if (wanted[name] !== undefined && wanted[name] !== kind[name]) return null;
    }
    const group = by === undefined ? "" : kind[by];
    let tallies = found.get(group);
    if (!tallies) found.set(group, tallies = new Map());
    let tally = tallies.get(at);
    if (!tally) tallies.set(at, tally = new Tally());
    return tally;
  };
  const open = series.cells.all.map(({ label, rungs }) => ({ label, slots: rungs.open() }));
  await gather(series, time, "jobs", open, of);
  return found;
}

/** What was looked at, by the begins of slots. */
export async function readLevels(series: Series, time: Time): Promise<Map<number, Levels>> {
  const found = new Map<number, Levels>();
  const of = (_label: string, at: number): Levels => {
    let levels = found.get(at);
    if (!levels) found.set(at, levels = new Levels());
    return levels;
  };
  await gather(series, time, "levels", [{ label: "", slots: series.levels.open() }], of);
  return found;
}

/** Jobs that objectives are about, by name. */
export async function readObjectives(series: Series, time: Time): Promise<Map<string, Kept>> {
  const found = new Map<string, Kept>();
  const of = (name: string): Kept => {
    let kept = found.get(name);
    if (!kept) found.set(name, kept = new Kept());
    return kept;
  };
  const open = series.objectives.all.map(({ name, rungs }) => ({
    label: name,
    slots: rungs.open(),
  }));
  await gather(series, time, "objectives", open, of);
  return found;
}

/** Adds all slots of a time to what `of` finds for them: what is open, then what is stored. */
async function gather<T extends Summed<T>>(
  series: Series,
  { step, from }: Time,
  kind: RowKind,
  open: readonly { readonly label: string; readonly slots: readonly Slot<T>[] }[],
  of: (label: string, at: number) => T | null,
): Promise<void> {
  const { epoch } = series.store;
  /** Names of slots that memory knows best. */
  const known = new Set<string>();
  for (const { label, slots } of open) {
    const now = slots[0]!;
    for (const slot of slots) {
      if (slot.step !== step || slot.at < from || slot.value.isEmpty) continue;
      known.add(rowKey({ step, kind, at: slot.at, epoch, label }));
      of(label, slot.at)?.add(slot.value);
    }
    const at = slotAt(step, now.at);
    if (step !== "10s" && at >= from && !now.value.isEmpty) of(label, at)?.add(now.value);
  }
  const take = (key: string, data: unknown) => {
    if (known.has(key)) return;
    known.add(key);
    const { at, label } = parseRowKey(key);
    of(label, at)?.addPacked(data);
  };
  const [first, last] = [rowPrefix(step, kind, from), rowPrefix(step, kind, 1e14)];
  for (const [key, { slot }] of [...series.unsaved]) {
    if (key > first && key < last) take(key, slot.data);
  }
  let after = first;
  for (let rows = 0; rows < rowsMax; rows += pageRows) {
    const page = await series.store.read({ type: "slots", after, before: last, limit: pageRows });
    for (const { key, data } of page) take(key, data);
    if (page.length < pageRows) return;
    after = page.at(-1)!.key;
  }
}

/** The slots of the last `rangeMs`: those that lie in it, also in part. */
export const timeOf = (step: Step, rangeMs: number, wallMs: number): Time => ({
  step,
  from: slotAt(step, Math.max(0, wallMs - rangeMs, wallMs - slotsMax * stepMs[step])),
});

/** Slots of one answer. */
export const slotsMax = 1_500;
