/**
 * A collector of OpenTelemetry (OTLP over HTTP, as JSON) on loopback.
 *
 * @module
 */

/** A span as it came. */
export interface SunkSpan {
  readonly service: string;
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  /** Empty: it has none. */
  readonly parentSpanId: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** 2: it went wrong. */
  readonly status: number;
}

interface Attribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

interface Resource {
  readonly resource: { readonly attributes: readonly Attribute[] };
}

/** Opens a sink; it closes when disposed. */
export function otlpSink() {
  const spans: SunkSpan[] = [];
  const metrics = new Map<string, unknown>();
  const logs: { readonly body: string; readonly traceId: string }[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    const body = await request.json();
    for (const all of body.resourceSpans ?? []) {
      for (const { spans: some } of all.scopeSpans) {
        for (const span of some) spans.push(spanOf(all, span));
      }
    }
    for (const { scopeMetrics } of body.resourceMetrics ?? []) {
      for (const { metrics: some } of scopeMetrics) {
        for (const metric of some) metrics.set(metric.name, metric);
      }
    }
    for (const { scopeLogs } of body.resourceLogs ?? []) {
      for (const { logRecords } of scopeLogs) {
        for (const { body, traceId = "" } of logRecords) {
          logs.push({ body: body?.stringValue ?? "", traceId });
        }
      }
    }
    return Response.json({});
  });
  return {
    spans,
    metrics,
    logs,
    /** What lets a process send here. */
    env: {
      OTEL_DENO: "true",
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${server.addr.port}`,
      OTEL_SERVICE_NAME: "flyball",
      OTEL_BSP_SCHEDULE_DELAY: "50",
      OTEL_BLRP_SCHEDULE_DELAY: "50",
      OTEL_METRIC_EXPORT_INTERVAL: "500",
    },
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

const textsOf = (attributes: readonly Attribute[] = []) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, String(Object.values(value)[0])]));

function spanOf({ resource }: Resource, span: Record<string, unknown>): SunkSpan {
  return {
    service: textsOf(resource.attributes)["service.name"]!,
    name: String(span["name"]),
    traceId: String(span["traceId"]),
    spanId: String(span["spanId"]),
    parentSpanId: String(span["parentSpanId"] ?? ""),
    attributes: textsOf(span["attributes"] as Attribute[]),
    status: (span["status"] as { code?: number } | undefined)?.code ?? 0,
  };
}
