/** OpenTelemetry by Deno's own means: a service, its workers and their children in one trace. */
import { assert, assertEquals } from "@std/assert";
import { tempFolder } from "./live.ts";
import { otlpSink, type SunkSpan } from "./otlp_sink.ts";
import { serveIn } from "./serving.ts";
import { until } from "./until.ts";

const traceId = "0af7651916cd43dd8448eb211c80319c";
const caller = "b7ad6b7169203331";
const printing = new URL("tasks/printing", import.meta.url).pathname;
const printTrace = ["sh", "-c", 'printf %s "$TRACEPARENT"'];

/** From the span up to the one that has no parent among them. */
function line(spans: readonly SunkSpan[], span: SunkSpan): string[] {
  const parent = spans.find(({ spanId }) => spanId === span.parentSpanId);
  return [`${span.service} ${span.name}`, ...(parent ? line(spans, parent) : [])];
}

Deno.test("otel: request, submit, run, worker and child are one trace", async () => {
  await using folder = await tempFolder();
  await using sink = otlpSink();
  await using service = await serveIn({ cwd: folder.path, env: sink.env }, "--tasks", printing);
  const headers = { traceparent: `00-${traceId}-${caller}-01` };
  const ask = async (body: unknown) => {
    const { body: { jobs: [job] } } = await service
      .ask("POST", "/api/v1/jobs?wait=30s", body, headers);
    return job.outcome;
  };
  const printed = await ask({ command: printTrace, projectId: "p", correlationId: "c" });
  assertEquals((await ask({ task: "prints" })).type, "done");
  assertEquals((await ask({ command: ["false"] })).type, "failed");
  const [, childTrace, childSpan] = printed.stdout.split("-");
  assertEquals(childTrace, traceId);

  const named = (name: string) => sink.spans.filter((span) => span.name === name);
  const own = () => sink.spans.filter(({ name }) => name !== "GET");
  // Processes send on their own, so a parent may come after its child.
  const isConnected = () => {
    const ids = new Set([caller, ...own().map(({ spanId }) => spanId)]);
    return own().every(({ parentSpanId }) => ids.has(parentSpanId));
  };
  // One span a request: that of the server, and none of ours beside it.
  const counts = { POST: 3, run: 3, submit: 3, wait: 3, command: 2, "prints.ts": 1 };
  await until(() =>
    Object.entries(counts).every(([name, count]) => named(name).length === count) && isConnected()
  );
  assert(own().every((span) => span.traceId === traceId), JSON.stringify(own()));

  const child = own().find(({ spanId }) => spanId === childSpan)!;
  const path = ["flyball run", "flyball submit", "flyball POST"];
  assertEquals(line(own(), child), ["flyball-worker command", ...path]);
  assertEquals(line(own(), named("prints.ts")[0]!), ["flyball-worker prints.ts", ...path]);
  const runs = named("run").map(({ attributes, status }) => [
    attributes["flyball.operation"],
    attributes["flyball.outcome"],
    status,
  ]);
  assertEquals(runs.sort(), [["false", "failed", 2], ["prints", "done", 0], ["sh", "done", 0]]);
  const { attributes } = named("run").find(({ attributes }) => attributes["project_id"] === "p")!;
  assertEquals(attributes["correlation_id"], "c");
  const names = ["flyball_workers", "queue_length", "flyball_job_duration_seconds_count"];
  await until(() => names.every((name) => sink.metrics.has(name)));
  // What a task prints is in the trace of its job.
  const said = (text: string) => sink.logs.find(({ body }) => body.startsWith(text))?.traceId;
  await until(() => said("at once") !== undefined && said("after a while") !== undefined);
  assertEquals([said("at once"), said("after a while")], [traceId, traceId]);
  await until(() => sink.logs.some(({ body }) => /^flyball \S+ on http:/.test(body)));
});

Deno.test("otel: what the caller does not record is not recorded, and is told on", async () => {
  await using folder = await tempFolder();
  await using sink = otlpSink();
  const env = { ...sink.env, OTEL_TRACES_SAMPLER: "parentbased_always_on" };
  await using service = await serveIn({ cwd: folder.path, env });
  const headers = { traceparent: `00-${traceId}-${caller}-00` };
  const body = { command: printTrace };
  const { body: { jobs: [job] } } = await service
    .ask("POST", "/api/v1/jobs?wait=30s", body, headers);
  assertEquals(job.outcome.stdout.split("-").filter((_: string, i: number) => i !== 2), [
    ...["00", traceId, "00"],
  ]);
  const recorded = await service.ask("POST", "/api/v1/jobs?wait=30s", body, {});
  assertEquals(recorded.status, 200);
  await until(() => sink.spans.some(({ name }) => name === "run"));
  assert(sink.spans.every((span) => span.traceId !== traceId), JSON.stringify(sink.spans));
});

Deno.test("otel: without it a child is still told of the trace of its job", async () => {
  await using folder = await tempFolder();
  await using service = await serveIn({ cwd: folder.path });
  const traceparent = `00-${traceId}-${caller}-01`;
  const { body: { jobs: [job] } } = await service
    .ask("POST", "/api/v1/jobs?wait=30s", { command: printTrace }, { traceparent });
  assertEquals(job.outcome.stdout, traceparent);
});
