/**
 * `flyball workflow [ID]`: the steps of a workflow and what took it so long, or all workflows;
 * `flyball workflow cancel ID`: its end.
 *
 * @module
 */
import { Refusal } from "../actors/runtime.ts";
import type {
  StepTimes,
  StepView,
  WorkflowPage,
  WorkflowSummary,
  WorkflowView,
} from "../messages/workflow.ts";
import { oneLine } from "./complain.ts";
import { type Control, declareReach, openControl, type Reach } from "./control.ts";
import { exit } from "./exit.ts";
import { lookOfStdout, styleOf } from "./paint.ts";
import { type Column, type Row, table } from "./table.ts";
import type { Verb } from "./verb.ts";

interface Flags extends Reach {
  readonly json?: boolean;
}

/** The verb `workflow`. */
export const workflow: Verb = {
  declare: (command) =>
    declareReach(command.argument("[id]", "its executionId; without one: the latest 50"))
      .argument("[cancelled]", "after the word cancel: the executionId of one to cancel")
      .usage("[options] [id | cancel id]")
      .option("--json", "print JSON"),
  run: async (command) => {
    const { json, ...reach } = command.opts<Flags>();
    const [id, cancelled] = command.args;
    if (cancelled !== undefined && id !== "cancel") {
      throw new Refusal("usage", `workflow expected one id, or cancel and one, given ${id} first`);
    }
    using control = await openControl(reach);
    const [answer, text] = cancelled !== undefined
      ? await cancel(control, cancelled)
      : id !== undefined
      ? await show(control, id)
      : await list(control);
    console.log(json ? JSON.stringify(answer) : text);
    return exit.ok;
  },
};

/** For programs, and for people. */
type Answer = readonly [json: unknown, text: string];

const root = "/api/v1/workflows";
const pathOf = (id: string) => `${root}/${encodeURIComponent(id)}`;

async function show(control: Control, id: string): Promise<Answer> {
  const view = await control.ask({ method: "GET", path: pathOf(id) }) as WorkflowView;
  return [view, workflowText(view)];
}

async function list(control: Control): Promise<Answer> {
  const page = await control.ask({ method: "GET", path: root }) as WorkflowPage;
  const lines = table(columns, page.items.map(rowOf), lookOfStdout());
  return [page, page.items.length === 0 ? "no workflows" : lines.join("\n")];
}

async function cancel(control: Control, id: string): Promise<Answer> {
  const view = await control.ask({ method: "DELETE", path: pathOf(id) }) as WorkflowView;
  return [view, workflowText(view)];
}

const columns: readonly Column[] = [
  { name: "WORKFLOW" },
  { name: "STATE" },
  { name: "JOBS", isNumber: true },
  { name: "DONE", isNumber: true },
  { name: "OPEN", isNumber: true },
];

const rowOf = ({ id, state, jobs, open, done }: WorkflowSummary): Row => [
  oneLine(id),
  [state, styleOf(state)],
  `${jobs}`,
  `${done}`,
  `${open}`,
];

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
