/**
 * A task that works in the folder of its job.
 *
 * @module
 */
import { defineTask } from "../../task.ts";

/** What to do there. */
export type Deed =
  | { readonly do: "write"; readonly name: string; readonly text: string; readonly then?: "throw" }
  | { readonly do: "read"; readonly path: string };

export default defineTask({
  permissions: { folder: true },
  run: async (deed: Deed, { folder }) => {
    if (deed.do === "read") return await Deno.readTextFile(deed.path);
    await Deno.writeTextFile(`${folder}/${deed.name}`, deed.text);
    await Deno.mkdir(`${folder}/deep/down`, { recursive: true });
    if (deed.then === "throw") throw new Error(folder);
    return folder;
  },
});
