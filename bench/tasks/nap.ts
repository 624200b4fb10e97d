/**
 * Waits so many ms without holding the thread.
 *
 * @module
 */
import { defineTask } from "../../task.ts";

export default defineTask({
  permissions: { read: true },
  run: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
});
