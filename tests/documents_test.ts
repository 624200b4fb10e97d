/**
 * The documents that presets come from: each preset carries the numbers of its document, read from
 * there with their units, and what contradicts itself in them is told.
 */
import { assert, assertEquals } from "@std/assert";
import { composeConfig, type Config, type ConfigInput } from "../actors/config.ts";
import { contradictions } from "../actors/config_lint.ts";
import { parseDurationMs, parseRatio } from "../actors/units.ts";
import { workersRange } from "../actors/workers_range.ts";
import { simulate } from "../simulation/simulate.ts";
import { workloadOf } from "../simulation/workload.ts";
import { parseConfig } from "../cli/config_yaml.ts";
import { loadSettings } from "../cli/settings.ts";

// deno-lint-ignore no-explicit-any -- documents of others, each with a shape of its own.
type Document = any;

async function document(name: string): Promise<Document> {
  const url = new URL(`./fixtures/documents/${name}.yaml`, import.meta.url);
  return parseConfig(name, await Deno.readTextFile(url)).values;
}

const preset = (name: NonNullable<ConfigInput["preset"]>): Config =>
  composeConfig([{ name: "test", values: { preset: name } }]);

/** Some keys of a policy. */
const some = (policy: Readonly<Record<string, unknown>>, keys: readonly string[]) =>
  Object.fromEntries(keys.map((key) => [key, policy[key]]));

Deno.test("documents: the scaling plan is the preset plan", async () => {
  const { strategies: { agentScaling }, requestHandling } = await document("scaling_plan");
  const { triggers, limits, cooldown } = agentScaling;
  const { pools, admission, jobs } = preset("plan");
  const expected = {
    name: "plan",
    cpuHighRatio: parseRatio(triggers.cpu.threshold),
    cpuForMs: parseDurationMs(triggers.cpu.duration),
    memoryHighRatio: parseRatio(triggers.memory.threshold),
    memoryForMs: parseDurationMs(triggers.memory.duration),
    memoryAction: triggers.memory.action === "scale_out" ? "scaleOut" : "hold",
    queuedHigh: triggers.queue.length,
    oldestWaitHighMs: parseDurationMs(triggers.queue.waitTime),
    increment: limits.increment,
    cooldownMs: parseDurationMs(cooldown),
  };
  assertEquals(some(pools.default.policy, Object.keys(expected)), expected);
  assertEquals(pools.default.workers, { min: limits.min, max: limits.max });
  const { timeout } = requestHandling.queueing;
  assertEquals(jobs.queueTimeouts, {
    highMs: parseDurationMs(timeout.high),
    normalMs: parseDurationMs(timeout.normal),
    lowMs: parseDurationMs(timeout.low),
  });
  const { rate, burst } = requestHandling.backpressure;
  assertEquals([admission.ratePerS, admission.burst], [rate, burst]);
});

Deno.test("documents: the scaling plan, simulated, adds one in ten minutes and stops at its most", async () => {
  const { pools: { default: { policy, workers } } } = preset("plan");
  // Twice as many jobs as the most workers get done: a wait of 30 s asks for one more, again and again.
  const jobs = Array.from({ length: 5_400 }, (_, i) => ({ atMs: 1_000 * i, serviceMs: 20_000 }));
  const sizes: [number, number][] = [];
  await simulate(workloadOf("long", jobs, 5_400_000), {
    ...{ policy, min: Number(workers.min), max: Number(workers.max) },
    note: (fact, nowMs) => {
      if (fact.type === "resized" && nowMs > 0) {
        sizes.push([fact.actual, Math.round(nowMs / 1_000)]);
      }
    },
  });
  const [[, firstS]] = sizes as [[number, number]];
  assertEquals(
    firstS,
    35,
    "that of 4 s is the first to wait for 30 s, and is looked at in the next one",
  );
  const golden = Array.from({ length: 8 }, (_, i) => [3 + i, firstS + 600 * i]);
  assertEquals(sizes.slice(0, 8), golden);
});

Deno.test("documents: the asynchronous operations are the preset async", async () => {
  const { execution: { pooling, concurrency } } = await document("async_operations");
  const { pools, limits } = preset("async");
  const { min, max } = pooling.workers;
  assertEquals(pools.default.workers, { min, max });
  assertEquals(pools.default.runningMax, concurrency.limits.global);
  assert(pools.default.slots.max * max >= concurrency.limits.global, "there is room for them");
  assertEquals(limits["agent:*"]?.each, concurrency.limits.perAgent);
  assertEquals(limits["host:*"]?.each, concurrency.limits.perHost);
});

