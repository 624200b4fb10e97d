/**
 * Marks of a chart that would lie upon each other are one.
 *
 * @module
 */
import type { Mark } from "../../messages/overview.ts";

/** Marks at one place. */
export interface Cluster {
  /** From the left edge, px. */
  readonly x: number;
  /** Oldest first. */
  readonly marks: readonly Mark[];
}

/** Puts the marks of one lane into clusters that are at least `gap` px apart. */
export function clusters(
  marks: readonly Mark[],
  place: (at: number) => number,
  range: { readonly width: number; readonly gap: number },
): Cluster[] {
  const found: { x: number; marks: Mark[] }[] = [];
  for (const mark of marks.toSorted((a, b) => a.at - b.at)) {
    const x = place(mark.at);
    if (!(x >= 0 && x <= range.width)) continue;
    const last = found.at(-1);
    if (last && x - last.x < range.gap) last.marks.push(mark);
    else found.push({ x, marks: [mark] });
  }
  return found;
}

/** What a mark says in one line. */
export function says(mark: Mark): string {
  if (mark.type === "decided") {
    const size = mark.floor === mark.cap ? `${mark.cap}` : `${mark.floor} to ${mark.cap}`;
    return `${mark.pool} ${
      mark.adopted ? "may have" : "was refused"
    } ${size} workers: ${mark.because}`;
  }
  const verb = mark.to > mark.from ? "grew" : "shrank";
  return `${mark.pool} ${verb} from ${mark.from} to ${mark.to}: ${mark.because}`;
}

/** Which way the size of the pool went with these marks. */
export function wayOf(marks: readonly Mark[]): "up" | "down" | "none" {
  const resizes = marks.filter((mark) => mark.type === "resized");
  const by = (resizes.at(-1)?.to ?? 0) - (resizes[0]?.from ?? 0);
  return by > 0 ? "up" : by < 0 ? "down" : "none";
}

/** Adds new marks to those that are known, without repeating any; the oldest of too many go. */
export function added(known: readonly Mark[], news: readonly Mark[], most: number): Mark[] {
  const nameOf = (mark: Mark) =>
    `${mark.type} ${mark.at} ${mark.decision} ${mark.type === "resized" ? mark.to : ""}`;
  const seen = new Set(known.map(nameOf));
  return [...known, ...news.filter((mark) => !seen.has(nameOf(mark)))].slice(-most);
}
