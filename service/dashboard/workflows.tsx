/**
 * Workflows, and the steps of one with those that it took its time for.
 *
 * @module
 */
import { Fragment, h } from "preact";
import type {
  StepTimes,
  StepView,
  WorkflowPage,
  WorkflowSummary,
  WorkflowView,
} from "../../messages/workflow.ts";
import { send } from "./api.ts";
import { useAsked } from "./asked.ts";
import { Badge, JobLink } from "./badge.tsx";
import { Figures } from "./figures.tsx";
import { duration, words } from "./format.ts";
import { attempt } from "./job_actions.tsx";
import { Answer, Panel, View } from "./panel.tsx";
import { hrefOf } from "./route.ts";
import { isReadOnly } from "./session.ts";
import { Meter, Table } from "./table.tsx";

/** The list. */
export function WorkflowsView() {
  const answer = useAsked<WorkflowPage>("workflows?limit=100");
  return (
    <View title="Workflows" lead="Jobs with the same executionId.">
      <Panel title="The one with the latest job first">
        <Answer of={answer}>
          {({ items }) => (
            <Table<WorkflowSummary>
              name="Workflows"
              rows={items}
              keyOf={({ id }) => id}
              empty="No job has an executionId."
              columns={(as) => [
                as.text(
                  "Workflow",
                  ({ id }) => <a class="id" href={hrefOf("workflows", id)}>{id}</a>,
                ),
                as.text("State", ({ state }) => <Badge state={state} />),
                as.number("Jobs", ({ jobs }) => jobs),
                as.number(
                  "Done",
                  ({ done, jobs }) => <Meter ratio={done / jobs * 0.79} text={`${done}`} />,
                ),
                as.number("Open", ({ open }) => open),
                as.text("Latest job", ({ lastId }) => <JobLink id={lastId} />),
              ]}
            />
          )}
        </Answer>
      </Panel>
    </View>
  );
}

/** One workflow. */
export function WorkflowOne({ id }: { readonly id: string }) {
  const path = `workflows/${encodeURIComponent(id)}`;
  const answer = useAsked<WorkflowView>(path);
  const cancel = async () => {
    if (await attempt(() => send("DELETE", path), "The workflow is cancelled")) answer.again();
  };
  const isOpen = answer.data?.state === "running" && !isReadOnly.value;
  return (
    <View
      title={`Workflow ${id}`}
      tools={
        <>
          {answer.data && <Badge state={answer.data.state} />}
          {isOpen && <button type="button" class="danger" onClick={cancel}>Cancel all</button>}
        </>
      }
    >
      <Answer of={answer}>
        {({ criticalPath, steps }) => (
          <>
            <Panel title="The critical path: what it took its time for">
              <p class="sentence">
                {duration(criticalPath.totalMs)} through {criticalPath.steps.length} of{" "}
                {steps.length} steps
              </p>
              <Shares times={criticalPath.times} />
            </Panel>
            <Panel title="Steps">
              <Steps steps={steps} critical={criticalPath.steps} />
            </Panel>
          </>
        )}
      </Answer>
    </View>
  );
}

const partsOf = (times: StepTimes) =>
  (Object.entries(times) as [string, number][]).filter(([, ms]) => ms > 0);

function Shares({ times }: { readonly times: StepTimes }) {
  return (
    <Figures
      of={partsOf(times).map(([name, ms]) => [words(name), duration(ms)])}
      before={(name) => <i class={`key span ${name}Ms`} />}
    />
  );
}

interface StepsProps {
  readonly steps: readonly StepView[];
  readonly critical: readonly string[];
}

/** A bar for each step, from its acceptance to its end, by what its time went into. */
function Steps({ steps, critical }: StepsProps) {
  const ends = steps.map(({ endedAt }) => endedAt ? Date.parse(endedAt) : Date.now());
  const begins = steps.map(({ acceptedAt }) => Date.parse(acceptedAt));
  const from = Math.min(...begins);
  const whole = Math.max(1, Math.max(...ends) - from);
  return (
    <ol class="waterfall">
      {steps.map(({ id, name, state, times }, i) => {
        let at = (begins[i]! - from) / whole * 100;
        return (
          <li key={id} class={critical.includes(id) ? "critical" : ""}>
            <span class="name">
              <a href={hrefOf("jobs", id)}>{name}</a>
            </span>
            <span class="lane">
              {partsOf(times).map(([part, ms]) => {
                const left = at;
                at += ms / whole * 100;
                const style = {
                  left: `${left}%`,
                  width: `${Math.min(100 - left, ms / whole * 100)}%`,
                };
                return (
                  <span
                    class={`span ${part}`}
                    title={`${words(part)} ${duration(ms)}`}
                    style={style}
                  />
                );
              })}
            </span>
            <span class="took">{duration(ends[i]! - begins[i]!)}</span>
            <span class="note">
              <Badge state={state} /> {critical.includes(id) && "critical"}
            </span>
          </li>
        );
      })}
    </ol>
  );
}
