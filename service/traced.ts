/**
 * The span of a request, where somebody traces.
 *
 * Deno makes one for `node:http` but lets nothing that the request leads to be in it: the door hands
 * it over. Behind `Deno.serve` everything is in it already. Where there is none, one is made.
 *
 * @module
 */
import {
  context,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";

/** Answers a request in a span of the trace that its headers name: in that of its server, if known. */
export async function traced(
  request: Request,
  answer: () => Response | Promise<Response>,
  known?: unknown,
): Promise<Response> {
  if (isSpan(known)) return await context.with(trace.setSpan(context.active(), known), answer);
  if (trace.getActiveSpan()) return await answer();
  const parent = propagation.extract(context.active(), request.headers, {
    get: (headers, name) => headers.get(name) ?? undefined,
    keys: (headers) => [...headers.keys()],
  });
  const options = {
    kind: SpanKind.SERVER,
    attributes: {
      "http.request.method": request.method,
      "url.path": new URL(request.url).pathname,
    },
  };
  const span = trace.getTracer("flyball").startSpan(request.method, options, parent);
  try {
    const response = await context.with(trace.setSpan(parent, span), answer);
    span.setAttribute("http.response.status_code", response.status);
    if (response.status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
    return response;
  } finally {
    span.end();
  }
}

const isSpan = (value: unknown): value is Span =>
  typeof (value as Partial<Span> | null | undefined)?.spanContext === "function";
