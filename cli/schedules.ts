/**
 * `flyball schedules ls|add|rm|pause|resume|next`: jobs that a running service makes again and again.
 *
 * @module
 */
import { Argument, Option } from "commander";
import { Refusal } from "../actors/runtime.ts";
import type { JobSpec } from "../messages/job.ts";
import type { ScheduleSpec, ScheduleView } from "../messages/schedule.ts";
import { oneLine } from "./complain.ts";
import { type Control, declareReach, openControl, type Reach } from "./control.ts";
import { exit } from "./exit.ts";
import { readJobs } from "./job_file.ts";
import { readInput } from "./json_input.ts";
import { duration, whole } from "./numbers.ts";
import { lookOfStdout } from "./paint.ts";
import { quote } from "./quote.ts";
import { type Column, type Row, table } from "./table.ts";
import type { Verb } from "./verb.ts";

interface Flags extends Reach {
  readonly cron?: string;
  readonly zone?: string;
  readonly task?: string;
  readonly input?: string;
  readonly job?: string;
  readonly missed?: NonNullable<ScheduleSpec["missed"]>;
  readonly overlap?: NonNullable<ScheduleSpec["overlap"]>;
  /** Milliseconds. */
  readonly jitter?: number;
  readonly count: number;
  readonly json?: boolean;
}

/** What can be done; each answers with what is printed: JSON, or text for people. */
const deeds: Readonly<
  Record<string, (control: Control, name: string, given: Given) => Promise<Answer>>
> = {
  ls: async (control) => {
    const { items } = await control.ask({ method: "GET", path: root }) as { items: ScheduleView[] };
    const lines = table(columns, items.map(rowOf), lookOfStdout());
    return [items, items.length === 0 ? "no schedules" : lines.join("\n")];
  },
  add: async (control, name, given) => {
    const body = { name, ...await specOf(given) };
    const view = await control.ask({ method: "POST", path: root, body }) as ScheduleView;
    return [view, line(view)];
  },
  rm: async (control, name) => [
    await control.ask({ method: "DELETE", path: pathOf(name) }),
    `${name} removed`,
  ],
  pause: (control, name) => patch(control, name, true),
  resume: (control, name) => patch(control, name, false),
  next: async (control, name, { flags: { count } }) => {
    const path = `${pathOf(name)}?next=${count}`;
    const { next } = await control.ask({ method: "GET", path }) as ScheduleView;
    return [next, next.join("\n") || `${name} makes no jobs`];
  },
};

interface Given {
  readonly flags: Flags;
  readonly argv: readonly string[] | null;
}

/** For programs, and for people. */
type Answer = readonly [json: unknown, text: string];

const root = "/api/v1/schedules";
const pathOf = (name: string) => `${root}/${encodeURIComponent(name)}`;

/** The verb `schedules`. */
export const schedules: Verb = {
  startsPrograms: true,
  declare: (command) =>
    declareReach(command)
      .addArgument(new Argument("[what]", "what to do").choices(Object.keys(deeds)).default("ls"))
      .argument("[name]", "name of the schedule, for all but ls")
      .option("--cron <pattern>", "when, such as '0 3 * * *' (add)")
      .option("--zone <name>", "time zone of the pattern, such as Europe/Berlin (default: UTC)")
      .option("--task <name>", "the task of its jobs; or a command after --; or --job")
      .option("--input <json>", "the task's input, or - to read it from stdin")
      .option("--job <file>", "the whole job as JSON, or - for stdin")
      .addOption(
        new Option("--missed <policy>", "what becomes of missed instants (default: once)")
          .choices(["skip", "once", "all"]),
      )
      .addOption(
        new Option("--overlap <policy>", "while its last job is open (default: allow)")
          .choices(["allow", "skip"]),
      )
      .option("--jitter <duration>", "longest delay of each job", duration)
      .option("--count <n>", "how many instants (next)", whole(1, 1_000), 5)
      .option("--json", "print JSON"),
  run: async (command, argv) => {
    const flags = command.opts<Flags>();
    const [what = "ls", name] = command.processedArgs as [string?, string?];
    if (name === undefined && what !== "ls") {
      throw new Refusal("usage", `schedules ${what} expected the name of a schedule`);
    }
    using control = await openControl(flags);
    const [json, text] = await deeds[what]!(control, name ?? "", { flags, argv });
    console.log(flags.json ? JSON.stringify(json) : text);
    return exit.ok;
  },
};

async function patch(control: Control, name: string, paused: boolean): Promise<Answer> {
  const question = { method: "PATCH", path: pathOf(name), body: { paused } } as const;
  const view = await control.ask(question) as ScheduleView;
  return [view, line(view)];
}

async function specOf({ flags, argv }: Given): Promise<ScheduleSpec> {
  const { cron, zone, missed, overlap, jitter } = flags;
  if (cron === undefined) throw new Refusal("usage", "schedules add expected --cron");
  return {
    cron,
    job: await jobOf(flags, argv),
    ...(zone === undefined ? {} : { timeZone: zone }),
    ...(missed === undefined ? {} : { missed }),
    ...(overlap === undefined ? {} : { overlap }),
    ...(jitter === undefined ? {} : { jitterMs: jitter }),
  };
}

async function jobOf({ task, input, job }: Flags, argv: Given["argv"]): Promise<JobSpec> {
  const ways = [task, argv ?? undefined, job].filter((way) => way !== undefined).length;
  if (ways !== 1) {
    const expected = "exactly one of --task, -- and a command, and --job";
    throw new Refusal("usage", `schedules add expected ${expected}, given ${ways} of them`);
  }
  if (argv !== null) return { command: argv };
  if (job !== undefined) return await readJobs(job);
  const value = await readInput(input);
  return { task: task!, ...(value === undefined ? {} : { input: value }) };
}

const whatOf = ({ task, command, shell, stages }: JobSpec): string =>
  oneLine(command ? quote(command) : task ?? shell ?? `${stages?.length} stages`);

const columns: readonly Column[] = [
  { name: "SCHEDULE" },
  { name: "CRON" },
  { name: "ZONE" },
  { name: "NEXT" },
  { name: "LAST" },
  { name: "WHAT" },
];

const rowOf = ({ name, cron, timeZone, paused, next, job, last }: ScheduleView): Row => [
  name,
  cron,
  timeZone,
  paused ? ["paused", "yellow"] : next[0] ?? "never",
  last?.id ?? "-",
  whatOf(job),
];

/** One schedule for people. */
function line({ name, cron, timeZone, paused, next, job, last }: ScheduleView): string {
  return [
    `${name} ${cron} ${timeZone}`,
    whatOf(job),
    paused ? "paused" : `next ${next[0] ?? "never"}`,
    ...(last === null ? [] : [`last ${last.id} for ${last.at}`]),
  ].join(" · ");
}
