/**
 * What stands in the way of jobs, and what helps.
 *
 * @module
 */
import { Fragment, h } from "preact";
import type { Cause, Diagnosis } from "../../messages/diagnosis.ts";
import { useAsked } from "./asked.ts";
import { Details } from "./details.tsx";
import { count, percent } from "./format.ts";
import { Answer, Panel, View } from "./panel.tsx";
import { Meter, Table } from "./table.tsx";

/** The view. */
export function DiagnosisView() {
  const answer = useAsked<Diagnosis>("diagnosis");
  return (
    <View title="Diagnosis">
      <Answer of={answer}>
        {({ verdict, causes, sight, unknown }) => (
          <>
            <Panel title="What stands in the way" class={causes.length > 0 ? "why" : ""}>
              <p class="sentence" role="status">{verdict}</p>
              {causes.map((cause) => <CauseOne key={cause.name} cause={cause} />)}
            </Panel>
            <Panel title="What jobs wait for">
              <Table
                name="Waits"
                rows={sight.waits}
                keyOf={({ gate, priority }) => `${gate} ${priority}`}
                empty="No job waits."
                columns={(as) => [
                  as.text("For", ({ gate }) => gate === "position" ? "their turn" : gate),
                  as.text("Class", ({ priority }) => priority),
                  as.number("Jobs", ({ jobs }) => count(jobs)),
                ]}
              />
            </Panel>
            <div class="grid two">
              <Panel title="The machine">
                <Details of={sight.host as never} />
              </Panel>
              <Panel title="The pool">
                <Details of={sight.pool as never} />
              </Panel>
            </div>
            <Panel title="What is not known, and why">
              <Details of={unknown} />
            </Panel>
          </>
        )}
      </Answer>
    </View>
  );
}

function CauseOne({ cause: { name, score, because, evidence, fix } }: { readonly cause: Cause }) {
  return (
    <article class="cause">
      <h3>
        {name} <Meter ratio={score * 0.79} text={percent(score)} />
      </h3>
      <p>{because}</p>
      <ul class="evidence">{evidence.map(({ says }) => <li key={says}>{says}</li>)}</ul>
      <p class="fix">
        <b>What helps:</b> {fix.because}{" "}
        {fix.key && <code>{fix.key}{fix.value === null ? "" : `=${fix.value}`}</code>}
      </p>
    </article>
  );
}
