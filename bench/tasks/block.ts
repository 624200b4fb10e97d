/**
 * Holds its thread for so many ms without using a core, as a synchronous call does.
 *
 * @module
 */
import { defineTask } from "../../task.ts";

const never = new Int32Array(new SharedArrayBuffer(4));

export default defineTask({
  permissions: { read: true },
  run: (ms: number) => {
    Atomics.wait(never, 0, 0, ms);
    return ms;
  },
});
