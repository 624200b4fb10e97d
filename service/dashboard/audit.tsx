/**
 * What became worse, and what better, since a period before.
 *
 * @module
 */
import { Fragment, h } from "preact";
import type { Audit, AuditedOperation, AuditFinding } from "../../messages/audit.ts";
import { useAsked } from "./asked.ts";
import { Badge, Instant } from "./badge.tsx";
import { count, duration } from "./format.ts";
import { narrowBy, NarrowField } from "./narrow_field.tsx";
import { Answer, Empty, Panel, View } from "./panel.tsx";
import { place } from "./place.ts";
import { Choice, windows } from "./range.tsx";
import { Table } from "./table.tsx";

/** Reading what is kept of 60 days takes its time, and changes slowly, ms. */
const everyMs = 60_000;

const justBefore = "just before";

/** The view. */
export function AuditView() {
  const { query } = place.value;
  const window = windows.find((each) => each === query["window"]) ?? "1h";
  const earlier = [justBefore, ...windows.slice(windows.indexOf(window) + 1)];
  const against = earlier.find((each) => each === query["against"]) ?? justBefore;
  const asked = new URLSearchParams({ ...query, window, against });
  if (against === justBefore) asked.delete("against");
  const answer = useAsked<Audit>(`audit?${asked}`, everyMs);
  return (
    <View
      title="Audit"
      tools={<Choice name="Window" of={windows} chosen={window} onChoose={narrowTo("window")} />}
    >
      <Panel title="What is compared">
        <form class="filters" role="search" onSubmit={(event) => event.preventDefault()}>
          <span class="hint">with the same time</span>
          <Choice name="Against" of={earlier} chosen={against} onChoose={narrowTo("against")} />
          <NarrowField name="operation" title="Operation" />
          <NarrowField name="projectId" title="Project" />
        </form>
      </Panel>
      <Answer of={answer}>
        {(audit) => (
          <>
            <Panel
              title="What became of it"
              class={audit.regressions.length > 0 ? "why prose" : "prose"}
            >
              <p class="sentence" role="status">{audit.verdict}</p>
              <p class="facts">
                <Instant at={audit.now.from} /> until now, <Instant at={audit.now.to} />, against
                {" "}
                <Instant at={audit.before.from} /> to <Instant at={audit.before.to} />
              </p>
              <Findings of={audit.regressions} name="worse" />
              <Findings of={audit.improvements} name="better" />
            </Panel>
            {audit.operations.map((one) => <Operation key={one.operation} of={one} />)}
            {audit.operations.length === 0 && <Empty>No job ended in either period.</Empty>}
          </>
        )}
      </Answer>
    </View>
  );
}

/** The other period has to be as long: a choice that is too short by now is forgotten. */
const narrowTo = (name: string) => (value: string): void =>
  narrowBy(name, value === justBefore ? "" : value);

interface FindingsProps {
  readonly of: readonly AuditFinding[];
  readonly name: "worse" | "better";
}

function Findings({ of, name }: FindingsProps) {
  if (of.length === 0) return null;
  return (
    <ul class="says" aria-label={name}>
      {of.map(({ operation, says }) => (
        <li key={operation + says}>
          <Badge state={name} /> <b>{operation}</b>: {says}
        </li>
      ))}
    </ul>
  );
}

function Operation({ of }: { readonly of: AuditedOperation }) {
  const { operation, jobs, jobsBefore, trends, changed, slower } = of;
  return (
    <Panel
      title={operation}
      tools={<span class="hint">{count(jobs)} ended, before {count(jobsBefore)}</span>}
      class="prose"
    >
      <Table
        name={`Measures of ${operation}`}
        rows={trends}
        keyOf={({ measure }) => measure}
        empty="Nothing is known of it yet."
        columns={(as) => [
          as.text("", ({ verdict }) => <Badge state={verdict} />),
          as.wide("Now, and before", ({ says }) => says),
          as.number("Times", ({ timesAsMuch }) => count(timesAsMuch)),
        ]}
      />
      {changed && (
        <p class="facts">
          Since <Instant at={changed.at} /> it takes {duration(changed.toMs)} instead of{" "}
          {duration(changed.fromMs)}.
        </p>
      )}
      {slower && (
        <p class="facts">
          Slower than learned: {count(slower.timesAsLong)} times since{" "}
          <Instant at={slower.since} />.
        </p>
      )}
    </Panel>
  );
}
