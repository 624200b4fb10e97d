/**
 * How the service did, on one page.
 *
 * @module
 */
import { Fragment, h } from "preact";
import type { Report } from "../../messages/report.ts";
import { useAsked } from "./asked.ts";
import { Badge, Instant } from "./badge.tsx";
import { narrowBy, NarrowField } from "./narrow_field.tsx";
import { Answer, Panel, View } from "./panel.tsx";
import { place } from "./place.ts";
import { Choice, windows } from "./range.tsx";

/** Reading what is kept of 60 days takes its time, and changes slowly, ms. */
const everyMs = 60_000;

const tones = { idle: "wait", good: "good", fair: "warn", bad: "bad" } as const;

/** The view. */
export function ReportView() {
  const { query } = place.value;
  const window = windows.find((each) => each === query["window"]) ?? "1d";
  const answer = useAsked<Report>(`report?${new URLSearchParams({ ...query, window })}`, everyMs);
  return (
    <View
      title="Report"
      tools={
        <>
          <form class="filters" role="search" onSubmit={(event) => event.preventDefault()}>
            <NarrowField name="projectId" title="Project" example="all" />
          </form>
          <Choice
            name="Window"
            of={windows}
            chosen={window}
            onChoose={(chosen) => narrowBy("window", chosen)}
          />
        </>
      }
    >
      <Answer of={answer}>
        {({ state, verdict, from, to, projectId, well, badly, numbers, advice }) => (
          <>
            <Panel
              title={
                <>
                  In one sentence <Badge state={state} tone={tones[state]} />
                </>
              }
            >
              <p class="sentence" role="status">{verdict}</p>
              <p class="facts">
                <Instant at={from} /> until now, <Instant at={to} />
                {projectId !== null && `, project ${projectId}`}
              </p>
            </Panel>
            <div class="grid two">
              <Says title="What went well" of={well} />
              <Says title="What did not" of={badly} />
              <Says title="Numbers" of={known(numbers)} />
              <Says title="What to do" of={advice} />
            </div>
          </>
        )}
      </Answer>
    </View>
  );
}

/** What is not known says nothing. */
const known = (numbers: Report["numbers"]) =>
  numbers.filter(({ value }) => value !== null).map(({ says }) => says);

interface SaysProps {
  readonly title: string;
  readonly of: readonly string[];
}

function Says({ title, of }: SaysProps) {
  if (of.length === 0) return null;
  return (
    <Panel title={title}>
      <ul class="says">{of.map((each) => <li key={each}>{each}</li>)}</ul>
    </Panel>
  );
}
