/**
 * The list of views.
 *
 * @module
 */
import { type ComponentChildren, h } from "preact";
import { AlertsView } from "./alerts.tsx";
import { CapacityView } from "./capacity.tsx";
import { CostsView } from "./costs.tsx";
import { ConfigurationView } from "./configuration.tsx";
import { DecisionsView } from "./decisions.tsx";
import { DiagnosisView } from "./diagnosis.tsx";
import { JobPage } from "./job.tsx";
import { JobsView } from "./jobs.tsx";
import { OperationsView } from "./operations.tsx";
import { OverviewView } from "./overview.tsx";
import { Empty, View } from "./panel.tsx";
import { PoolsView } from "./pools.tsx";
import type { Place } from "./route.ts";
import { SchedulesView } from "./schedules.tsx";
import { SimulationsView } from "./simulations.tsx";
import { WorkflowOne, WorkflowsView } from "./workflows.tsx";

/** A view: what it is called, and what it shows, of one thing where it is given an id. */
interface ViewEntry {
  readonly title: string;
  readonly all: () => ComponentChildren;
  readonly one?: (id: string) => ComponentChildren;
}

const views: Readonly<Record<string, ViewEntry>> = {
  overview: { title: "Overview", all: () => <OverviewView /> },
  jobs: { title: "Jobs", all: () => <JobsView />, one: (id) => <JobPage id={id} key={id} /> },
  workflows: {
    title: "Workflows",
    all: () => <WorkflowsView />,
    one: (id) => <WorkflowOne id={id} key={id} />,
  },
  schedules: { title: "Schedules", all: () => <SchedulesView /> },
  pools: { title: "Pools", all: () => <PoolsView /> },
  decisions: { title: "Decisions", all: () => <DecisionsView /> },
  alerts: { title: "Alerts", all: () => <AlertsView /> },
  diagnosis: { title: "Diagnosis", all: () => <DiagnosisView /> },
  operations: { title: "Operations", all: () => <OperationsView /> },
  costs: { title: "Costs and worth", all: () => <CostsView /> },
  simulations: { title: "Simulations", all: () => <SimulationsView /> },
  configuration: { title: "Configuration", all: () => <ConfigurationView /> },
  capacity: { title: "Capacity", all: () => <CapacityView /> },
};

/** Views as the navigation groups them. */
export const groups = [
  { name: "Jobs", views: ["overview", "jobs", "workflows", "schedules"] },
  { name: "Size", views: ["pools", "decisions", "simulations", "configuration"] },
  { name: "Insight", views: ["alerts", "diagnosis", "operations", "costs", "capacity"] },
] as const;

/** What a view is called. */
export const titleOf = (view: string): string => views[view]?.title ?? view;

/** What is at a place. */
export function shown({ view, id }: Place): ComponentChildren {
  const entry = views[view];
  if (entry === undefined) {
    return (
      <View title="Nothing here">
        <Empty>There is no view {view}.</Empty>
      </View>
    );
  }
  return id !== null && entry.one ? entry.one(id) : entry.all();
}
