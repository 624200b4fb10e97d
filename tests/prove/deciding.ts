/**
 * Deciding: a simulator that says what theory says.
 *
 * @module
 */
import { erlangRows } from "./deciding/erlang.ts";
import type { Row } from "./row.ts";

/** All rows, a file for each part. */
export function deciding(quick: boolean): Promise<readonly Row[]> {
  return Promise.resolve([...erlangRows(quick)]);
}
