/**
 * The same scan from a slow disk or a network share: each file is waited for before it is read.
 * Waiting holds no thread, so one worker can have many of these under way.
 *
 * @module
 */
import { defineTask } from "../../task.ts";
import { digest } from "./scan.ts";

/** Wait before each read, ms. */
const latencyMs = 5;

export default defineTask({
  permissions: { read: true },
  run: async (path: string) => {
    await new Promise((resolve) => setTimeout(resolve, latencyMs));
    return digest(path);
  },
});
