/**
 * `flyball why JOB`: why a job of a running service waits; without a job, why the pool has its size.
 *
 * @module
 */
import type { WhyJob } from "../messages/status.ts";
import type { WhyPool } from "../messages/why_pool.ts";
import { declareReach, openControl, type Reach } from "./control.ts";
import { exit } from "./exit.ts";
import { pathOf } from "./follow.ts";
import { whyText } from "./job_text.ts";
import { whyPoolText } from "./decision_text.ts";
import type { Verb } from "./verb.ts";

interface Flags extends Reach {
  readonly json?: boolean;
  readonly pool: string;
}

/** The verb `why`. */
export const why: Verb = {
  declare: (command) =>
    declareReach(command.argument("[job]", "id of a job; without it: why the pool has its size"))
      .option("--pool <name>", "which pool", "default")
      .option("--json", "print JSON"),
  run: async (command) => {
    const flags = command.opts<Flags>();
    using control = await openControl(flags);
    const [id] = command.args;
    if (id !== undefined) {
      const told = await control.ask({ method: "GET", path: `${pathOf(id)}/why` }) as WhyJob;
      console.log(flags.json ? JSON.stringify(told) : whyText(told));
      return exit.ok;
    }
    const path = `/api/v1/pools/${encodeURIComponent(flags.pool)}/why`;
    const told = await control.ask({ method: "GET", path }) as WhyPool;
    console.log(flags.json ? JSON.stringify(told) : whyPoolText(told));
    return exit.ok;
  },
};
