/**
 * All areas that can be proven. To add one, write its file in this folder and add its line here.
 *
 * @module
 */
import type { Row } from "./row.ts";

/** Rows by area, loaded when asked for. */
export const areas: Readonly<Record<string, () => Promise<readonly Row[]>>> = {};
