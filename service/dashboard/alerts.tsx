/**
 * What is wrong, what was, and who is told of it.
 *
 * @module
 */
import { Fragment, h } from "preact";
import type { Alerts } from "../../messages/alert.ts";
import { useAsked } from "./asked.ts";
import { Badge, Instant } from "./badge.tsx";
import { count } from "./format.ts";
import { Answer, Panel, View } from "./panel.tsx";
import { Table } from "./table.tsx";

/** The view. */
export function AlertsView() {
  const answer = useAsked<Alerts>("alerts");
  return (
    <View title="Alerts">
      <Answer of={answer}>
        {({ items, sinks }) => (
          <>
            <Panel title="Incidents, the open ones first" class="prose">
              <Table
                name="Incidents"
                rows={items}
                keyOf={({ id }) => id}
                empty="Nothing is wrong, and nothing was."
                columns={(as) => [
                  as.text(
                    "State",
                    ({ state, level }) => <Badge state={state === "open" ? level : state} />,
                  ),
                  as.text("Rule", ({ rule }) => rule),
                  as.text("Of", ({ subject }) => subject ?? ""),
                  as.wide("What", ({ message }) => message),
                  as.text("Raised", ({ raisedAt }) => <Instant at={raisedAt} />),
                  as.text("Cleared", ({ clearedAt }) => <Instant at={clearedAt} />),
                ]}
              />
            </Panel>
            <Panel title="Who is told">
              <Table
                name="Sinks"
                rows={sinks}
                keyOf={({ name }) => name}
                empty="Nobody: alerts.sinks of the configuration names webhooks, Slack and e-mail."
                columns={(as) => [
                  as.text("Name", ({ name }) => name),
                  as.text("By", ({ type }) => type),
                  as.number("Waiting", ({ queued }) => count(queued)),
                  as.number("Delivered", ({ delivered }) => count(delivered)),
                  as.number("Given up", ({ dropped }) => count(dropped)),
                  as.wide("Failed by", ({ because }) => because ?? ""),
                ]}
              />
            </Panel>
          </>
        )}
      </Answer>
    </View>
  );
}
