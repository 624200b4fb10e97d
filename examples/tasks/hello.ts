/**
 * The smallest task: greets whom its input names.
 *
 * ```sh
 * deno task flyball submit hello --input '{"name":"Ada"}'
 * ```
 *
 * @module
 */
import { defineTask } from "../../task.ts";

export default defineTask({
  // A job without input gets null.
  run: (input: { name?: string } | null) => `Hello, ${input?.name ?? "world"}!`,
});
