/**
 * Rows of a trace: a CSV file with or without a header, or one number a line.
 *
 * @module
 */

/** What a trace says, before it is known what it means. */
export interface TraceRows {
  /** Names of the columns; empty where there is no header. */
  readonly columns: readonly string[];
  /** Lines that are no comments, with their numbers in the file. */
  readonly rows: readonly TraceRow[];
}

/** One line. */
export interface TraceRow {
  /** From 1. */
  readonly line: number;
  /** As they stand there. */
  readonly cells: readonly string[];
}

/** Lines starting with it are comments. */
const comment = "#";

/** Splits a text into rows. Cells may be quoted; a separator is a comma, a semicolon or a tab. */
export function traceRows(text: string): TraceRows {
  const rows: TraceRow[] = [];
  let separator: string | null = null;
  let line = 0;
  for (const raw of lines(text)) {
    line++;
    const said = raw.trim();
    if (said === "" || said.startsWith(comment)) continue;
    separator ??= /[,;\t]/.exec(said)?.[0] ?? ",";
    rows.push({ line, cells: said.split(separator).map(unquoted) });
  }
  const [first, ...others] = rows;
  const isHeader = first?.cells.every((cell) => !/^[-+.\d]/.test(cell)) ?? false;
  return isHeader ? { columns: first!.cells, rows: others } : { columns: [], rows };
}

/** Lines one by one, as a list of all would take as much again as the text. */
function* lines(text: string): Generator<string> {
  for (let from = text.charCodeAt(0) === 0xfeff ? 1 : 0; from < text.length;) {
    const end = text.indexOf("\n", from);
    const until = end < 0 ? text.length : end;
    yield text.slice(from, until);
    from = until + 1;
  }
}

const unquoted = (cell: string) => cell.trim().replace(/^"(.*)"$/, "$1");

/** A number in a cell; a RangeError names the line otherwise. */
export function numberIn(row: TraceRow, at: number, what: string): number {
  const cell = row.cells[at];
  const value = cell === undefined || cell === "" ? NaN : Number(cell);
  if (Number.isFinite(value)) return value;
  throw new RangeError(
    `line ${row.line}: ${what} must be a number, given ${
      JSON.stringify(cell?.slice(0, 40) ?? null)
    }`,
  );
}

/** An instant in a cell, s: a number of seconds, or a date (UTC unless it says otherwise). */
export function instantIn(row: TraceRow, at: number): number {
  const cell = row.cells[at] ?? "";
  if (/^[-+]?[\d.]+(e[-+]?\d+)?$/i.test(cell)) return numberIn(row, at, "the instant");
  const iso = cell.replace(" ", "T");
  const ms = Date.parse(/(Z|[-+]\d\d:?\d\d)$/.test(iso) || !iso.includes("T") ? iso : `${iso}Z`);
  if (Number.isFinite(ms)) return ms / 1_000;
  throw new RangeError(
    `line ${row.line}: the instant must be seconds or a date, given ${
      JSON.stringify(cell.slice(0, 40))
    }`,
  );
}
