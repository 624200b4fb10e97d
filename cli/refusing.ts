/**
 * What a simulation refuses.
 *
 * @module
 */
import { Refusal } from "../actors/runtime.ts";

/** What a simulation has against its input is the caller's mistake. */
export async function refusing<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof Refusal || !(error instanceof RangeError)) throw error;
    throw new Refusal("usage", error.message);
  }
}
