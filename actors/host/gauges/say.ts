/**
 * Why something is not known.
 *
 * @module
 */

/** Notes why the number under `name` is unknown; returns what stands for it. */
export type Say = (name: string, because: string) => null;

/** A file that is not there, or not ours to read. */
export const unreadable = (path: string): string => `${path} can't be read`;
/** A file that is there and says something else than it should. */
export const strange = (path: string): string => `${path} is not in a form that is known here`;
/** A rate, at the first look, or of a counter that fell. */
export const tooSoon = "it takes two looks at a growing counter to see a rate";

/** Gives a reason to each null in `value` that has none; members of lists have none of their own. */
export function explain(value: object, unknown: Record<string, string>, path = ""): void {
  for (const [name, each] of Object.entries(value)) {
    const at = path + name;
    if (each === null) {
      unknown[at] ??= /(PerS|Ratio)$/.test(name) ? tooSoon : "the kernel does not tell it";
    } else if (typeof each === "object" && !Array.isArray(each)) explain(each, unknown, `${at}.`);
  }
}
