/**
 * What is asked of whoever traces. Where nobody does there is none, and nothing is done.
 *
 * @module
 */
import type { JobSpec } from "../../messages/job.ts";
import type { Outcome } from "../../messages/outcome.ts";
import type { Job } from "../job.ts";

/** Traces jobs on their way. */
export interface Tracing {
  /** Submits jobs in a span; what they carry of it is their `traceparent`. */
  submitted<T>(
    specs: readonly JobSpec[],
    submit: (specs: readonly JobSpec[]) => Promise<T>,
  ): Promise<T>;
  /** A job that its caller waits for, with its `traceparent`. */
  begun(spec: JobSpec): JobSpec;
  /** An attempt goes to a worker; returns what the worker is told of its trace. */
  sent(job: Job): string;
  /** Jobs come back without having been begun. */
  returned(jobs: readonly Job[]): void;
  /** An attempt is over; null: its worker has died. */
  ended(job: Job, outcome: Outcome | null): void;
}

/**
 * Whether anybody is registered with OpenTelemetry: Deno's own by `OTEL_DENO=true`, or that of the
 * program that embeds us. Nothing is loaded to find out.
 */
export function isTraced(): boolean {
  const api: unknown = Reflect.get(globalThis, Symbol.for("opentelemetry.js.api.1"));
  return typeof api === "object" && api !== null && "trace" in api;
}
