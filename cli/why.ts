/**
 * `flyball why JOB`: why a job of a running service waits; without a job, why the pool has its size.
 *
 * @module
 */
import type { Decision } from "../messages/decision.ts";
import type { WhyJob } from "../messages/status.ts";
import { oneLine } from "./complain.ts";
import { declareReach, openControl, type Reach } from "./control.ts";
import { exit } from "./exit.ts";
import { pathOf } from "./follow.ts";
import { whyText } from "./job_text.ts";
import type { Verb } from "./verb.ts";

interface Flags extends Reach {
  readonly json?: boolean;
}

/** The verb `why`. */
export const why: Verb = {
  declare: (command) =>
    declareReach(command.argument("[job]", "id of a job; without it: why the pool has its size"))
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
    const path = "/api/v1/decisions?limit=1";
    const { items: [decision] } = await control.ask({ method: "GET", path }) as {
      readonly items: readonly Decision[];
    };
    if (flags.json) console.log(JSON.stringify(decision ?? null));
    else console.log(decision ? decisionText(decision) : "No decision was taken yet");
    return exit.ok;
  },
};

const decisionText = ({ id, envelope: { floor, cap }, because }: Decision): string =>
  `decision ${id}: ${floor} to ${cap} workers · ${oneLine(because)}`;
