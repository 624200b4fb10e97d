/**
 * SHA-256 of a file of this project, as `sha256sum` prints it.
 *
 * @module
 */
import { defineTask } from "@flyball/flyball/task";

export default defineTask({
  permissions: { read: ["."] },
  run: async ({ path }: { path: string }) => {
    const digest = await crypto.subtle.digest("SHA-256", await Deno.readFile(path));
    return `${new Uint8Array(digest).toHex()}  ${path}`;
  },
});
