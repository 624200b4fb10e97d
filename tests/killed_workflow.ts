/**
 * A workflow of five steps in a service that is killed amid of it, and started again.
 *
 * @module
 */
import type { Accepted, JobSpec } from "../messages/job.ts";
import type { WorkflowView } from "../messages/workflow.ts";
import { lives, processesWith } from "./live.ts";
import { serve } from "./serving.ts";
import { until } from "./until.ts";

/** What each step waits for. */
const flow: Readonly<Record<string, readonly string[]>> = {
  a: [],
  b: ["a"],
  c: ["a"],
  d: ["b", "c"],
  e: ["d"],
};

/** Longest time from the acceptance of a workflow to the kill, ms: about what it takes. */
const killWithinMs = 400;

/** What became of all workflows. */
export interface Killed {
  readonly workflows: readonly WorkflowView[];
  /** What is wrong, in words; nothing where each step has its one ending, after those before it. */
  readonly flaws: readonly string[];
  /** Steps whose process was killed and that ran again. */
  readonly again: number;
}

/** One workflow a kill in the folder `cwd`; `unit` says when. */
export async function killWorkflows(
  cwd: string,
  kills: number,
  unit: () => number,
): Promise<Killed> {
  const ids: string[] = [];
  for (let n = 0; n < kills; n++) {
    await using service = await serve(cwd);
    const accepted: readonly Accepted[] = await service.submit({ jobs: stepsOf(cwd, n) });
    ids.push(accepted[0]!.executionId!);
    // Where in the workflow it dies is up to chance.
    await new Promise((resolve) => setTimeout(resolve, unit() * killWithinMs));
    service.started.kill("SIGKILL");
    await service.started.ended;
    await until(() => processesWith(cwd).filter(lives).length === 0);
  }
  await using last = await serve(cwd);
  await until(last.idle);
  const workflows: WorkflowView[] = [];
  for (const id of ids) {
    workflows.push((await last.ask("GET", `/api/v1/workflows/${encodeURIComponent(id)}`)).body);
  }
  const lines = (await Deno.readTextFile(`${cwd}/runs`)).trim().split("\n");
  return {
    workflows,
    flaws: [...workflows.flatMap(recordFlaws), ...orderFlaws(lines)],
    again: lines.filter((line) => line.startsWith("begin")).length - 5 * kills,
  };
}

/** Steps that each leave a line when they begin and one when they end. */
function stepsOf(cwd: string, n: number): JobSpec[] {
  return Object.entries(flow).map(([name, after]) => ({
    taskId: name,
    after,
    command: [
      "sh",
      "-c",
      `echo begin ${n} ${name} >> ${cwd}/runs; sleep 0.05; echo end ${n} ${name} >> ${cwd}/runs`,
    ],
  }));
}

function recordFlaws({ id, state, steps, criticalPath }: WorkflowView): string[] {
  const flaws = steps.filter((step) => step.state !== "done")
    .map((step) => `${id}: ${step.name} is ${step.state}`);
  if (state !== "done") flaws.push(`${id} is ${state}`);
  if (steps.map(({ name }) => name).join("") !== "abcde") flaws.push(`${id} has other steps`);
  const path = criticalPath.steps.map((step) => steps.find(({ id }) => id === step)!.name).join("");
  if (path !== "abde" && path !== "acde") flaws.push(`${id} took its time for ${path}`);
  const at = (instant?: string) => Date.parse(instant!);
  const wholeMs = Math.max(...steps.map(({ endedAt }) => at(endedAt))) - at(steps[0]!.acceptedAt);
  // All parts of the path together are the time from the submit to the last end.
  if (Math.abs(wholeMs - criticalPath.totalMs) > 1) {
    flaws.push(`${id} took ${wholeMs} ms, its path ${criticalPath.totalMs} ms`);
  }
  return flaws;
}

/** Steps that began before those that they wait for had ended. */
function orderFlaws(lines: readonly string[]): string[] {
  const ended = new Set<string>();
  return lines.flatMap((line) => {
    const [what, n, name] = line.split(" ") as [string, string, string];
    if (what === "end") ended.add(`${n} ${name}`);
    const missing = what === "begin" ? flow[name]!.filter((one) => !ended.has(`${n} ${one}`)) : [];
    return missing.map((one) => `${n}: ${name} began before ${one} had ended`);
  });
}
