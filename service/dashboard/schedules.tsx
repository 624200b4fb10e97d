/**
 * Jobs that are made again and again.
 *
 * @module
 */
import { Fragment, h } from "preact";
import type { ScheduleView } from "../../messages/schedule.ts";
import { send } from "./api.ts";
import { useAsked } from "./asked.ts";
import { Badge, Instant, JobLink } from "./badge.tsx";
import { ago } from "./format.ts";
import { attempt } from "./job_actions.tsx";
import { Answer, Panel, View } from "./panel.tsx";
import { isReadOnly } from "./session.ts";
import { Table } from "./table.tsx";

/** The view. */
export function SchedulesView() {
  const answer = useAsked<{ items: readonly ScheduleView[] }>("schedules", 5_000);
  const act = async (what: () => Promise<unknown>, done: string) => {
    if (await attempt(what, done)) answer.again();
  };
  const actions = ({ name, paused, source }: ScheduleView) => {
    if (isReadOnly.value) return null;
    const path = `schedules/${encodeURIComponent(name)}`;
    const pause = () => send("PATCH", path, { paused: !paused });
    return (
      <>
        <button
          type="button"
          onClick={() => act(pause, `${name} ${paused ? "goes on" : "is paused"}`)}
        >
          {paused ? "Resume" : "Pause"}
        </button>{" "}
        {source === "call" && (
          <button
            type="button"
            class="danger"
            onClick={() => act(() => send("DELETE", path), `${name} is forgotten`)}
          >
            Remove
          </button>
        )}
      </>
    );
  };
  return (
    <View title="Schedules" lead="Jobs that are made again and again.">
      <Panel title="By name">
        <Answer of={answer}>
          {({ items }) => (
            <Table
              name="Schedules"
              rows={items}
              keyOf={({ name }) => name}
              empty="There are no schedules: POST /api/v1/schedules or the configuration makes them."
              columns={(as) => [
                as.text("Name", ({ name }) => <b>{name}</b>),
                as.text("Pattern", ({ cron, timeZone }) => <code>{cron} {timeZone}</code>),
                as.wide(
                  "What",
                  ({ job }) => (
                    <code>{job.task ?? job.command?.join(" ") ?? job.shell ?? "stages"}</code>
                  ),
                ),
                as.text(
                  "Next",
                  ({ next, paused }) =>
                    paused ? <Badge state="paused" /> : <span title={next[0]}>{ago(next[0])}</span>,
                ),
                as.text("Last", ({ last }) =>
                  last && (
                    <>
                      <JobLink id={last.id} /> <Instant at={last.at} />
                    </>
                  )),
                as.text("From", ({ source }) => source),
                as.number("", actions),
              ]}
            />
          )}
        </Answer>
      </Panel>
    </View>
  );
}
