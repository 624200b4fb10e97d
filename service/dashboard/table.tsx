/**
 * Rows and columns.
 *
 * @module
 */
import { type ComponentChildren, h } from "preact";
import { Empty } from "./panel.tsx";

/** One column: its head, and what stands in it for a row. */
export interface Column<T> {
  readonly head: string;
  readonly cell: Cell<T>;
  /** Numbers stand at the right. */
  readonly isNumber?: boolean;
  /** Takes what room is left, and is cut where there is none. */
  readonly isWide?: boolean;
}

/** What stands in a cell, of a row. */
type Cell<T> = (row: T) => ComponentChildren;

/** Ways to say what stands in a column. */
interface Columns<T> {
  readonly text: (head: string, cell: Cell<T>) => Column<T>;
  readonly number: (head: string, cell: Cell<T>) => Column<T>;
  /** Long text. */
  readonly wide: (head: string, cell: Cell<T>) => Column<T>;
}

const makers: Columns<never> = {
  text: (head, cell) => ({ head, cell }),
  number: (head, cell) => ({ head, cell, isNumber: true }),
  wide: (head, cell) => ({ head, cell, isWide: true }),
};

interface TableProps<T> {
  /** Names the table for those who can't see it. */
  readonly name: string;
  readonly columns: (as: Columns<T>) => readonly Column<T>[];
  readonly rows: readonly T[];
  readonly keyOf: (row: T) => string;
  /** Said where there are no rows. */
  readonly empty: ComponentChildren;
  readonly classOf?: (row: T) => string;
}

const classes = <T,>({ isNumber, isWide }: Column<T>): string =>
  [isNumber && "number", isWide && "wide"].filter(Boolean).join(" ");

/** A table that scrolls sideways where it is too wide. */
export function Table<T>({ name, columns, rows, keyOf, empty, classOf }: TableProps<T>) {
  if (rows.length === 0) return <Empty>{empty}</Empty>;
  const shown = columns(makers as unknown as Columns<T>);
  return (
    <div class="scroll" role="region" aria-label={name} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {shown.map((column) => (
              <th scope="col" key={column.head} class={classes(column)}>{column.head}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)} class={classOf?.(row) ?? ""}>
              {shown.map((column) => (
                <td key={column.head} class={classes(column)}>{column.cell(row)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A share of a whole as a bar with its number. */
export function Meter({ ratio, text }: { readonly ratio: number | null; readonly text: string }) {
  const share = Math.max(0, Math.min(1, ratio ?? 0));
  const level = share >= 0.95 ? "bad" : share >= 0.8 ? "warn" : "";
  return (
    <span class={`meter ${level}`}>
      <span class="bar">
        <span style={{ width: `${share * 100}%` }} />
      </span>
      <span>{text}</span>
    </span>
  );
}
