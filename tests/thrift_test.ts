/** One knob between waits and workers: what it turns, and that it goes one way. */
import { assert, assertEquals } from "@std/assert";
import { table } from "../cli/simulate_text.ts";
import { bind } from "../policies/scaling/mod.ts";
import { SeededRandom } from "../simulation/random.ts";
import { shaped, stepped } from "../simulation/shapes.ts";
import { type ReportRow, whatIf } from "../simulation/what_if.ts";
import { readingOf } from "./readings.ts";

const knob = [0, .25, .5, .75, 1];

/** The governor's answers to a pool whose workers start in `startMs`, from lavish to thrifty. */
const answers = (options: object, startMs: number, thrifts: readonly number[] = knob) =>
  thrifts.map((thriftRatio) => {
    const stepper = bind("governor", { ...options, thriftRatio });
    const starts = { startP50Ms: startMs, startP99Ms: startMs };
    return stepper.step(readingOf({ ...starts, workers: 4, workerDemandRatio: .01, cores: 32 }));
  });

Deno.test("thrift: in the middle it turns nothing, towards 1 jobs may wait longer and workers go sooner", () => {
  const [plain] = answers({}, 20, [.5]);
  assertEquals(
    plain,
    bind("governor").step(readingOf({
      ...{ startP50Ms: 20, startP99Ms: 20, workers: 4, workerDemandRatio: .01, cores: 32 },
    })),
  );
  const all = answers({}, 20);
  assertEquals(all.map(({ keepAliveMs }) => keepAliveMs), [20_000, 6_325, 2_000, 632, 200]);
  const lags = all.map(({ spawn }) => spawn!.lagMs!);
  assertEquals(lags, [10, 10, 100, 390, 1_310]);
});

Deno.test("thrift: a worker is kept for as long as its start takes, unless less was asked for", () => {
  const keeps = (keepAliveMs: number | null) =>
    answers({ keepAliveMs }, 3_000).map((answer) => answer.keepAliveMs);
  assertEquals(keeps(4_000), [40_000, 12_649, 4_000, 3_000, 3_000]);
  assertEquals(keeps(1_000), [10_000, 3_162, 1_000, 1_000, 1_000]);
  assertEquals(keeps(null), [60_000, 18_974, 6_000, 3_000, 3_000]);
});

const shape = { name: "step", spanS: 150, rateMax: 16, serviceS: .5 };
const workload = shaped({ ...shape, rate: stepped(2, 16, 45, 100) }, new SeededRandom(7));
const front = (rows: readonly ReportRow[]) => rows.map(({ isOnFront }) => isOnFront);

for (const startMs of [20, 2_000]) {
  Deno.test(`thrift: the more of it, the less workers cost and the longer jobs wait, at ${startMs} ms a start`, async () => {
    const sweep = { name: "thriftRatio", values: knob };
    const report = await whatIf(workload, { sweep, startMs });
    for (let i = 1; i < knob.length; i++) {
      const [less, more] = [report.rows[i - 1]!, report.rows[i]!];
      assert(more.workerSeconds < less.workerSeconds, `${more.policy}: ${more.workerSeconds} s`);
      assert(more.waitMeanMs > less.waitMeanMs, `${more.policy}: ${more.waitMeanMs} ms`);
    }
    const [lavish, , , , thrifty] = report.rows;
    assert(thrifty!.workerSeconds < .5 * lavish!.workerSeconds);
    assert(front(report.rows).filter(Boolean).length >= 4, "a front of prices");
    const lines = table(report).split("\n");
    assert(/regret +front$/.test(lines[1]!), lines[1]);
    assertEquals(lines.slice(2, 7).map((line) => line.endsWith("*")), front(report.rows));
  });
}

Deno.test("thrift: a row that another one beats in both is not on the front", async () => {
  const policies = [6, 60, 61].map((workers) => ({ name: "fixed", workers }));
  const { rows } = await whatIf(workload, { policies, min: 0 });
  assertEquals([rows[1]!.waitP95Ms, rows[2]!.waitP95Ms], [0, 0]);
  assertEquals(front(rows), [true, true, false]);
  const same = await whatIf(workload, { policies: [policies[0]!, policies[0]!], min: 0 });
  assertEquals(front(same.rows), [true, true], "who is the same is not worse");
});
