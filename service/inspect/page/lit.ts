/**
 * Which states of a chart are lit, and which arrow led there: no more than sets of ids.
 *
 * @module
 */

/** Ids of the states that a machine is in, outer ones first. */
export function litBy(machine: string, value: unknown): readonly string[] {
  if (typeof value === "string") return [`${machine}.${value}`];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const id = `${machine}.${key}`;
    return [id, ...litBy(id, inner)];
  });
}

/** Of arrows `from to`, those that lead from where it was to where it is and was not. */
export function takenBy(
  arrows: Iterable<string>,
  before: readonly string[],
  now: readonly string[],
): readonly string[] {
  return [...arrows].filter((arrow) => {
    const [from = "", to = ""] = arrow.split(" ");
    return before.includes(from) && now.includes(to) && !before.includes(to);
  });
}

/** A value in words: `draining.killed`, `size steady · breaker closed`. */
export function valueText(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null) return "";
  const entries = Object.entries(value);
  if (entries.length === 1) return `${entries[0]![0]}.${valueText(entries[0]![1])}`;
  return entries.map(([key, inner]) => `${key} ${valueText(inner)}`).join(" · ");
}
