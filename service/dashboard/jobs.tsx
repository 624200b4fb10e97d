/**
 * Jobs, the latest first, narrowed by state, operation, task and key.
 *
 * @module
 */
import { Fragment, h } from "preact";
import { useState } from "preact/hooks";
import type { JobPage, JobView } from "../../messages/job.ts";
import { useAsked } from "./asked.ts";
import { Badge, Instant, JobLink } from "./badge.tsx";
import { duration } from "./format.ts";
import { JobActions } from "./job_actions.tsx";
import { narrowBy, NarrowField } from "./narrow_field.tsx";
import { Answer, Panel, View } from "./panel.tsx";
import { narrow, place } from "./place.ts";
import { isReadOnly } from "./session.ts";
import { SubmitForm } from "./submit.tsx";
import { Table } from "./table.tsx";

const states = [
  ...["running", "waiting", "scheduled", "blocked", "retrying"],
  ...["done", "failed", "dead", "timedOut", "expired", "lost", "cancelled"],
];

/** Jobs of a page. */
const limit = 50;

const narrowing = ["state", "task", "operation", "key"] as const;

/** The view. */
export function JobsView() {
  const [isSubmitting, setSubmitting] = useState(false);
  const { query } = place.value;
  const search = new URLSearchParams({ ...query, order: "latest", limit: String(limit) });
  const answer = useAsked<JobPage>(`jobs?${search}`, 1_500);
  const submit = !isReadOnly.value && (
    <button
      type="button"
      class="primary"
      onClick={() => setSubmitting(true)}
    >
      New job
    </button>
  );
  return (
    <View title="Jobs" tools={submit}>
      {isSubmitting && (
        <SubmitForm
          onClose={() => setSubmitting(false)}
          onDone={() => answer.again()}
        />
      )}
      <Panel title="Latest first" tools={<Filters />}>
        <Answer of={answer}>
          {({ items, next }) => (
            <>
              <JobTable jobs={items} onDone={answer.again} />
              <Pager next={next} />
            </>
          )}
        </Answer>
      </Panel>
    </View>
  );
}

/** What narrows the list. */
function Filters() {
  const { query } = place.value;
  return (
    <form class="filters" role="search" onSubmit={(event) => event.preventDefault()}>
      <label>
        State
        <select
          value={query["state"] ?? ""}
          onChange={(e) => narrowBy("state", e.currentTarget.value)}
        >
          <option value="">any</option>
          {states.map((state) => <option key={state} value={state}>{state}</option>)}
        </select>
      </label>
      <NarrowField name="task" title="Task" />
      <NarrowField name="operation" title="Operation" />
      <NarrowField name="key" title="Key" example="project:42" />
      {narrowing.some((name) => query[name]) && (
        <button
          type="button"
          class="quiet"
          onClick={() => narrow({})}
        >
          Clear
        </button>
      )}
    </form>
  );
}

function Pager({ next }: { readonly next: string | undefined }) {
  const { query } = place.value;
  if (!next && !query["after"]) return null;
  return (
    <nav class="pager" aria-label="Pages">
      <button
        type="button"
        disabled={!query["after"]}
        onClick={() => narrow({ ...query, after: undefined })}
      >
        Latest
      </button>
      <button type="button" disabled={!next} onClick={() => narrow({ ...query, after: next })}>
        Older
      </button>
    </nav>
  );
}

/** What a job runs, in one line. */
export function workOf({ task, command, shell, stages }: JobView): string {
  return task ?? command?.join(" ") ?? shell ?? `run of ${stages?.join(", ") ?? "stages"}`;
}

interface JobTableProps {
  readonly jobs: readonly JobView[];
  readonly onDone: () => void;
}

function JobTable({ jobs, onDone }: JobTableProps) {
  return (
    <Table
      name="Jobs"
      rows={jobs}
      keyOf={({ id }) => id}
      empty="No job is like that."
      columns={(as) => [
        as.text("Job", ({ id }) => <JobLink id={id} />),
        as.text("State", ({ state }) => <Badge state={state} />),
        as.wide("What", (job) => <code title={workOf(job)}>{workOf(job)}</code>),
        as.text("Class", ({ priority }) => priority),
        as.text("Keys", ({ keys }) => keys?.join(" ") ?? ""),
        as.number("Attempt", ({ attempt }) => attempt),
        as.number("Accepted", ({ acceptedAt }) => <Instant at={acceptedAt} />),
        as.number("Wait", ({ outcome }) => duration(outcome?.waitMs)),
        as.number("Run", ({ outcome }) => duration(outcome?.durationMs)),
        as.number("", (job) => <JobActions job={job} onDone={onDone} />),
      ]}
    />
  );
}
