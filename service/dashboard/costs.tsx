/**
 * What jobs were worth: completion, costs, objectives, gains.
 *
 * @module
 */
import { Fragment, h } from "preact";
import { useState } from "preact/hooks";
import type { BusinessMetrics, BusinessPage } from "../../messages/business.ts";
import { useAsked } from "./asked.ts";
import { Badge } from "./badge.tsx";
import { Figures } from "./figures.tsx";
import { bytes, count, duration, label, money, percent } from "./format.ts";
import { labelOf, nameOf } from "./operations.tsx";
import { Answer, Panel, View } from "./panel.tsx";
import { Choice, windows } from "./range.tsx";
import { hrefOf } from "./route.ts";
import { Table } from "./table.tsx";

const breakdowns = ["operation", "priority", "projectId"] as const;

/** The view. */
export function CostsView() {
  const [window, setWindow] = useState<typeof windows[number]>("1h");
  const [by, setBy] = useState<typeof breakdowns[number]>("operation");
  const answer = useAsked<BusinessPage>(`metrics/business?window=${window}&by=${by}`, 5_000);
  return (
    <View
      title="Costs and worth"
      tools={
        <>
          <Choice name="By" of={breakdowns} chosen={by} onChoose={setBy} says={label} />
          <Choice name="Window" of={windows} chosen={window} onChoose={setWindow} />
        </>
      }
    >
      <Answer of={answer}>
        {(page) => (
          <>
            <Sums page={page} />
            <Panel title={`By ${label(by)}`}>
              <Worth rows={page.items} currency={page.costs?.currency ?? ""} />
            </Panel>
            <div class="grid two">
              <Objectives of={page.objectives} />
              <Gains of={page.gains} />
            </div>
          </>
        )}
      </Answer>
    </View>
  );
}

function Sums({ page: { all, utilisation, costs, workflows } }: { readonly page: BusinessPage }) {
  const { longest } = workflows;
  const figures = [
    ["Ended", count(all.ended)],
    ["Done", percent(all.completionRatio)],
    ["Done without help", percent(all.autonomousRatio)],
    ["Errors that a retry resolved", percent(all.resolvedRatio)],
    ["Workers were busy", percent(utilisation.busyRatio)],
    ["Worker time", duration(utilisation.workerSeconds * 1_000)],
    ["Costs", costs ? money(costs.total, costs.currency) : "no prices set"],
    ["Of that, idle", costs ? money(costs.idle, costs.currency) : "–"],
    ["Critical path, mean", duration(workflows.criticalPathMs)],
  ] as const;
  return (
    <Panel title="All jobs">
      <Figures of={figures} />
      {longest && (
        <p class="facts">
          The longest critical path took {duration(longest.criticalPathMs)}:{" "}
          <a href={hrefOf("workflows", longest.executionId)}>{longest.executionId}</a>
        </p>
      )}
    </Panel>
  );
}

const ways = { rising: " ↗", falling: " ↘", steady: "", null: "" } as const;

interface WorthProps {
  readonly rows: readonly BusinessMetrics[];
  readonly currency: string;
}

function Worth({ rows, currency }: WorthProps) {
  return (
    <Table
      name="What jobs were worth"
      rows={rows}
      keyOf={labelOf}
      empty="No job ended in this time."
      columns={(as) => [
        as.text("Name", nameOf),
        as.number("Ended", ({ ended }) => count(ended)),
        as.number("Done", ({ completionRatio }) => percent(completionRatio)),
        as.number("Without help", ({ autonomousRatio }) => percent(autonomousRatio)),
        as.number("Errors", ({ errorRatio, errorWay }) =>
          `${percent(errorRatio)}${ways[`${errorWay}`]}`),
        as.number("Retried", ({ retryRatio, retryWay }) =>
          `${percent(retryRatio)}${ways[`${retryWay}`]}`),
        as.number("Worker time", ({ workerSeconds }) =>
          duration(workerSeconds * 1_000)),
        as.number("CPU", ({ cpuSeconds }) =>
          duration(cpuSeconds * 1_000)),
        as.number("GB s", ({ gbSeconds }) =>
          count(gbSeconds)),
        as.number("Disk", ({ ioBytes }) => bytes(ioBytes)),
        as.number("Cost", ({ cost }) => money(cost, currency)),
        as.number("Idle", ({ idleCost }) => money(idleCost, currency)),
      ]}
    />
  );
}

const Objectives = ({ of }: { readonly of: BusinessPage["objectives"] }) => (
  <Panel title="Objectives">
    <Table
      name="Objectives"
      rows={of}
      keyOf={({ name }) => name}
      empty="None are set: slo of the configuration names them."
      columns={(as) => [
        as.text("Name", ({ name }) => name),
        as.text("", ({ met }) => met === null ? "" : <Badge state={met ? "met" : "missed"} />),
        as.number("Good", ({ complianceRatio }) => percent(complianceRatio)),
        as.number("Wanted", ({ goodRatio }) => percent(goodRatio)),
        as.number("Burn 5 m", ({ burnRates }) => count(burnRates["5m"])),
        as.number("Burn 1 h", ({ burnRates }) => count(burnRates["1h"])),
      ]}
    />
  </Panel>
);

const Gains = ({ of }: { readonly of: BusinessPage["gains"] }) => (
  <Panel title="Less time than at first">
    <Table
      name="Gains"
      rows={of}
      keyOf={({ operation }) => operation ?? "all"}
      empty="An operation needs 200 jobs to be compared with, and as many since."
      columns={(as) => [
        as.text("Operation", ({ operation }) => operation ?? "all"),
        as.text("", ({ verdict }) => <Badge state={verdict} />),
        as.number("Gain", ({ gainRatio }) => percent(gainRatio)),
        as.number(
          "95 %",
          ({ lowRatio, highRatio }) => `${percent(lowRatio)} to ${percent(highRatio)}`,
        ),
      ]}
    />
  </Panel>
);
