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
  run: ({ name = "world" }: { name?: string } = {}) => `Hello, ${name}!`,
});
