/**
 * What each operation, class or project did lately.
 *
 * @module
 */
import { Fragment, h } from "preact";
import { useState } from "preact/hooks";
import type { OperationMetrics, OperationsPage } from "../../messages/series.ts";
import { useAsked } from "./asked.ts";
import { bytes, count, duration, label, lasting, percent } from "./format.ts";
import { Answer, Panel, View } from "./panel.tsx";
import { Choice } from "./range.tsx";
import { hrefOf } from "./route.ts";
import { Table } from "./table.tsx";

const windows = ["1m", "5m", "1h"] as const;
const breakdowns = ["operation", "priority", "projectId"] as const;

/** What a row is about. */
export const labelOf = ({ labels }: Pick<OperationMetrics, "labels">): string =>
  Object.values(labels)[0] ?? "none";

/** The same as it is shown; a long name is whole for those who point at it. */
export const nameOf = (row: Pick<OperationMetrics, "labels">) => (
  <span class="cut" title={labelOf(row)}>{labelOf(row)}</span>
);

/** What went wrong most often. */
function worst({ categories }: OperationMetrics): string {
  const [most] = Object.entries(categories).sort(([, a], [, b]) => b - a);
  return most ? `${most[0]} ${most[1]}` : "";
}

/** The view. */
export function OperationsView() {
  const [window, setWindow] = useState<typeof windows[number]>("5m");
  const [by, setBy] = useState<typeof breakdowns[number]>("operation");
  const answer = useAsked<OperationsPage>(`metrics/operations?window=${window}&by=${by}`);
  const link = (row: OperationMetrics) =>
    by === "operation"
      ? <a href={hrefOf("jobs", null, { operation: labelOf(row) })}>{nameOf(row)}</a>
      : nameOf(row);
  return (
    <View
      title="Operations"
      tools={
        <>
          <Choice name="By" of={breakdowns} chosen={by} onChoose={setBy} says={label} />
          <Choice name="Window" of={windows} chosen={window} onChoose={setWindow} />
        </>
      }
    >
      <Answer of={answer}>
        {({ items, lastSecond, bootMs }) => (
          <Panel
            title={`In the last ${lasting(window)}`}
            tools={
              <span class="hint">
                last second: {count(lastSecond.enqueued)} in, {count(lastSecond.done)} done,{" "}
                {count(lastSecond.failed)} failed · a worker starts in {duration(bootMs.p50)} (p95
                {" "}
                {duration(bootMs.p95)})
              </span>
            }
          >
            <Table
              name="Operations"
              rows={items}
              keyOf={labelOf}
              empty="No job did anything in this time."
              columns={(as) => [
                as.text("Name", link),
                as.number("Accepted", ({ enqueued }) => count(enqueued)),
                as.number("Done", ({ done }) => count(done)),
                as.number("Failed", ({ failed }) => count(failed)),
                as.number("Success", ({ successRatio }) => percent(successRatio)),
                as.number("Retries", ({ retries }) => count(retries)),
                as.number("Wait p50", ({ waitMs }) => duration(waitMs.p50)),
                as.number("Wait p95", ({ waitMs }) => duration(waitMs.p95)),
                as.number("Run p50", ({ durationMs }) => duration(durationMs.p50)),
                as.number("Run p95", ({ durationMs }) => duration(durationMs.p95)),
                as.number("Run p99", ({ durationMs }) => duration(durationMs.p99)),
                as.number("CPU", ({ cpuSeconds }) => duration(cpuSeconds && cpuSeconds * 1_000)),
                as.number("Peak memory", ({ peakBytes }) => bytes(peakBytes)),
                as.text("Fails by", worst),
              ]}
            />
          </Panel>
        )}
      </Answer>
    </View>
  );
}
