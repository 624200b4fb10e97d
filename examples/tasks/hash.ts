/**
 * SHA-256 of a file, in hex. May read files of the project and nothing else.
 *
 * ```sh
 * deno task flyball run hash --tasks examples/tasks --input '{"path": "README.md"}'
 * ```
 *
 * @module
 */
import { defineTask } from "../../task.ts";

export default defineTask({
  permissions: { read: ["."] },
  run: async ({ path }: { path: string }, { signal }) => {
    const content = await Deno.readFile(path, { signal });
    return new Uint8Array(await crypto.subtle.digest("SHA-256", content)).toHex();
  },
});
