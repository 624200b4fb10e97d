/**
 * `flyball submit TASK`, `submit -- ARGV…`, `submit --shell TEXT` or `submit --job FILE`: hands one
 * job to a running service.
 *
 * @module
 */
import { InvalidArgumentError, Option } from "commander";
import { Refusal } from "../actors/runtime.ts";
import type { Accepted, JobSpec, JobView, Priority } from "../messages/job.ts";
import type { Outcome } from "../messages/outcome.ts";
import { declareReach, openControl, type Reach } from "./control.ts";
import { exit } from "./exit.ts";
import { follow } from "./follow.ts";
import { readJobs } from "./job_file.ts";
import { jobText } from "./job_text.ts";
import { readInput } from "./json_input.ts";
import { duration, whole } from "./numbers.ts";
import { bytesOf, sinkOf } from "./output.ts";
import { tellAll } from "./submit_all.ts";
import type { Verb } from "./verb.ts";

interface Flags extends Reach {
  readonly input?: string;
  readonly shell?: string;
  /** Path of whole jobs as JSON, or `-`. */
  readonly job?: string;
  readonly priority?: Priority;
  readonly rank?: number;
  readonly pool?: string;
  readonly profile?: string;
  readonly retries?: number;
  /** Longest run of one attempt, ms. */
  readonly timeout?: number;
  /** Limits of the same kind, ms. */
  readonly queueTimeout?: number;
  readonly progressTimeout?: number;
  readonly totalTimeout?: number;
  /** Ids of jobs that it waits for. */
  readonly after?: readonly string[];
  /** When it may begin: ISO 8601. */
  readonly at?: string;
  readonly deadline?: string;
  /** The same from now on, ms. */
  readonly delay?: number;
  readonly idempotencyKey?: string;
  readonly idempotencyWindow?: number;
  readonly singleton?: string;
  /** Absent: as its operation says. */
  readonly cache?: boolean;
  readonly key?: readonly string[];
  readonly unit?: readonly (readonly [string, number])[];
  /** True without a duration: until it has ended. */
  readonly wait?: true | number;
  readonly json?: boolean;
}

/** The verb `submit`. */
export const submit: Verb = {
  startsPrograms: true,
  declare: (command) =>
    declareReach(
      command.usage(
        "[options] <task> | [options] -- ARGV... | --shell TEXT [-- ARGS...] | --job FILE",
      ),
    )
      .argument("[task]", "name of a task the service knows")
      .option("--input <json>", "the task's input, or - to read it from stdin")
      .option("--shell <text>", "text for the shell, with $1, $2, ... after --")
      .option("--job <file>", "jobs as JSON: one, one a line, or { jobs: [...] }; - for stdin")
      .addOption(
        new Option("--priority <class>", "who goes first").choices(["high", "normal", "low"]),
      )
      .option("--pool <name>", "the pool that runs it")
      .option("--profile <name>", "what it is given: quick, deep, scheduled, or one of yours")
      .option("--rank <n>", "inside its class: -100..100, more goes first", whole(-100, 100))
      .option("--retries <n>", "attempts after the first", whole(0, 100))
      .option("--timeout <duration>", "longest run of one attempt, such as 10m", duration)
      .option("--queue-timeout <duration>", "longest wait for a start", duration)
      .option("--progress-timeout <duration>", "longest silence of one attempt", duration)
      .option("--deadline <instant>", "when it has to have ended, such as 2027-03-01T09:00:00Z")
      .option("--total-timeout <duration>", "from acceptance to the end, at most", duration)
      .option("--after <id>", "a job that has to be done first; give it several times", several)
      .option("--at <instant>", "when it may begin, such as 2027-03-01T09:00:00Z")
      .option("--delay <duration>", "the same from now on, such as 2h", duration)
      .option("--key <scope:name>", "so many of it run at once; give it several times", several)
      .option("--unit <name=amount>", "what it takes of a rate of its keys; several times", amount)
      .option("--idempotency-key <key>", "the same key gives the same job for 24 h")
      .option("--idempotency-window <duration>", "the same for so long, at most 24h", duration)
      .option("--singleton <key>", "no other job with this key as long as it has not ended")
      .option("--cache", "it may be given a result that is kept, and its own is kept")
      .option("--no-cache", "it is run whatever is kept")
      .option("--wait [duration]", "stay until it has ended; exit 1 unless it is done", duration)
      .option("--json", "print JSON"),
  run: async (command, argv) => {
    const flags = command.opts<Flags>();
    const spec = await toSpec(command.args[0], argv, flags);
    using control = await openControl(flags);
    const answer = await control.ask({ method: "POST", path: "/api/v1/jobs", body: spec });
    const { jobs } = answer as { readonly jobs: readonly Accepted[] };
    const withinMs = flags.wait === true ? Infinity : flags.wait;
    if (jobs.length > 1) {
      return await tellAll(control, jobs, { withinMs, json: flags.json ?? false });
    }
    const [accepted] = jobs;
    if (accepted === undefined) throw new Refusal("service_failed", "the service accepted no job");
    if (withinMs === undefined) {
      console.log(flags.json ? JSON.stringify(accepted) : accepted.id);
      return exit.ok;
    }
    return await show(await follow(control, accepted.id, { withinMs }), flags);
  },
};

