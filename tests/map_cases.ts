/**
 * What GNU parallel does, written from its manual, and what `map` does: the same, or what is said.
 *
 * @module
 */
import { commands } from "./map_cases/commands.ts";
import { endings } from "./map_cases/endings.ts";
import { inputs } from "./map_cases/inputs.ts";
import type { MapCase } from "./map_cases/map_case.ts";

/** All cases. */
export const cases: readonly MapCase[] = [...inputs, ...commands, ...endings];
