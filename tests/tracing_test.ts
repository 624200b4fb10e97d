/** Which jobs begin a trace. */
import { type Span, trace, TraceFlags, type Tracer } from "@opentelemetry/api";
import { assertEquals } from "@std/assert";
import { openTracing } from "../actors/tracing/tracing.ts";
import { ManualClock } from "./manual_clock.ts";

const told = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

/** A provider that records what its sampler says, and the names of what was begun. */
function provider(isSampled: () => boolean) {
  const begun: string[] = [];
  const spanOf = (): Span => {
    const traceFlags = isSampled() ? TraceFlags.SAMPLED : TraceFlags.NONE;
    const digit = String(begun.length % 9 + 1);
    const span = { traceId: digit.repeat(32), spanId: digit.repeat(16), traceFlags };
    return trace.wrapSpanContext(span);
  };
  const tracer: Tracer = {
    startSpan(name) {
      begun.push(name);
      return spanOf();
    },
    startActiveSpan: () => {
      throw new Error("not used");
    },
  };
  trace.setGlobalTracerProvider({ getTracer: () => tracer });
  return { begun, [Symbol.dispose]: () => trace.disable() };
}

const chances = (...values: number[]) => ({ unit: () => values.shift()! });

Deno.test("tracing: what no sampler records is not told on, what a caller tells is", () => {
  using all = provider(() => false);
  const tracing = openTracing({ clock: new ManualClock(), random: chances() }, 1);
  assertEquals(tracing.begun({ task: "t" }), { task: "t" });
  const traced = tracing.begun({ task: "t", traceparent: told }).traceparent!;
  assertEquals(traced.endsWith("-00"), true);
  assertEquals(all.begun, ["submit", "submit"]);
});

Deno.test("tracing: a ratio of the jobs that nobody traced begins a trace, at once or for later", async () => {
  using all = provider(() => true);
  const random = chances(0.24, 0.25, 0.9, 0.1, 0.3);
  const tracing = openTracing({ clock: new ManualClock(), random }, 0.25);
  const isTraced = () => tracing.begun({ task: "t" }).traceparent !== undefined;
  assertEquals([isTraced(), isTraced(), isTraced()], [true, false, false]);
  assertEquals(tracing.begun({ task: "t", traceparent: told }).traceparent === told, false);
  const submit = async () => {
    const specs = [{ task: "a" }, { task: "b", traceparent: told }, { task: "c" }];
    const got = await tracing.submitted(specs, (all) => Promise.resolve(all));
    return got.map(({ traceparent }) => traceparent !== undefined);
  };
  assertEquals(await submit(), [true, true, true]);
  assertEquals(await submit(), [false, true, false]);
  assertEquals(all.begun.length, 5);
});
