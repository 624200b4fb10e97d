/**
 * Tables for people: a head, a row a line, columns as wide as what is in them.
 *
 * @module
 */
import { pad, widthOf } from "./columns.ts";
import { type Paint, paintLine, type Piece, type Style, unpainted } from "./paint.ts";

/** A column. */
export interface Column {
  readonly name: string;
  /** Numbers stand on the right. */
  readonly isNumber?: boolean;
}

/** A row; a cell may have a look. */
export type Row = readonly Piece[];

/** How a table is printed. */
export interface TableLook {
  /** Most columns of a line; what is longer is cut. Default: any number, and nothing is cut. */
  readonly width?: number;
  readonly paint?: Paint;
  /** False: the head was printed already. */
  readonly hasHead?: boolean;
}

/** Space between two columns. */
const gap = "  ";
/** A last column with less room than this is left out. */
const leastWidth = 6;

const textOf = (cell: Piece | undefined) => typeof cell === "string" ? cell : cell?.[0] ?? "";
const styleOf = (cell: Piece | undefined): Style | undefined =>
  typeof cell === "string" ? undefined : cell?.[1];

/** A table as lines. Where there is no room for all columns, the last ones are left out. */
export function table(
  columns: readonly Column[],
  rows: readonly Row[],
  { width = Infinity, paint = unpainted, hasHead = true }: TableLook = {},
): string[] {
  const widths = columns.map(({ name }, at) =>
    Math.max(widthOf(name), ...rows.map((row) => widthOf(textOf(row[at]))))
  );
  const shown = fitting(columns, widths, width);
  const head = columns.map(({ name }): Piece => [name, "bold"]);
  const all = hasHead ? [head, ...rows] : rows;
  return all.map((row) => {
    const pieces = columns.slice(0, shown).flatMap(({ isNumber }, at): Piece[] => {
      const text = textOf(row[at]);
      const isLast = at === shown - 1 && !isNumber;
      const cell = isLast ? text : pad(text, widths[at]!, isNumber ? "right" : "left");
      return [...(at === 0 ? [] : [gap]), [cell, styleOf(row[at])]];
    });
    return paintLine(pieces, width, paint).trimEnd();
  });
}

/** How many columns there is room for, one at least; a text may be cut, but not to a stump. */
function fitting(columns: readonly Column[], widths: readonly number[], width: number): number {
  let used = 0;
  for (const [at, own] of widths.entries()) {
    const before = at === 0 ? 0 : gap.length;
    const least = columns[at]!.isNumber ? own : Math.min(own, leastWidth);
    if (at > 0 && used + before + least > width) return at;
    used += before + own;
  }
  return widths.length;
}
