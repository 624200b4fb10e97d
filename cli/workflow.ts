/**
 * `flyball workflow [ID]`: the steps of a workflow and what took it so long, or all workflows.
 *
 * @module
 */
import type {
  StepTimes,
  StepView,
  WorkflowPage,
  WorkflowSummary,
  WorkflowView,
} from "../messages/workflow.ts";
import { oneLine } from "./complain.ts";
import { declareReach, openControl, type Reach } from "./control.ts";
import { exit } from "./exit.ts";
import type { Verb } from "./verb.ts";

interface Flags extends Reach {
  readonly json?: boolean;
}

/** The verb `workflow`. */
export const workflow: Verb = {
  declare: (command) =>
    declareReach(command.argument("[id]", "its executionId; without one: the latest 50"))
      .option("--json", "print JSON"),
  run: async (command) => {
    const flags = command.opts<Flags>();
    const [id] = command.args;
    using control = await openControl(flags);
    const root = "/api/v1/workflows";
    const path = id === undefined ? root : `${root}/${encodeURIComponent(id)}`;
    const answer = await control.ask({ method: "GET", path });
    if (flags.json) console.log(JSON.stringify(answer));
    else if (id !== undefined) console.log(workflowText(answer as WorkflowView));
    else console.log((answer as WorkflowPage).items.map(line).join("\n") || "no workflows");
    return exit.ok;
  },
};

const line = ({ id, state, jobs, open, done }: WorkflowSummary): string =>
  `${oneLine(id)} ${state} · ${jobs} jobs, ${done} done, ${open} open`;

/** A workflow for people: each step with its times, then the critical path. */
export function workflowText({ id, state, steps, criticalPath }: WorkflowView): string {
  const names = new Map(steps.map((step) => [step.id, oneLine(step.name)]));
  const isOn = new Set(criticalPath.steps);
  const path = criticalPath.steps.map((step) => names.get(step) ?? step).join(" -> ");
  return [
    `${oneLine(id)} ${state}`,
    ...steps.map((step) => stepLine(step, isOn.has(step.id))),
    `critical path ${ms(criticalPath.totalMs)}: ${path || "nothing has begun"}`,
    `  ${timesText(criticalPath.times)}`,
  ].join("\n");
}

function stepLine({ id, name, state, times }: StepView, isOnPath: boolean): string {
  const parts = [`${oneLine(name)} (${id})`, state, timesText(times)];
  return `${isOnPath ? "*" : " "} ${parts.filter((part) => part !== "").join(" · ")}`;
}

/** What each part is called. */
const words: Readonly<Record<keyof StepTimes, string>> = {
  scheduledMs: "scheduled",
  dependenciesMs: "dependencies",
  retriesMs: "retries",
  keysMs: "keys",
  queueMs: "queue",
  runMs: "run",
};

/** All parts that took any time. */
function timesText(times: StepTimes): string {
  return Object.entries(words)
    .map(([name, word]) => [times[name as keyof StepTimes], word] as const)
    .filter(([took]) => took >= 0.5).map(([took, word]) => `${word} ${ms(took)}`).join(", ");
}

const ms = (took: number) =>
  took < 10_000 ? `${Math.round(took)} ms` : `${(took / 1_000).toFixed(1)} s`;
