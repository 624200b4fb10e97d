/** What a whole runtime says its jobs were worth: under a virtual clock, and over real workers. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { judgeBusiness } from "../actors/business/business.ts";
import type { BusinessPage } from "../messages/business.ts";
import { costsSchema } from "../policies/business/costs.ts";
import { fixedAt, live, tempFolder } from "./live.ts";
import { orderOf } from "./orders.ts";
import { SystemStage } from "./system_stage.ts";

Deno.test("business: of two workers one that dies under its jobs costs what it took", async () => {
  let deaths = 0;
  const stage = new SystemStage({
    ...{ min: 2, max: 2 },
    part: { jobMs: 2_500, diesAt: (payload) => payload === 9 && deaths++ === 0 },
  });
  const { queue, series } = stage.system;
  series.adopt({}, costsSchema.parse({ workerPerHour: 3_600 }));
  await stage.clock.advance(1_000);
  queue.submit([
    orderOf({ operation: "a" }, { payload: "1" }),
    orderOf({ operation: "dies" }, { payload: "9" }),
  ]);
  await stage.clock.advance(20_000);
  const sources = { ...stage.system.ports, queue };
  const { items, costs, utilisation, all } = await judgeBusiness(series, sources);
  assertEquals(items.map(({ labels, done }) => [labels.operation, done]), [["a", 1], ["dies", 1]]);
  assert(costs && all.workerSeconds <= utilisation.busySeconds);
  // Each attempt took 2.5 s of a worker of its own, and the one that was lost counts, too.
  const [a, dies] = items;
  assertAlmostEquals(a!.workerSeconds, 2.5, .1);
  assertAlmostEquals(dies!.workerSeconds, 5, 1);
  assertAlmostEquals(utilisation.workerSeconds, 42, 1);
  assertAlmostEquals(
    items.reduce((sum, { cost }) => sum + cost!, 0) + costs.idle,
    costs.total,
    1e-6,
  );
  await stage.system.stop();
});

Deno.test("business: by HTTP, with objectives and prices, and the same after a restart", async () => {
  await using folder = await tempFolder();
  const config = {
    ...fixedAt(1),
    slo: { all: { goodRatio: 0.5, latencyMs: 30_000 } },
    costs: { currency: "CHF", workerPerHour: 1, cpuPerHour: 2 },
  };
  const ask = async (runtime: Awaited<ReturnType<typeof live>>): Promise<BusinessPage> => {
    const url = "http://localhost/api/v1/metrics/business?window=1h&by=projectId";
    return await (await runtime.fetch(new Request(url))).json();
  };
  let before: BusinessPage;
  {
    await using runtime = await live(config, folder.path);
    const ids = [];
    for (const command of [["true"], ["true"], ["false"]]) {
      ids.push((await runtime.submit({ command, projectId: "p", executionId: "flow" })).id);
    }
    for (const id of ids) await runtime.wait(id, 30_000);
    assertEquals(await runtime.retry(ids[2]!), true);
    await runtime.wait(ids[2]!, 30_000);
    before = await ask(runtime);
    const [item] = before.items;
    assertEquals([item?.labels, item?.ended, item?.done], [{ projectId: "p" }, 3, 2]);
    assertEquals([item?.completionRatio, item?.errorRatio], [2 / 3, .5]);
    assertEquals(item?.autonomousRatio, 2 / 3);
    const [objective] = before.objectives;
    assertEquals([objective?.good, objective?.total, objective?.met], [2, 4, true]);
    assertEquals(objective?.burnRates["5m"], 1);
    assertEquals(before.costs?.currency, "CHF");
    assertEquals([before.workflows.ended, before.workflows.done], [1, 0]);
    assert(before.workflows.criticalPathMs! > 0);
  }
  await using runtime = await live(config, folder.path);
  const after = await ask(runtime);
  const [one, other] = [before, after].map(({ items: [item], objectives, workflows }) => {
    const { ended, done, completionRatio, autonomousRatio, errors, cpuSeconds } = item!;
    const counts = { ended, done, completionRatio, autonomousRatio, errors, cpuSeconds };
    return { counts, objectives, workflows };
  });
  assertEquals(other, one);
});
