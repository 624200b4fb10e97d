/** A task whose results are kept: it answers something else each time that it is run. */
import { defineTask } from "../../task.ts";

export default defineTask({
  permissions: { read: true },
  cache: { files: ["path"], contents: true },
  run: ({ path }: { path: string }) => `${Deno.readTextFileSync(path)} ${crypto.randomUUID()}`,
});
