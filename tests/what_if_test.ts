/** What-if: from a wish to a report, in the thread, over HTTP and on the command line. */
import { assert, assertAlmostEquals, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { join } from "node:path";
import { Refusal } from "../actors/runtime.ts";
import type { Status } from "../messages/status.ts";
import { plot, table } from "../cli/simulate_text.ts";
import { sweepOf } from "../cli/sweep.ts";
import type { Call } from "../service/call.ts";
import { simulateTrace } from "../service/simulations.ts";
import { bestFixed } from "../simulation/best_fixed.ts";
import { SeededRandom } from "../simulation/random.ts";
import { serve } from "../simulation/servers.ts";
import { constant, shaped } from "../simulation/shapes.ts";
import { simulate } from "../simulation/simulate.ts";
import { type Report, whatIf } from "../simulation/what_if.ts";
import { readWish } from "../simulation/wish.ts";
import { flyball, inFolder } from "./command_line.ts";
import { waitsOf } from "./servers.ts";

const shape = { name: "few", spanS: 60, rate: constant(8), rateMax: 8, serviceS: .5 };
const few = shaped(shape, new SeededRandom(3));

Deno.test("servers: the quick recursion is the plain one", () => {
  for (const workers of [1, 3, 5, 40]) {
    assertEquals([...serve(few, workers).waitsMs], waitsOf(few, workers));
  }
});

Deno.test("bestFixed: no other size costs less, and it costs what a simulation of it does", async () => {
  const best = await bestFixed(few, { waitTargetMs: 200 });
  for (let workers = 1; workers <= 20; workers++) {
    const policy = { name: "fixed", workers };
    const { cost, latePercent } = await simulate(few, { policy, min: 0, waitTargetMs: 200 });
    assert(cost >= best.cost - 1e-2, `${workers} cost ${cost}, ${best.workers} ${best.cost}`);
    if (workers !== best.workers) continue;
    assertAlmostEquals(cost, best.cost, 1e-2);
    assertAlmostEquals(latePercent, best.latePercent, 1e-9);
  }
});

Deno.test("whatIf: a row for each policy and each value, regret against the best fixed size", async () => {
  const policies = [{ name: "governor" }, { name: "fixed", workers: 8 }];
  const report = await whatIf(few, { policies, sweep: { name: "max", values: [5, 10] } });
  assertEquals(report.rows.map(({ policy }) => policy), [
    "governor max=5",
    "governor max=10",
    "fixed(workers=8) max=5",
    "fixed(workers=8) max=10",
  ]);
  for (const { cost, regretPercent, workersMost, policy } of report.rows) {
    assertAlmostEquals(regretPercent, 100 * (cost / report.bestFixed.cost - 1), 1e-9);
    assert(workersMost <= (policy.endsWith("=5") ? 5 : 10), `${policy}: ${workersMost}`);
  }
  const other = await whatIf(few, {
    sweep: { name: "keepAliveMs", values: [0, 5_000] },
  });
  const [less, more] = other.rows;
  assert(less!.workerSeconds < more!.workerSeconds);
  assertEquals(less!.policy, "governor(keepAliveMs=0)");
});

Deno.test("whatIf: curves are what workers and jobs came to", async () => {
  const { rows: [row], loadCurve } = await whatIf(few, {
    policies: [{ name: "fixed", workers: 6 }],
    min: 0,
  });
  assertEquals([...new Set(row!.workersCurve)], [6]);
  assertAlmostEquals(
    loadCurve.reduce((sum, load) => sum + load, 0) / 60,
    row!.workSeconds / 60,
    .1,
  );
});

Deno.test("wish: what is wrong is told with its place", () => {
  const wrong: readonly [unknown, string, string][] = [
    [null, "", "is wrong"],
    [{}, "", "exactly one of scenario,counts,jobs,csv"],
    [{ scenario: "steady", counts: [1] }, "", "exactly one of"],
    [{ scenario: "nope" }, "scenario", "is wrong"],
    [{ counts: [1], polices: [] }, "polices", "is not a field here"],
    [{ counts: [1], policies: [{ name: "nope" }] }, "policies.0.name", "must be one of governor,"],
    [{ counts: [1], policies: [{ name: "fixed", workers: -1 }] }, "policies.0.workers", "is wrong"],
    [{ counts: [1], min: 5, max: 4 }, "min", "must be <= max (4), given 5"],
    [{ counts: [-1] }, "counts.0", "is wrong"],
    [{ counts: [0] }, "counts", "there is no job"],
    [{ csv: "t_s,run_s\nx,1" }, "csv", "line 2"],
    [{ counts: [1], startMs: -1 }, "startMs", "is wrong"],
  ];
  for (const [value, path, words] of wrong) {
    const wish = readWish(value);
    assert("flaws" in wish, JSON.stringify(value));
    const [flaw] = wish.flaws;
    assertEquals(flaw!.path.join("."), path);
    assert(flaw!.message.includes(words), flaw!.message);
  }
});

Deno.test("simulations: one at a time, in a thread, and what is wrong is a problem", async () => {
  const closing = new AbortController();
  const handler = simulateTrace({ status: () => ({}) as Status }, closing.signal);
  const post = (body: unknown) => {
    const headers = { "content-type": "application/json" };
    const raw = new Request("http://x", { method: "POST", headers, body: JSON.stringify(body) });
    return Promise.resolve(handler({ req: { raw } } as unknown as Call));
  };
  const counts = { counts: [600], serviceMs: 100, waitTargetMs: 100 };
  const first = post(counts);
  const code = async (reply: Promise<Response>) => (await assertRejects(() => reply, Refusal)).code;
  assertEquals(await code(post(counts)), "simulation_running");
  const report = await (await first).json() as Report;
  assertEquals([report.jobs, report.rows.length, report.spanS], [600, 1, 60]);
  assertEquals(await code(post({ counts: "many" })), "invalid_simulation");
  const late = post({ scenario: "ramp" });
  // It is under way when another one is refused for that.
  assertEquals(await code(post(counts)), "simulation_running");
  closing.abort();
  assertEquals(await code(late), "draining");
});

Deno.test("sweep: ranges, steps and lists", () => {
  const values = (text: string) => sweepOf(text).values;
  assertEquals(sweepOf("max=4..32"), { name: "max", values: [4, 8, 16, 32] });
  assertEquals(values("max=4..20"), [4, 8, 16, 20]);
  assertEquals(values("max=4..8"), [4, 5, 6, 7, 8]);
  assertEquals(values("max=4..32:10"), [4, 14, 24]);
  assertEquals(values("keepAliveMs=0,500,2000"), [0, 500, 2_000]);
  assertEquals(values("max=0..9"), [0, 1, 2, 4, 8, 9]);
  for (const wrong of ["max", "max=", "max=a..b", "max=9..4", "max=1..99:1"]) {
    assertThrows(() => sweepOf(wrong), Refusal, "--sweep");
  }
});

Deno.test("simulate: a table, curves, the best fixed size", async () => {
  const policies = [{ name: "fixed", workers: 6 }];
  const report = await whatIf({ ...few, remarks: ["thinned"] }, { policies, min: 0 });
  const lines = [...table(report).split("\n"), ...plot(report).split("\n")];
  assert(/^few: \d+ jobs in 60.0 s, 5\d\d ms each on average$/.test(lines[0]!), lines[0]);
  assertEquals(lines[1], "note: thinned");
  assert(/^policy +wait p50 +p95 +p99 +late +worker time +resizes +cost +regret$/.test(lines[2]!));
  assert(/^fixed\(workers=6\) .* 36\d\.\d s +\d +\d+\.\d\d +\+?\d+ %$/.test(lines[3]!), lines[3]);
  assert(/^the best fixed size is \d+: cost \d\.\d\d, \d+\.\d % late$/.test(lines[4]!), lines[4]);
  assert(/^work +[▁▂▃▄▅▆▇█ ]{60}$/.test(lines[5]!), lines[5]);
  assert(/^ +█ is \d+\.\d workers$/.test(lines.at(-1)!));
});

Deno.test("simulate: reads a gzipped trace, prints JSON, refuses what it can't read", () =>
  inFolder({}, async (cwd) => {
    const text = "t_s,run_s\n" + Array.from({ length: 50 }, (_, i) => `${i},0.5`).join("\n");
    const packed = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
    await Deno.writeFile(join(cwd, "jobs.csv.gz"), packed);
    const ask = ["simulate", "jobs.csv.gz", "--policy", "fixed:workers=2", "--json"];
    const out = await flyball(ask, { cwd });
    const report = JSON.parse(out.stdout) as Report;
    assertEquals([out.code, report.jobs, report.rows[0]!.policy], [0, 50, "fixed(workers=2)"]);
    const none = await flyball(["simulate", "none.csv"], { cwd });
    assertEquals(none.code, 66);
    assert(none.stderr.includes("There is no trace none.csv"), none.stderr);
  }));
