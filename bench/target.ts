/**
 * A target: a number of a stored result and the limit that it must keep.
 *
 * @module
 */
import { z } from "zod";
import { at, type Result } from "./result.ts";

const target = z.strictObject({
  name: z.string().min(1),
  /** Stored result that has the number. */
  bench: z.string().min(1),
  /** Path of the number in it, keys separated by dots. */
  field: z.string().min(1),
  comparison: z.enum([">=", "<="]),
  limit: z.number(),
  unit: z.string(),
  /** Why the limit can be kept. */
  source: z.string(),
});

/** A target. */
export type Target = z.infer<typeof target>;

/** A target with what was measured. */
export interface Judged extends Target {
  /** null: not measured. */
  readonly measured: number | null;
  readonly kept: boolean;
}

/** The targets in `targets.json`. */
export async function readTargets(): Promise<Target[]> {
  const file = new URL("./targets.json", import.meta.url);
  return z.array(target).parse(JSON.parse(await Deno.readTextFile(file)));
}

/** Judges each target by the stored results; one without a measurement is not kept. */
export function judge(
  targets: readonly Target[],
  results: ReadonlyMap<string, Result>,
): Judged[] {
  return targets.map((target) => {
    const measured = at(results.get(target.bench), target.field);
    if (typeof measured !== "number") return { ...target, measured: null, kept: false };
    return { ...target, measured, kept: keeps(measured, target) };
  });
}

function keeps(measured: number, { comparison, limit }: Target): boolean {
  return comparison === ">=" ? measured >= limit : measured <= limit;
}