Deno.test("documents: the runner's parameters are the preset runner", async () => {
  const parameters = await document("performance_monitoring");
  const { projects } = await document("metrics");
  const { jobs, limits } = preset("runner");
  assertEquals(jobs.timeoutMs, parameters.per_project_timeout_ms);
  assertEquals(jobs.retries, parameters.retry_attempts);
  assertEquals(limits["project:*"]?.keys, parameters.max_concurrent_projects);
  assertEquals(limits["project:*"], { each: projects.each, keys: projects.global });
  // What the runner is looked at by: a longer interval and a threshold are keys like any other.
  const { sampler, alerts } = composeConfig([{
    name: "test",
    values: {
      preset: "runner",
      sampler: { everyMs: parameters.metrics_collection_interval_ms },
      alerts: { rules: { cpu: { warningRatio: parameters.alert_threshold_percent } } },
    },
  }]);
  const { cpu } = alerts.rules as Record<string, Document>;
  assertEquals([sampler.everyMs, cpu.warningRatio], [5_000, 0.8]);
});

Deno.test("documents: the adaptive pool's constants are the preset classic", async () => {
  const constants = await document("adaptive_pool");
  const { pools } = preset("classic");
  const expected = {
    name: "classic",
    everyMs: constants.adjustment_interval * 1_000,
    cpuLowRatio: constants.scale_up_cpu_threshold / 100,
    growMostAboveJobs: constants.scale_up_queue_threshold,
    cpuHighRatio: constants.scale_down_cpu_threshold / 100,
    shrinkBelowJobs: constants.scale_down_queue_threshold,
    memoryHighRatio: constants.memory_pressure_threshold / 100,
  };
  assertEquals(some(pools.default.policy, Object.keys(expected)), expected);
  const { min_workers: least, max_workers: most } = constants;
  for (const cores of [1, 2, 8, 16]) {
    const { min, max } = workersRange(pools.default, { cores, memoryAvailableBytes: null });
    assertEquals([min, max], [
      Math.max(least.least, least.perCore * cores),
      Math.min(most.most, most.perCore * cores),
    ]);
  }
});

Deno.test("documents: what is looked at, and when somebody is told, are the defaults", async () => {
  const { system, warning, critical } = await document("metrics");
  const { sampler, alerts } = preset("default");
  const { cpu, overrun, errors } = alerts.rules as Record<string, Document>;
  assertEquals(sampler.everyMs, parseDurationMs(system.interval));
  assertEquals(
    [cpu.warningRatio, cpu.criticalRatio, overrun.warningRatio, overrun.criticalRatio],
    [warning.utilization, critical.utilization, warning.executionTime, critical.executionTime]
      .map(parseRatio),
  );
  assertEquals(errors.criticalRatio, parseRatio(critical.errorRate));
});

Deno.test("config check: contradictions are told with both keys and the one that wins", () => {
  assertEquals(contradictions(preset("default")), []);
  assertEquals(contradictions(preset("classic")), []);
  const plan = contradictions(preset("plan"));
  assertEquals(plan.map((text) => text.split(" ")[0]), [
    "pools.default.policy.memoryAction",
    "jobs.queueTimeouts.highMs",
  ]);
  assertEquals(
    plan[1],
    "jobs.queueTimeouts.highMs (10000) is over before a wait of " +
      "pools.default.policy.oldestWaitHighMs (30000) asks for a worker: such jobs expire first",
  );
  const fixed = (workers: number) => ({
    pools: { default: { workers: { min: 2, max: 4 }, policies: [{ name: "fixed", workers }] } },
  });
  const told = [1, 3, 5].flatMap((workers) =>
    contradictions(composeConfig([{ name: "test", values: fixed(workers) }]))
  );
  assertEquals(told, [
    "pools.default.policies.0.workers (1) is below pools.default.workers.min (2): the bound wins",
    "pools.default.policies.0.workers (5) is above pools.default.workers.max (4): the bound wins",
  ]);
});

Deno.test("config check: what a preset contradicts by itself is told and no reason to refuse", async () => {
  const load = (...set: readonly string[]) => loadSettings({ config: null, set }, {});
  const plain = await load("preset=plan");
  assertEquals([plain.warnings, plain.notes.length], [[], 2]);
  assertEquals(
    plain.notes[1]!.startsWith("preset plan: jobs.queueTimeouts.highMs (10000) is"),
    true,
  );
  const written = await load("preset=plan", "jobs.queueTimeouts.normalMs=20s");
  assertEquals(written.warnings.map((text) => text.split(" ", 1)[0]), [
    "jobs.queueTimeouts.normalMs",
  ]);
  assertEquals(written.notes, plain.notes);
  const right = await load(
    "preset=plan",
    "pools.default.policy.memoryAction=hold",
    "jobs.queueTimeouts.highMs=60s",
  );
  assertEquals([right.warnings, right.notes], [[], []]);
  assertEquals((await load()).origins, []);
  assertEquals(right.origins, ["preset plan", "--set"]);
});
