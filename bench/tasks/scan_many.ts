/**
 * SHA-256 of many files in one job: batching by hand, for comparison.
 *
 * @module
 */
import { defineTask } from "../../task.ts";
import { digest } from "../../examples/scanner/scan.ts";

export default defineTask({
  permissions: { read: true },
  run: (paths: readonly string[]) => Promise.all(paths.map(digest)),
});
