/**
 * What would have been: a workload under other policies and sizes, by the very code that decides.
 *
 * @module
 */
import { Fragment, h } from "preact";
import { useState } from "preact/hooks";
import type { Report, ReportRow } from "../../simulation/what_if.ts";
import { type Problem, send } from "./api.ts";
import { count, duration } from "./format.ts";
import { Empty, Panel, Trouble, View } from "./panel.tsx";
import { scenarios } from "./scenarios.ts";
import { Table } from "./table.tsx";
import { policiesOf, polyline, sweepOf } from "./what_if.ts";

/** What the fields amount to, as the API takes it. */
function wishOf(fields: FormData): Record<string, unknown> {
  const text = (name: string) => String(fields.get(name) ?? "").trim();
  const sweep = sweepOf(text("sweep"));
  const max = Number(text("max"));
  const csv = text("csv");
  const startMs = text("startMs");
  return {
    ...(csv ? { csv, binMs: 60_000, serviceMs: 1_000 } : { scenario: text("scenario") }),
    policies: policiesOf(text("policies")),
    ...(sweep && { sweep }),
    ...(max > 0 && { max }),
    ...(startMs && { startMs: Number(startMs) }),
  };
}

/** The view. */
export function SimulationsView() {
  const [report, setReport] = useState<Report | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const [isRunning, setRunning] = useState(false);
  const run = async (event: SubmitEvent) => {
    event.preventDefault();
    setRunning(true);
    setWrong(null);
    try {
      const wish = wishOf(new FormData(event.currentTarget as HTMLFormElement));
      setReport(await send<Report>("POST", "simulations", wish));
    } catch (error) {
      setWrong((error as Problem).message);
    }
    setRunning(false);
  };
  return (
    <View title="Simulations" lead="A workload under other policies and sizes, in virtual time.">
      <Panel title="What if">
        <form class="form" onSubmit={run}>
          <Fields />
          {wrong && <Trouble>{wrong}</Trouble>}
          <footer>
            <button type="submit" class="primary" disabled={isRunning}>
              {isRunning ? "Running …" : "Run"}
            </button>
          </footer>
        </form>
      </Panel>
      {report === null
        ? <Empty>Nothing was simulated yet. Nothing here touches the pools that run.</Empty>
        : <Shown report={report} />}
    </View>
  );
}

const Fields = () => (
  <>
    <div class="row">
      <label>
        Workload
        <select name="scenario">
          {scenarios.map((name) => <option key={name} value={name}>{name}</option>)}
        </select>
      </label>
      <label>
        Policies
        <input
          name="policies"
          defaultValue="governor target"
          title="fixed:workers=8 has an option"
        />
      </label>
      <label>
        Sweep
        <input name="sweep" placeholder="max=4..32" />
      </label>
      <label>
        Workers at most
        <input name="max" type="number" min={1} max={1_000} placeholder="400" />
      </label>
      <label>
        A start takes, ms
        <input name="startMs" type="number" min={0} placeholder="20" />
      </label>
    </div>
    <details>
      <summary>Another workload, as CSV</summary>
      <textarea
        name="csv"
        rows={4}
        aria-label="Workload as CSV"
        placeholder="jobs of each minute"
      />
    </details>
  </>
);

function Shown({ report }: { readonly report: Report }) {
  const { trace, jobs, spanS, serviceMeanMs, bestFixed, rows, remarks } = report;
  return (
    <Panel title={`${trace}: ${count(jobs)} jobs in ${duration(spanS * 1_000)}`}>
      <p class="facts">
        A job runs for {duration(serviceMeanMs)}. The best pool of one size has{" "}
        <b>{bestFixed.workers}</b> {bestFixed.workers === 1 ? "worker" : "workers"}:{" "}
        {count(bestFixed.latePercent)} % late. {remarks.join(" ")}
      </p>
      <Curves report={report} />
      <Table<ReportRow>
        name="Outcomes"
        rows={rows}
        keyOf={({ policy }) => policy}
        empty=""
        columns={(as) => [
          as.text("Policy", ({ policy }) => <b>{policy}</b>),
          as.number("Wait p50", ({ waitP50Ms }) => duration(waitP50Ms)),
          as.number("p95", ({ waitP95Ms }) => duration(waitP95Ms)),
          as.number("p99", ({ waitP99Ms }) => duration(waitP99Ms)),
          as.number("Late", ({ latePercent }) => `${count(latePercent)} %`),
          as.number("Worker time", ({ workerSeconds }) => duration(workerSeconds * 1_000)),
          as.number("Most", ({ workersMost }) => count(workersMost)),
          as.number("Resizes", ({ resizes }) => count(resizes)),
          as.number("Against the best", ({ regretPercent: more }) =>
            `${more > 0 ? "+" : ""}${count(Math.round(more * 10) / 10)} %`),
        ]}
      />
    </Panel>
  );
}

/** Workers over the workload, and the load that they are there for. */
function Curves({ report: { loadCurve, rows } }: { readonly report: Report }) {
  const lines = [
    { name: "load", values: loadCurve, colour: 6 },
    ...rows.slice(0, 5).map(({ policy, workersCurve }, i) => (
      { name: policy, values: workersCurve, colour: i + 1 }
    )),
  ];
  const most = Math.max(...lines.flatMap(({ values }) => values));
  const name = `Workers over time, at most ${count(most)}`;
  return (
    <figure class="chart">
      <figcaption>
        {lines.map(({ name, colour }) => (
          <span key={name}>
            <i class={`key c${colour}`} />
            {name}
          </span>
        ))}
        <span class="hint">highest {count(most)}</span>
      </figcaption>
      <svg
        class="curves"
        viewBox="0 0 100 100"
        preserveAspectRatio="none"
        role="img"
        aria-label={name}
      >
        {lines.map(({ name, values, colour }) => (
          <polyline key={name} class={`c${colour}`} points={polyline(values, most)} />
        ))}
      </svg>
    </figure>
  );
}
