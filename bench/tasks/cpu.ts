/**
 * Holds a core: a number of xorshift32 rounds, about 2 ms for each million.
 *
 * @module
 */
import { defineTask } from "../../task.ts";

export default defineTask({
  permissions: { read: true },
  run: (rounds: number) => {
    let state = 0x9e3779b9 | 0;
    let sum = 0;
    for (let round = 0; round < rounds; round++) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      sum = (sum + state) | 0;
    }
    return sum;
  },
});
