/**
 * A job for people.
 *
 * @module
 */
import type { JobView } from "../messages/job.ts";
import type { WhyJob } from "../messages/status.ts";
import { timeText } from "./amounts.ts";
import { oneLine } from "./complain.ts";
import { quote } from "./quote.ts";

/** One line: what it is and where it stands. */
export function jobLine(job: JobView): string {
  const { id, state, attempt, outcome } = job;
  const what = whatOf(job);
  const parts = [`${id} ${state}`, what];
  if (attempt > 1) parts.push(`attempt ${attempt}`);
  if (outcome !== undefined) parts.push(`${Math.round(outcome.durationMs)} ms`);
  if (outcome?.message !== undefined) parts.push(oneLine(outcome.message));
  return parts.filter((part) => part !== "").join(" · ");
}

/** What it runs, in a line. */
export function whatOf({ task, command, shell, stages }: JobView): string {
  if (command !== undefined) return quote(command);
  return task ?? oneLine(shell ?? stages?.join(", ") ?? "");
}

/** All of it, a line each. */
export function jobText(job: JobView): string {
  const rows: (readonly [string, unknown])[] = [
    ["operation", job.operation],
    ["pool", job.pool],
    ["priority", job.priority],
    ["rank", job.rank],
    ["accepted", job.acceptedAt],
    ["due", job.runAt],
    ["after", job.after?.join(" ")],
    ["started", job.startedAt],
    ["learnt limit", job.learntTimeoutMs === undefined ? null : `${job.learntTimeoutMs} ms`],
    ["ended", job.endedAt],
    ["project", job.projectId],
    ["workflow", job.executionId],
    ["keys", job.keys?.join(" ")],
    ["correlation", job.correlationId],
    ["code", job.outcome?.code],
    ["exit code", job.outcome?.exitCode],
    ["cache", job.outcome?.cache],
    ["worker", job.outcome?.worker],
    ["restored", job.outcome?.restored && "it was accepted before the last start of the service"],
    ["output", job.outcome?.output === undefined ? undefined : JSON.stringify(job.outcome.output)],
  ];
  const known = rows.filter(([, value]) => value !== undefined && value !== null);
  const lines = known.map(([name, value]) => `  ${name.padEnd(12)} ${oneLine(String(value))}`);
  return [jobLine(job), ...lines, ...failureLines(job), ...stageLines(job)].join("\n");
}

/** Why a job waits: the reason, and what is known of how long. */
export function whyText({ id, state, pool, gate, because, ahead, etaMs }: WhyJob): string {
  const known = [
    ...(ahead === null ? [] : [`${ahead} before it`]),
    ...(etaMs === null ? [] : [`about ${timeText(etaMs)}`]),
  ];
  const rest = known.length === 0 ? "" : ` (${known.join(", ")})`;
  const where = pool === undefined ? "" : ` in pool ${pool}`;
  return `${id} ${state}${where} · ${gate}: ${oneLine(because)}${rest}`;
}

/** A line for each attempt that another one followed. */
function failureLines({ failures, outcome }: JobView): string[] {
  return (failures ?? outcome?.failures ?? []).map((failure) => {
    const { attempt, endedAt, type, code, message = "" } = failure;
    const how = code === undefined ? type : `${type} (${code})`;
    const text = [endedAt, how, message].filter((part) => part !== "").join(" · ");
    return `  ${`attempt ${attempt}`.padEnd(12)} ${oneLine(text)}`;
  });
}

/** A line for each stage of a staged run, and one for the workspace it began with. */
function stageLines({ outcome }: JobView): string[] {
  const { stages, workspace } = outcome ?? {};
  const line = (name: string, what: string, tookMs: number) =>
    `  ${name.padEnd(12)} ${what}, ${Math.round(tookMs)} ms`;
  return [
    ...(workspace ? [line("workspace", workspace.warm ? "warm" : "cold", workspace.tookMs)] : []),
    ...(stages ?? []).map(({ name, type, tookMs }) => line(name, type, tookMs)),
  ];
}
