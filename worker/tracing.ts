/**
 * Spans of jobs in this process, below those of the service, and what children are told of them.
 *
 * Deno registers OpenTelemetry under a symbol of its interface (`OTEL_DENO=true`); where it is not
 * there, or the trace is not recorded, there is no span.
 *
 * @module
 */
import type { Start, Variables } from "./start.ts";
import type { Ended } from "./tasks.ts";

/** The part of a registered OpenTelemetry that is used. */
interface Telemetry {
  readonly trace: { getTracer(name: string): Tracer };
  readonly context: { active(): Context; with<T>(context: Context, fn: () => T): T };
  readonly propagation: {
    extract(context: Context, carrier: Carrier, by: typeof getter): Context;
  };
}

interface Tracer {
  startSpan(name: string, options: { readonly attributes: Attributes }, parent: Context): Span;
}

interface Context {
  setValue(key: symbol, value: unknown): Context;
}

interface Span {
  spanContext(): { readonly traceId: string; readonly spanId: string };
  setStatus(status: { readonly code: number; readonly message?: string }): void;
  end(): void;
}

type Attributes = Readonly<Record<string, string | number>>;
type Carrier = Readonly<Record<string, string>>;

/** Names that `@opentelemetry/api` has for what it registers, and for the span of a context. */
const registered = Symbol.for("opentelemetry.js.api.1");
const spanKey = Symbol.for("OpenTelemetry Context Key SPAN");
/** Code of a span that went wrong. */
const error = 2;

const getter = {
  get: (carrier: Carrier, name: string) => carrier[name],
  keys: (carrier: Carrier) => Object.keys(carrier),
};

// Tasks share our globals and may replace them.
const telemetry = Reflect.get(globalThis, registered) as Telemetry | undefined;
const tracer = telemetry?.trace?.getTracer("flyball-worker");

/** The span of one job. */
export interface JobSpan {
  /** Its `traceparent`. */
  readonly trace: string;
  /** Runs the job in it; it ends with the job. */
  around(run: () => Ended | Promise<Ended>): Ended | Promise<Ended>;
}

/** Begins the span of a job; `source` is the file of its task, empty for a command. */
export function spanOf({ trace, attempt }: Start, source: string): JobSpan | null {
  if (telemetry === undefined || tracer === undefined || !isRecorded(trace)) return null;
  const { context, propagation } = telemetry;
  const parent = propagation.extract(context.active(), { traceparent: trace }, getter);
  const name = source === "" ? "command" : source.slice(source.lastIndexOf("/") + 1);
  const span = tracer.startSpan(name, { attributes: { "flyball.attempt": attempt } }, parent);
  const { traceId, spanId } = span.spanContext();
  const end = (ended: Ended): Ended => {
    if (ended.ending !== 0) span.setStatus({ code: error });
    span.end();
    return ended;
  };
  return {
    trace: `00-${traceId}-${spanId}-01`,
    around(run) {
      const ended = context.with(parent.setValue(spanKey, span), run);
      return ended instanceof Promise ? ended.then(end) : end(ended);
    },
  };
}

/** The last digit says it. */
const isRecorded = (trace: string) => (parseInt(trace.slice(-1), 16) & 1) === 1;

/** A command that is a child of a trace is told so. */
export const traceVariables = (trace: string): Variables =>
  trace === "" ? {} : { TRACEPARENT: trace };
