/**
 * Deciding: a simulator that says what theory says, policies that cost next to nothing.
 *
 * @module
 */
import { erlangRows } from "./deciding/erlang.ts";
import { evaluationRows } from "./deciding/evaluation.ts";
import { poolRows } from "./deciding/pools.ts";
import { speedRows } from "./deciding/speed.ts";
import { stepRows } from "./deciding/steps.ts";
import type { Row } from "./row.ts";

/** All rows, a file for each part. */
export function deciding(quick: boolean): Promise<readonly Row[]> {
  return Promise.resolve([
    ...erlangRows(quick),
    ...speedRows(quick),
    ...stepRows(quick),
    ...evaluationRows(quick),
    ...poolRows(quick),
  ]);
}
