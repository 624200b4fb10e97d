/** Calls a server and gives its signal to the call, as tasks should. */
import { defineTask } from "../../task.ts";

export default defineTask({
  permissions: { net: ["127.0.0.1"] },
  run: async ({ url }: { url: string }, { signal }) => await (await fetch(url, { signal })).text(),
});
