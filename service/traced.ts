/**
 * The span of a request, where somebody traces.
 *
 * Deno makes one for `node:http` as well, but nothing that the request leads to is in it; behind
 * `Deno.serve` everything is, and then there is no need of another.
 *
 * @module
 */
import { context, propagation, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";

/** Answers a request in a span of the trace that its headers name. */
export async function traced(
  request: Request,
  answer: () => Response | Promise<Response>,
): Promise<Response> {
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
