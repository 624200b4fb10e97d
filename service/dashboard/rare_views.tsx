/**
 * Views that are loaded when one of them is opened.
 *
 * @module
 */
import { h } from "preact";
import { AlertsView } from "./alerts.tsx";
import { AuditView } from "./audit.tsx";
import { CapacityView } from "./capacity.tsx";
import { ConfigurationView } from "./configuration.tsx";
import { CostsView } from "./costs.tsx";
import { DecisionsView } from "./decisions.tsx";
import { DiagnosisView } from "./diagnosis.tsx";
import { OperationsView } from "./operations.tsx";
import { PoolsView } from "./pools.tsx";
import { ReportView } from "./report.tsx";
import { SchedulesView } from "./schedules.tsx";
import { SimulationsView } from "./simulations.tsx";
import type { Shows } from "./shows.ts";
import { WorkflowOne, WorkflowsView } from "./workflows.tsx";

/** By the names that addresses have for them. */
export const rareViews: Readonly<Record<string, Shows>> = {
  workflows: { all: () => <WorkflowsView />, one: (id) => <WorkflowOne id={id} key={id} /> },
  schedules: { all: () => <SchedulesView /> },
  pools: { all: () => <PoolsView /> },
  decisions: { all: () => <DecisionsView /> },
  simulations: { all: () => <SimulationsView /> },
  configuration: { all: () => <ConfigurationView /> },
  alerts: { all: () => <AlertsView /> },
  diagnosis: { all: () => <DiagnosisView /> },
  audit: { all: () => <AuditView /> },
  report: { all: () => <ReportView /> },
  operations: { all: () => <OperationsView /> },
  costs: { all: () => <CostsView /> },
  capacity: { all: () => <CapacityView /> },
};
