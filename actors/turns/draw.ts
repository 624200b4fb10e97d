/**
 * What a job takes of the rates of its keys: wanted while it lies ready, taken when a worker gets
 * it, counted from its begin on, and set right when it has ended.
 *
 * @module
 */
import type { Bucket, Grain } from "../../policies/limits/bucket.ts";

/** Amounts by unit. */
export type Units = Readonly<Record<string, number>>;

/** What of a job matters here. */
export interface Drawing {
  /** Of its class; 0 is the best. */
  readonly rank: number;
  readonly spec: { readonly units?: Units };
  draw: Draw | null;
}

/** What it takes of one unit of one key. */
interface Share {
  readonly unit: string;
  readonly bucket: Bucket;
  readonly amount: number;
  /** What was taken of all units, by all keys with the same limit. */
  readonly taken: Map<string, number>;
  /** Where it is counted since its begin. */
  grain: Grain | null;
}

/** What it takes of all. */
export interface Draw {
  readonly shares: readonly Share[];
  stage: "laid" | "taken" | "begun" | "settled" | "lent";
  /** What it says that it has taken really. */
  took: Units | null;
}

/** Keys, some with rates. */
type Keys = readonly {
  readonly quota: {
    readonly buckets: ReadonlyMap<string, Bucket>;
    readonly taken: Map<string, number>;
  } | null;
}[];

/** What a job needs of a unit: what it says, one request where it says nothing. */
export function amountOf({ spec: { units } }: Pick<Drawing, "spec">, unit: string): number {
  if (units !== undefined && Object.hasOwn(units, unit)) return units[unit]!;
  return unit === "requests" ? 1 : 0;
}

/** A job lies ready: what it needs is kept from those of its class and worse ones. */
export function layDraw(job: Drawing, keys: Keys): void {
  job.draw = drawOf(job, keys, "laid");
  for (const { bucket, amount } of job.draw?.shares ?? []) bucket.laid[job.rank]! += amount;
}

/** A worker gets it. */
export function takeDraw(job: Drawing, keys: Keys, nowMs: number): void {
  dropDraw(job);
  job.draw = drawOf(job, keys, "taken");
  for (const { bucket, amount } of job.draw?.shares ?? []) bucket.take(amount, nowMs);
}

/** It is begun. */
export function beginDraw({ draw }: Drawing, nowMs: number): void {
  if (draw?.stage !== "taken") return;
  draw.stage = "begun";
  for (const share of draw.shares) share.grain = share.bucket.begin(share.amount, nowMs);
}

/** It says what it took really, unit by unit; the last word on each counts. */
export function noteTook({ draw }: Drawing, units: unknown): void {
  if (draw === null || typeof units !== "object" || units === null) return;
  const own = draw.shares.map(({ unit }) => unit);
  const said = Object.entries(units)
    .filter(([unit, amount]) => own.includes(unit) && Number.isFinite(amount) && amount >= 0);
  draw.took = { ...draw.took, ...Object.fromEntries(said) };
}

/** A job is a part of `whole`, which has the keys: what it says that it has taken is noted. */
export function lendDraw(part: Drawing, { draw }: Drawing): void {
  if (draw !== null) part.draw = { shares: draw.shares, stage: "lent", took: null };
}

/** The part has ended: what it says is added to what others have said. */
export function returnDraw(part: Drawing, { draw: whole }: Drawing): void {
  const said = part.draw?.took ?? null;
  part.draw = null;
  if (whole === null || said === null) return;
  const took = { ...whole.took };
  for (const [unit, amount] of Object.entries(said)) took[unit] = (took[unit] ?? 0) + amount;
  whole.took = took;
}

/** It has ended: what it took really counts from now on, where it has said so. */
export function settleDraw({ draw }: Drawing, nowMs: number): void {
  if (draw?.stage !== "begun") return;
  draw.stage = "settled";
  for (const share of grained(draw)) {
    const { unit, bucket, amount, grain } = share;
    const took = draw.took && Object.hasOwn(draw.took, unit) ? draw.took[unit]! : amount;
    count(share, took);
    if (took > amount) bucket.charge(took - amount, nowMs);
    else if (took < amount) bucket.refund(grain, amount - took, nowMs);
  }
}

/** It needs nothing any more. What was begun stays counted. */
export function dropDraw(job: Drawing): void {
  const { draw, rank } = job;
  job.draw = null;
  if (draw === null || draw.stage === "settled") return;
  for (const share of draw.shares) {
    const { bucket, amount } = share;
    if (draw.stage === "laid") bucket.laid[rank]! -= amount;
    else if (draw.stage === "taken") bucket.giveBack(amount);
    else count(share, amount);
  }
}

function count({ unit, taken }: Share, amount: number): void {
  taken.set(unit, (taken.get(unit) ?? 0) + amount);
}

const grained = ({ shares }: Draw) =>
  shares.filter((share): share is Share & { grain: Grain } => share.grain !== null);

function drawOf(job: Drawing, keys: Keys, stage: Draw["stage"]): Draw | null {
  const shares: Share[] = [];
  for (const { quota } of keys) {
    if (quota === null) continue;
    for (const [unit, bucket] of quota.buckets) {
      const amount = amountOf(job, unit);
      if (amount > 0) shares.push({ unit, bucket, amount, taken: quota.taken, grain: null });
    }
  }
  return shares.length === 0 ? null : { shares, stage, took: null };
}
