/**
 * Spans of jobs: `submit`, `wait` and `run` in this process; the worker's own lie below `run`.
 *
 * Which traces are recorded is for the sampler of whoever is registered to say, once for each
 * trace. Of jobs whose trace is not recorded nothing is kept here.
 *
 * @module
 */
import {
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
  type Tracer,
} from "@opentelemetry/api";
import type { JobSpec } from "../../messages/job.ts";
import type { Outcome } from "../../messages/outcome.ts";
import { type Job, jobId, operationOf } from "../job.ts";
import type { Clock, Random } from "../ports.ts";
import { version } from "../version.ts";
import type { Tracing } from "./port.ts";

const form = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

const produced = { kind: SpanKind.PRODUCER };

/** An attempt that lies in a worker. */
interface Attempt {
  readonly span: Span;
  readonly sentMs: number;
}

/** What is asked of the outside. */
interface Outside {
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * Traces through what is registered with OpenTelemetry. Of the jobs that nobody traced before, `ratio`
 * (0..1) begin a trace.
 */
export function openTracing({ clock, random }: Outside, ratio: number): Tracing {
  const tracer = trace.getTracer("flyball", version);
  const attempts = new Map<Job, Attempt>();
  const wallOf = (atMs: number) => new Date(clock.wallMs() - clock.nowMs() + atMs);

  /** A span that was begun for these jobs, and what they carry of it. */
  const submitting = (traceparent: string | undefined, jobs: number) => {
    const options = {
      kind: SpanKind.PRODUCER,
      attributes: { "flyball.jobs": jobs },
    };
    const span = tracer.startSpan("submit", options, parentOf(traceparent));
    return { span, traceparent: textOf(span) ?? traceparent };
  };

  const isLeftOut = (traceparent: string | undefined) =>
    ratio < 1 && isUntraced(traceparent) && random.unit() >= ratio;

  return {
    async submitted(specs, submit) {
      if (!specs.every(isTraceable)) return await submit(specs);
      const groups = [...Map.groupBy(specs, ({ traceparent }) => traceparent)]
        .filter(([traceparent]) => !isLeftOut(traceparent));
      const spans = new Map(groups.map(([key, jobs]) => [key, submitting(key, jobs.length)]));
      try {
        return await submit(specs.map((spec) => joined(spec, spans.get(spec.traceparent))));
      } catch (error) {
        for (const { span } of spans.values()) failed(span, error);
        throw error;
      } finally {
        for (const { span } of spans.values()) span.end();
      }
    },
    begun(spec) {
      if (!isTraceable(spec) || isLeftOut(spec.traceparent)) return spec;
      if (spec.traceparent === undefined && spec.task !== undefined) return begunHere(tracer, spec);
      const submitted = submitting(spec.traceparent, 1);
      submitted.span.end();
      return joined(spec, submitted);
    },
    sent(job) {
      const { traceparent } = job.spec;
      if (traceparent === undefined || !isRecorded(traceparent)) return traceparent ?? "";
      const sentMs = clock.nowMs();
      const options = {
        kind: SpanKind.CONSUMER,
        attributes: attributesOf(job),
        startTime: wallOf(sentMs),
      };
      const span = tracer.startSpan("run", options, carried(traceparent));
      attempts.set(job, { span, sentMs });
      return textOf(span) ?? traceparent;
    },
    returned(jobs) {
      if (attempts.size === 0) return;
      for (const job of jobs) attempts.delete(job);
    },
    ended(job, outcome) {
      const attempt = attempts.size === 0 ? undefined : attempts.get(job);
      if (attempt === undefined) return;
      attempts.delete(job);
      const startTime = wallOf(Math.min(job.dueMs, attempt.sentMs));
      const options = { attributes: attributesOf(job), startTime };
      const wait = tracer.startSpan("wait", options, carried(job.spec.traceparent));
      wait.end(wallOf(attempt.sentMs));
      settle(attempt.span, outcome);
      attempt.span.end();
    },
  };
}

/** No trace is told, and none is under way. */
const isUntraced = (traceparent: string | undefined): boolean =>
  traceparent === undefined && trace.getActiveSpan() === undefined;

const isTraceable = (spec: JobSpec): boolean =>
  typeof spec === "object" && spec !== null &&
  (spec.traceparent === undefined || form.test(spec.traceparent));

/** A task that nobody traced before us: where its trace is not recorded there is nothing to tell on. */
function begunHere(tracer: Tracer, spec: JobSpec): JobSpec {
  const span = tracer.startSpan("submit", produced);
  if ((span.spanContext().traceFlags & 1) === 0) return spec;
  span.setAttribute("flyball.jobs", 1).end();
  return { ...spec, traceparent: textOf(span)! };
}

const joined = (spec: JobSpec, submitted?: { readonly traceparent: string | undefined }) =>
  submitted?.traceparent === undefined ? spec : { ...spec, traceparent: submitted.traceparent };

/** The last digit says it. */
const isRecorded = (traceparent: string): boolean =>
  (parseInt(traceparent.slice(-1), 16) & 1) === 1;

/** What is under way, where that is of the same trace; else what was sent along. */
function parentOf(traceparent: string | undefined) {
  if (traceparent === undefined) return context.active();
  const traceId = trace.getActiveSpan()?.spanContext().traceId;
  return traceId === traceparent.slice(3, 35)
    ? context.active()
    : propagation.extract(ROOT_CONTEXT, { traceparent });
}

/** What a job carries is its parent, whatever is under way. */
const carried = (traceparent: string | undefined) =>
  propagation.extract(ROOT_CONTEXT, { traceparent });

function textOf(span: Span): string | undefined {
  const { traceId, spanId, traceFlags } = span.spanContext();
  if (/^0*$/.test(traceId)) return undefined;
  return `00-${traceId}-${spanId}-${(traceFlags & 1) === 1 ? "01" : "00"}`;
}

function attributesOf({ id, spec, attempt }: Job): Record<string, string | number> {
  const { correlationId, projectId, executionId } = spec;
  return {
    "flyball.job.id": jobId(id),
    "flyball.operation": operationOf(spec),
    "flyball.attempt": attempt,
    ...(correlationId !== undefined && { correlation_id: correlationId }),
    ...(projectId !== undefined && { project_id: projectId }),
    ...(executionId !== undefined && { execution_id: executionId }),
  };
}

function settle(span: Span, outcome: Outcome | null): void {
  if (outcome === null) {
    span.setAttribute("flyball.outcome", "lost");
    span.setStatus({ code: SpanStatusCode.ERROR, message: "its worker ended" });
    return;
  }
  const { type, code, worker } = outcome;
  span.setAttribute("flyball.outcome", type);
  if (worker !== null) span.setAttribute("flyball.worker", worker);
  if (type === "done") return;
  if (code !== undefined) span.setAttribute("flyball.code", code);
  span.setStatus({ code: SpanStatusCode.ERROR, message: code ?? type });
}

function failed(span: Span, error: unknown): void {
  span.setStatus({
    code: SpanStatusCode.ERROR,
    message: error instanceof Error ? error.message : String(error),
  });
}
