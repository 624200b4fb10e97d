/**
 * `flyball cancel ID...`: ends jobs of a running service that have not ended.
 *
 * @module
 */
import { declareReach, openControl, type Reach } from "./control.ts";
import { eachJob } from "./each_job.ts";
import { pathOf } from "./follow.ts";
import type { Verb } from "./verb.ts";

interface Flags extends Reach {
  readonly json?: boolean;
}

/** The verb `cancel`. One that runs is still `running` in the answer: its worker ends it. */
export const cancel: Verb = {
  declare: (command) =>
    declareReach(command.argument("<ids...>", "ids of jobs that have not ended"))
      .option("--json", "print JSON, one job a line"),
  run: async (command) => {
    const { json = false, ...reach } = command.opts<Flags>();
    using control = await openControl(reach);
    const ask = (id: string) => control.ask({ method: "DELETE", path: pathOf(id) });
    return await eachJob(command.args, json, ask);
  },
};
