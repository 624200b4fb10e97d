/**
 * A job for people.
 *
 * @module
 */
import type { JobView } from "../messages/job.ts";
import { oneLine } from "./complain.ts";
import { quote } from "./quote.ts";

/** One line: what it is and where it stands. */
export function jobLine({ id, state, task, command, attempt, outcome }: JobView): string {
  const what = task ?? (command === undefined ? "" : quote(command));
  const parts = [`${id} ${state}`, what];
  if (attempt > 1) parts.push(`attempt ${attempt}`);
  if (outcome !== undefined) parts.push(`${Math.round(outcome.durationMs)} ms`);
  if (outcome?.message !== undefined) parts.push(oneLine(outcome.message));
  return parts.filter((part) => part !== "").join(" · ");
}

/** All of it, a line each. */
export function jobText(job: JobView): string {
  const rows: (readonly [string, unknown])[] = [
    ["operation", job.operation],
    ["pool", job.pool],
    ["priority", job.priority],
    ["accepted", job.acceptedAt],
    ["started", job.startedAt],
    ["ended", job.endedAt],
    ["project", job.projectId],
    ["correlation", job.correlationId],
    ["code", job.outcome?.code],
    ["exit code", job.outcome?.exitCode],
    ["worker", job.outcome?.worker],
    ["output", job.outcome?.output === undefined ? undefined : JSON.stringify(job.outcome.output)],
  ];
  const known = rows.filter(([, value]) => value !== undefined && value !== null);
  const lines = known.map(([name, value]) => `  ${name.padEnd(12)} ${oneLine(String(value))}`);
  return [jobLine(job), ...lines].join("\n");
}
