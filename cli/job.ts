/**
 * `flyball job ID`: one job of a running service.
 *
 * @module
 */
import { Option } from "commander";
import type { Priority } from "../messages/job.ts";
import { type Control, declareReach, openControl, type Reach } from "./control.ts";
import { exit } from "./exit.ts";
import { fetchJob, follow, pathOf } from "./follow.ts";
import { type LogSink, type LogSinks, printLog } from "./job_log.ts";
import { jobLine, jobText } from "./job_text.ts";
import { whole } from "./numbers.ts";
import type { Verb } from "./verb.ts";

interface Flags extends Reach {
  readonly follow?: boolean;
  readonly json?: boolean;
  readonly log?: boolean;
  readonly priority?: Priority;
  readonly rank?: number;
}

/** The verb `job`. */
export const job: Verb = {
  declare: (command) =>
    declareReach(command.argument("<id>", "id of the job, as submit printed it"))
      .option("-f, --follow", "stay until it has ended; exit 1 unless it is done")
      .option(
        "--log",
        "print what it has said (with -f all it says until it has ended, over restarts too)",
      )
      .addOption(
        new Option("--priority <class>", "let it wait in another class")
          .choices(["high", "normal", "low"]),
      )
      .option("--rank <n>", "let it wait with another rank, -100..100", whole(-100, 100))
      .option("--json", "print JSON, of a log a line each piece"),
  run: async (command) => {
    const flags = command.opts<Flags>();
    using control = await openControl(flags);
    const id = command.args[0]!;
    await stand(control, id, flags);
    if (flags.log) {
      await printLog(control, id, flags, sinks());
      return !flags.follow || (await fetchJob(control, id)).state === "done"
        ? exit.ok
        : exit.failed;
    }
    const job = flags.follow
      ? await follow(control, id, {
        seen: flags.json ? () => {} : (job) => console.error(jobLine(job)),
      })
      : await fetchJob(control, id);
    console.log(flags.json ? JSON.stringify(job) : jobText(job));
    return flags.follow && job.state !== "done" ? exit.failed : exit.ok;
  },
};

/** Gives the job the class and the rank that are asked for, if any are. */
async function stand(control: Control, id: string, { priority, rank }: Flags): Promise<void> {
  if (priority === undefined && rank === undefined) return;
  const body = { ...(priority && { priority }), ...(rank !== undefined && { rank }) };
  await control.ask({ method: "PATCH", path: pathOf(id), body });
}

/** Our own standard streams. */
function sinks(): LogSinks {
  const utf8 = new TextEncoder();
  const sinkOf = (stream: typeof Deno.stdout): LogSink => ({
    write: (text) => {
      for (let bytes = utf8.encode(text); bytes.length > 0;) {
        bytes = bytes.subarray(stream.writeSync(bytes));
      }
    },
    terminal: stream.isTerminal(),
  });
  return { stdout: sinkOf(Deno.stdout), stderr: sinkOf(Deno.stderr) };
}