/** Reads `tokens=1200`, beside those before it. */
function amount(given: string, others: Flags["unit"] = []): Flags["unit"] {
  const [, unit, count] = /^([^=]+)=(\d{1,13})$/.exec(given) ?? [];
  if (unit === undefined) throw new InvalidArgumentError("expected a unit and an amount: tokens=9");
  return [...others, [unit, Number(count)]];
}

const several = (one: string, others: readonly string[] = []) => [...others, one];

async function toSpec(
  task: string | undefined,
  argv: readonly string[] | null,
  flags: Flags,
): Promise<JobSpec> {
  return {
    ...await toWork(task, argv, flags),
    ...(flags.priority === undefined ? {} : { priority: flags.priority }),
    ...(flags.pool === undefined ? {} : { pool: flags.pool }),
    ...(flags.profile === undefined ? {} : { profile: flags.profile }),
    ...(flags.rank === undefined ? {} : { rank: flags.rank }),
    ...(flags.retries === undefined ? {} : { retries: flags.retries }),
    ...(flags.timeout === undefined ? {} : { timeoutMs: flags.timeout }),
    ...(flags.queueTimeout === undefined ? {} : { queueTimeoutMs: flags.queueTimeout }),
    ...(flags.progressTimeout === undefined ? {} : { progressTimeoutMs: flags.progressTimeout }),
    ...(flags.totalTimeout === undefined ? {} : { totalTimeoutMs: flags.totalTimeout }),
    ...(flags.deadline === undefined ? {} : { deadlineAt: flags.deadline }),
    ...(flags.after === undefined ? {} : { after: flags.after }),
    ...(flags.at === undefined ? {} : { runAt: flags.at }),
    ...(flags.delay === undefined ? {} : { delayMs: flags.delay }),
    ...(flags.key === undefined ? {} : { keys: flags.key }),
    ...(flags.unit === undefined ? {} : { units: Object.fromEntries(flags.unit) }),
    ...(flags.idempotencyKey === undefined ? {} : { idempotencyKey: flags.idempotencyKey }),
    ...(flags.idempotencyWindow === undefined
      ? {}
      : { idempotencyWindowMs: flags.idempotencyWindow }),
    ...(flags.singleton === undefined ? {} : { singletonKey: flags.singleton }),
    ...(flags.cache === undefined ? {} : { cache: flags.cache }),
  };
}

/** What is to be run: exactly one of the four ways to say it. */
async function toWork(
  task: string | undefined,
  argv: readonly string[] | null,
  { shell, job, input }: Flags,
): Promise<JobSpec> {
  const isCommand = argv !== null && shell === undefined;
  const ways = Object.entries({
    "a task": task !== undefined,
    "-- and a command": isCommand,
    "--shell": shell !== undefined,
    "--job": job !== undefined,
  }).filter(([, isGiven]) => isGiven).map(([way]) => way);
  if (ways.length !== 1) {
    const expected = "a task, -- and a command, --shell or --job";
    const given = ways.join(" and ") || "none";
    throw new Refusal("usage", `submit expected exactly one of ${expected}, given ${given}`);
  }
  if (task === undefined && input !== undefined) {
    throw new Refusal("usage", `--input expected a task beside it, given ${ways[0]}`);
  }
  if (isCommand && argv.length === 0) {
    throw new Refusal("usage", "submit expected a command after --");
  }
  if (job !== undefined) return await readJobs(job);
  if (shell !== undefined) return { shell, ...(argv === null ? {} : { args: argv }) };
  if (isCommand) return { command: argv };
  const value = await readInput(input);
  return { task: task!, ...(value === undefined ? {} : { input: value }) };
}

/** A task's output or a command's stdout is what the caller waited for: it alone is on stdout. */
async function show(job: JobView, { json }: Flags): Promise<number> {
  const { outcome } = job;
  if (json) console.log(JSON.stringify(job));
  else if (job.state !== "done") console.error(jobText(job));
  else if (job.stages !== undefined) console.log(jobText(job));
  else if (job.task !== undefined) console.log(JSON.stringify(outcome?.output ?? null));
  else await printCaptured(outcome);
  return job.state === "done" ? exit.ok : exit.failed;
}

/** Only what the answer itself carries: a file it names is the service's, not ours to open. */
async function printCaptured(outcome: Outcome | undefined): Promise<void> {
  if (outcome === undefined) return;
  const { stdout, stdoutBase64, stderr, stderrBase64 } = outcome;
  await sinkOf(Deno.stdout)(bytesOf(stdout, stdoutBase64));
  await sinkOf(Deno.stderr)(bytesOf(stderr, stderrBase64));
}
