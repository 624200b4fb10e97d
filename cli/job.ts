/**
 * `flyball job ID`: one job of a running service.
 *
 * @module
 */
import { declareReach, openControl, type Reach } from "./control.ts";
import { exit } from "./exit.ts";
import { fetchJob, follow } from "./follow.ts";
import { jobLine, jobText } from "./job_text.ts";
import type { Verb } from "./verb.ts";

interface Flags extends Reach {
  readonly follow?: boolean;
  readonly json?: boolean;
}

/** The verb `job`. */
export const job: Verb = {
  declare: (command) =>
    declareReach(command.argument("<id>", "id of the job, as submit printed it"))
      .option("-f, --follow", "stay until it has ended; exit 1 unless it is done")
      .option("--json", "print JSON"),
  run: async (command) => {
    const flags = command.opts<Flags>();
    using control = await openControl(flags);
    const id = command.args[0]!;
    const job = flags.follow
      ? await follow(control, id, {
        seen: flags.json ? () => {} : (job) => console.error(jobLine(job)),
      })
      : await fetchJob(control, id);
    console.log(flags.json ? JSON.stringify(job) : jobText(job));
    return flags.follow && job.state !== "done" ? exit.failed : exit.ok;
  },
};
