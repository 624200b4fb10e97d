/**
 * The list of views.
 *
 * @module
 */
import { type ComponentChildren, h } from "preact";
import { JobPage } from "./job.tsx";
import { JobsView } from "./jobs.tsx";
import { Later } from "./later.tsx";
import { OverviewView } from "./overview.tsx";
import { Empty, View } from "./panel.tsx";
import type { Place } from "./route.ts";
import { shownBy, type Shows } from "./shows.ts";

const titles: Readonly<Record<string, string>> = {
  overview: "Overview",
  jobs: "Jobs",
  workflows: "Workflows",
  schedules: "Schedules",
  pools: "Pools",
  decisions: "Decisions",
  simulations: "Simulations",
  configuration: "Configuration",
  alerts: "Alerts",
  diagnosis: "Diagnosis",
  audit: "Audit",
  report: "Report",
  operations: "Operations",
  costs: "Costs and worth",
  capacity: "Capacity",
};

/** Those that most people open first; the others come when they are opened. */
const first: Readonly<Record<string, Shows>> = {
  overview: { all: () => <OverviewView /> },
  jobs: { all: () => <JobsView />, one: (id) => <JobPage id={id} key={id} /> },
};

/** Views as the navigation groups them. */
export const groups = [
  { name: "Jobs", views: ["overview", "jobs", "workflows", "schedules"] },
  { name: "Size", views: ["pools", "decisions", "simulations", "configuration"] },
  {
    name: "Insight",
    views: ["alerts", "diagnosis", "audit", "report", "operations", "costs", "capacity"],
  },
] as const;

/** What a view is called. */
export const titleOf = (view: string): string => titles[view] ?? view;

/** What is at a place. */
export function shown(place: Place): ComponentChildren {
  const { view } = place;
  if (first[view]) return shownBy(first[view], place);
  if (titles[view]) return <Later place={place} title={titleOf(view)} />;
  return (
    <View title="Nothing here">
      <Empty>There is no view {view}.</Empty>
    </View>
  );
}
