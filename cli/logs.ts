/**
 * `flyball logs FILE…`: lines of a service's log by what they are about. No service is needed.
 *
 * @module
 */
import { type Command, InvalidArgumentError, Option } from "commander";
import { type LogLevel, logLevels } from "../actors/log_config.ts";
import { Refusal } from "../actors/runtime.ts";
import { exit } from "./exit.ts";
import { readLines } from "./lines.ts";
import { plainLine } from "./log/plain_line.ts";
import { collect, duration } from "./numbers.ts";
import { lookOfStdout } from "./paint.ts";
import type { Verb } from "./verb.ts";

/** What lines are to be about; absent: anything. */
export interface Wanted {
  readonly job?: string;
  readonly correlation?: string;
  readonly execution?: string;
  readonly project?: string;
  /** Of a job, or of an incident. */
  readonly operation?: string;
  readonly type: readonly string[];
  /** The least. */
  readonly level?: LogLevel;
  /** Epoch ms, the first; and the end, which is not part of it. */
  readonly since?: number;
  readonly until?: number;
}

interface Flags extends Wanted {
  readonly text?: boolean;
}

/** A line of a log, as it is read. */
type Fields = Readonly<Record<string, unknown>>;

/** Longest line that is read, bytes: those of a log are no longer than a quarter of it. */
const lineBytesMax = 65_536;

/** The verb `logs`. */
export const logs: Verb = {
  declare: (command: Command) =>
    command
      .argument("<files...>", "files of the log; their rotated ones come first; - for stdin")
      .option("--job <id>", "lines about this job")
      .option("--correlation <id>", "about jobs with this correlation id, or errors")
      .option("--execution <id>", "about jobs of this execution, or workflow")
      .option("--project <id>", "about jobs of this project")
      .option("--operation <name>", "about jobs and incidents of this operation")
      .option("--type <type>", "of this type; give it several times", collect, [])
      .addOption(new Option("--level <level>", "of this level or above").choices(logLevels))
      .option("--since <when>", "from an instant on, or from so long ago, such as 10m", moment)
      .option("--until <when>", "before an instant, or so long ago", moment)
      .option("--text", "as a terminal shows them, not as JSON"),
  run: async (command) => {
    const flags = command.opts<Flags>();
    const { paint } = lookOfStdout();
    for (const given of command.args) {
      for (const path of given === "-" ? ["-"] : await rotated(given)) {
        for await (const { text } of readLines(await opened(path), { lineBytesMax })) {
          const fields = fieldsOf(text);
          if (fields === null || !isWanted(fields, flags)) continue;
          console.log(flags.text ? plainLine(fields, paint) : text);
        }
      }
    }
    return exit.ok;
  },
};

/** True for a line that is about what is wanted. */
export function isWanted(fields: Fields, wanted: Wanted): boolean {
  const is = (name: string, value: string | undefined) =>
    value === undefined || fields[name] === value;
  const { operation, type, level, since = -Infinity, until = Infinity } = wanted;
  const at = Date.parse(String(fields["at"]));
  return is("task_id", wanted.job) && is("correlation_id", wanted.correlation) &&
    is("execution_id", wanted.execution) && is("project_id", wanted.project) &&
    (is("operation", operation) || is("subject", operation)) &&
    (type.length === 0 || type.includes(String(fields["type"]))) &&
    (level === undefined || rank(fields["level"]) >= rank(level)) &&
    at >= since && at < until;
}

const rank = (level: unknown) => logLevels.indexOf(level as LogLevel);

/** The fields of a line; null for what is no line of a log, as a word of somebody else there. */
function fieldsOf(text: string): Fields | null {
  if (!text.startsWith("{")) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** A log and what it was before it was rotated, the oldest first. */
async function rotated(path: string): Promise<readonly string[]> {
  const older: string[] = [];
  for (let i = 1; await isThere(`${path}.${i}`); i++) older.unshift(`${path}.${i}`);
  return [...older, path];
}

const isThere = (path: string) => Deno.stat(path).then(() => true, () => false);

async function opened(path: string): Promise<ReadableStream<Uint8Array>> {
  if (path === "-") return Deno.stdin.readable;
  try {
    return (await Deno.open(path)).readable;
  } catch (error) {
    throw new Refusal("no_input", `Cannot read ${path}: ${(error as Error).message}`);
  }
}

/** An instant, or one so long ago. */
function moment(text: string): number {
  const at = Date.parse(text);
  if (/^\d{4}-/.test(text)) {
    if (!Number.isNaN(at)) return at;
    throw new InvalidArgumentError("expected an instant such as 2027-03-01T09:00:00Z, or 10m");
  }
  return Date.now() - duration(text);
}
