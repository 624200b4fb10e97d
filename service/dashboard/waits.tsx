/**
 * How long jobs waited, by class, beside how long they ran.
 *
 * @module
 */
import { h } from "preact";
import { useState } from "preact/hooks";
import type { OperationMetrics, OperationsPage } from "../../messages/series.ts";
import { useAsked } from "./asked.ts";
import { count, duration, lasting } from "./format.ts";
import { Answer, Panel } from "./panel.tsx";
import { Choice } from "./range.tsx";
import { Table } from "./table.tsx";

const spans = ["1m", "5m", "1h"] as const;

const order = ["high", "normal", "low"];
const classOf = ({ labels }: OperationMetrics): string => labels.priority ?? "normal";
const byClass = (a: OperationMetrics, b: OperationMetrics) =>
  order.indexOf(classOf(a)) - order.indexOf(classOf(b));

/** Percentiles of waits and run times. */
export function Waits() {
  const [span, setSpan] = useState<typeof spans[number]>("5m");
  const answer = useAsked<OperationsPage>(`metrics/operations?by=priority&window=${span}`);
  return (
    <Panel
      title="Queue wait by class, beside run time"
      tools={<Choice name="Window" of={spans} chosen={span} onChoose={setSpan} />}
    >
      <Answer of={answer}>
        {({ items }) => (
          <Table
            name="Waits and run times by class"
            rows={items.toSorted(byClass)}
            keyOf={classOf}
            empty={`No job began in the last ${lasting(span)}.`}
            columns={(as) => [
              as.text("Class", classOf),
              as.number("Jobs", ({ started }) => count(started)),
              ...(["p50", "p95", "p99"] as const).map((p) => ({
                head: `Wait ${p}`,
                cell: ({ waitMs }: OperationMetrics) => duration(waitMs[p]),
                isNumber: true,
              })),
              ...(["p50", "p95"] as const).map((p) => ({
                head: `Run ${p}`,
                cell: ({ durationMs }: OperationMetrics) => duration(durationMs[p]),
                isNumber: true,
              })),
            ]}
          />
        )}
      </Answer>
    </Panel>
  );
}
