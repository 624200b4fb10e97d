/**
 * The decision matrix as a guard of the scaling machine.
 *
 * @module
 */
import { and, or, stateIn } from "xstate";
import { matrix, may, type ScalingValue } from "./may.ts";

/** True where a change is allowed; to a fallback the senses do not object: it is for when there are none. */
export const allowed = (change: "grow" | "shrink") => {
  const where = (may: (value: ScalingValue) => boolean) =>
    or(matrix().filter(({ value }) => may(value)).map(({ value }) => stateIn(value)));
  return or([
    where((value) => may(value)[change]),
    and(["isFallback", where((value) => may({ ...value, senses: "seeing" })[change])]),
  ]);
};
