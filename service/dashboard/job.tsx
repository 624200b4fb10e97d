/**
 * One job: where it stands and why, what its time went into, what it said, how it ended.
 *
 * @module
 */
import { Fragment, h } from "preact";
import type { JobView } from "../../messages/job.ts";
import type { WhyJob } from "../../messages/status.ts";
import type { JobTrace } from "../../messages/trace.ts";
import { type Asked, useAsked } from "./asked.ts";
import { Badge, Instant, JobLink } from "./badge.tsx";
import { Details, Raw } from "./details.tsx";
import { Figures } from "./figures.tsx";
import { bytes, duration } from "./format.ts";
import { JobActions } from "./job_actions.tsx";
import { JobLog } from "./job_log.tsx";
import { workOf } from "./jobs.tsx";
import { Answer, Panel, View } from "./panel.tsx";
import { hrefOf } from "./route.ts";
import { Waterfall } from "./waterfall.tsx";

/** What the head of the view says already. */
const placed = ["id", "state", "outcome", "task", "command", "shell", "after", "executionId"];

/** The view. */
export function JobPage({ id }: { readonly id: string }) {
  const path = `jobs/${encodeURIComponent(id)}`;
  const answer = useAsked<JobView>(path, 1_000);
  const isOver = answer.data?.outcome !== undefined;
  // What has ended is looked at once more, and no more after that.
  const why = useAsked<WhyJob>(answer.data && !isOver ? `${path}/why` : null, 1_000);
  const trace = useAsked<JobTrace>(answer.data && `${path}/trace`, isOver ? 0 : 1_000);
  const tools = answer.data && (
    <>
      <Badge state={answer.data.state} />
      <JobActions job={answer.data} onDone={answer.again} />
    </>
  );
  return (
    <View
      title={`Job ${id}`}
      lead={answer.data && <code>{workOf(answer.data)}</code>}
      tools={tools}
    >
      <Answer of={answer}>
        {(job) => (
          <>
            {!isOver && <Why of={why} />}
            {job.outcome && <Ending job={job} />}
            <Panel title="What its time went into">
              <Answer of={trace}>{(known) => <Waterfall trace={known} />}</Answer>
            </Panel>
            <div class="grid two">
              <JobLog id={id} key={`${id} ${job.acceptedAt}`} />
              <Panel title="The job">
                <Relations job={job} />
                <Details of={job as never} without={placed} />
                <Raw of={job} />
              </Panel>
            </div>
          </>
        )}
      </Answer>
    </View>
  );
}

/** Why it waits: the first gate that holds it. */
function Why({ of }: { readonly of: Asked<WhyJob> }) {
  return (
    <Panel title="Why it has not ended" class="why">
      <Answer of={of}>
        {({ gate, because, ahead, etaMs }) => (
          <>
            <p class="sentence" role="status">{because}</p>
            <p class="facts">
              Gate <b>{gate}</b>
              {ahead !== null && ` · ${ahead} ahead`}
              {etaMs !== null && ` · begins in about ${duration(etaMs)}`}
            </p>
          </>
        )}
      </Answer>
    </Panel>
  );
}

function Relations({ job: { after, executionId } }: { readonly job: JobView }) {
  return (
    <>
      {executionId && (
        <p class="facts">
          Part of workflow <a href={hrefOf("workflows", executionId)}>{executionId}</a>
        </p>
      )}
      {after && after.length > 0 && (
        <p class="facts">After {after.map((each) => <JobLink key={each} id={each} />)}</p>
      )}
    </>
  );
}

/** How it ended, with its numbers. */
function Ending({ job: { outcome, endedAt } }: { readonly job: JobView }) {
  const { type, message, code, category, exitCode, waitMs, durationMs, attempts, worker, cache } =
    outcome!;
  const { cpuSeconds, peakBytes, ioBytes } = outcome!.resources;
  const facts = [
    ["Waited", duration(waitMs)],
    ["Ran", duration(durationMs)],
    ["Attempts", attempts],
    ["CPU", duration(cpuSeconds === null ? null : cpuSeconds * 1_000)],
    ["Memory", bytes(peakBytes)],
    ["Read and written", bytes(ioBytes)],
    ["Worker", worker ?? (cache === "hit" ? "none: its result was there" : "none")],
    ...exitCode === undefined || exitCode === null ? [] : [["Exit code", exitCode] as const],
  ] as const;
  return (
    <Panel
      title={
        <>
          Ended <Badge state={type} />
        </>
      }
      tools={
        <span class="hint">
          <Instant at={endedAt} />
        </span>
      }
    >
      {message && <p class="sentence">{message}</p>}
      {code && <p class="facts">{[category, code].filter(Boolean).join(" · ")}</p>}
      <Figures of={facts} />
      {outcome!.output !== undefined && <pre>{JSON.stringify(outcome!.output, null, 2)}</pre>}
    </Panel>
  );
}
