import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { type AffinityResult, placements } from "../bench/affinity_bench.ts";
import { benches, storedResults } from "../bench/benches.ts";
import { durableBench, modes } from "../bench/durable.ts";
import { burstBench, waitsBench } from "../bench/elastic_bench.ts";
import { measureBurst, measureIdle } from "../bench/idle_bench.ts";
import { depths } from "../bench/noop.ts";
import { noopBench } from "../bench/noop_bench.ts";
import { page, report } from "../bench/report.ts";
import { head, type Result } from "../bench/result.ts";
import { scanBench, scanOptions, scanTable } from "../bench/scan_bench.ts";
import { scanReport } from "../bench/scan_report.ts";
import { serviceBench } from "../bench/service_bench.ts";
import { bootstrap, median, quantile, ratios } from "../bench/statistics.ts";
import { judge, readTargets, type Target } from "../bench/target.ts";
import { targetsTable } from "../bench/targets.ts";
import { compare } from "../bench/versus.ts";

Deno.test("scan bench: reads the command line that was promised", () => {
  const args = "--baseline-workers=4 --adaptive-mode --files-count=10000 --output=out.json";
  assertEquals(scanOptions(args.split(" ")), {
    baselineWorkers: 4,
    adaptive: true,
    files: 10_000,
    sizes: [1, 2, 3, 4, 6, 8],
    rounds: 7,
    seconds: 5,
    works: ["scan", "slowScan"],
    output: "out.json",
  });
  assertEquals(scanOptions(["--adaptive", "--files=9"]).files, 9);
  assertEquals(scanOptions(["--work=slowScan"]).adaptive, false);
});

Deno.test("scan bench: refuses a wrong command line in words", () => {
  assertThrows(() => scanOptions(["--files=0"]), RangeError, "--files-count must be a number >= 1");
  assertThrows(() => scanOptions(["--rounds=1.5"]), RangeError, "--rounds must be a whole number");
  assertThrows(() => scanOptions(["--sizes=1,,2"]), RangeError, "--sizes");
  assertThrows(() => scanOptions(["--work=dig"]), RangeError, "one of scan, slowScan: given dig");
  assertThrows(() => scanOptions(["--what"]), TypeError, "--what");
});

Deno.test("scan bench: measures what its schema describes", async () => {
  const told: string[] = [];
  const found = await scanBench({
    baselineWorkers: 2,
    adaptive: true,
    files: 60,
    sizes: [1],
    rounds: 1,
    seconds: 0.1,
    works: ["scan"],
  }, (text) => told.push(text));
  assertEquals(scanReport.parse(JSON.parse(JSON.stringify(found))), found);
  assertEquals(found.files.count, 60);
  const { sides, best_fixed, adaptive_vs_best_fixed, versus_python } = found.works.scan!;
  assertEquals(sides.map(({ name }) => name), ["fixed 2 x 1 slot", "fixed 1", "adaptive"]);
  assertEquals(best_fixed, "fixed 1");
  const [, fixed, adaptive] = sides;
  const ratio = adaptive!.runs[0]!.files_per_s / fixed!.runs[0]!.files_per_s;
  // Stored numbers are rounded to four digits, each for itself.
  assertAlmostEquals(adaptive_vs_best_fixed!.median / ratio, 1, 0.002);
  if (versus_python) assertEquals(versus_python.cold[0]!.files, versus_python.python[0]!.files);
  const shown = scanTable("scan", found.works.scan!);
  for (const { name } of sides) assert(shown.includes(name), shown);
  const text = report([], new Map([["scan", found]]));
  assert(text.includes("### Scan from the cache") && text.includes("| fixed 1 |"), text);
  assert(told.some((line) => line.includes("round 1 of 1, adaptive")));
});

Deno.test("no-op bench: measures every depth and keeps the machines out of it", async () => {
  const found = await noopBench(1, 0.02);
  for (const depth of depths) {
    const { per_s, p50_us, p99_us } = found[`k${depth}`];
    assert(per_s > 0 && p50_us > 0 && p50_us <= p99_us, JSON.stringify(found));
  }
  assert(Number.isFinite(found.xstate_events_per_s));
  assert(report([], new Map([["noop", found]])).includes("| 1,024 |"));
});

for (const mode of modes) {
  Deno.test(`durable bench: completes all that it accepted, ${mode}`, async () => {
    const found = await durableBench({ n: 200, inflight: 16, mode });
    assertEquals([found.mode, found.n, found.inflight], [mode, 200, 16]);
    assert(found.enqueue_per_s > 0 && found.complete_per_s > 0);
    assert(found.e2e_per_s <= Math.min(found.enqueue_per_s, found.complete_per_s));
  });
}

Deno.test("idle bench: looks at a service and at a burst", async () => {
  const idle = await measureIdle(0.5, 0.5);
  assert(idle.workers >= 1 && idle.serve_rss_mib > 10 && idle.worker_rss_mib > 10);
  assert(idle.cpu_ratio >= 0);
  const burst = await measureBurst(40);
  assert(burst.first_extra_ready_ms >= 0 && burst.drain_ms > 0);
  const result = { ...head("idle"), ...idle, burst: { jobs: 40, ...burst } } as Result;
  assert(report([], new Map([["idle", result]])).includes(`${idle.serve_rss_mib} MiB`));
});

Deno.test("elastic bench: a burst beside an announced one, and tasks that wait", async () => {
  const burst = {
    kind: "nap",
    tasks: 20,
    sizing: { min: 1, max: 3, slots: 1 },
    restMs: 1,
  } as const;
  for (const ahead of [false, true]) {
    const { drain_ms, p50_ms, p99_ms, peak_workers, worker_s } = await burstBench({
      ...burst,
      ahead,
    });
    assert(
      20 <= p50_ms && p50_ms <= p99_ms && p99_ms <= drain_ms,
      `${p50_ms} ${p99_ms} ${drain_ms}`,
    );
    assert(1 <= peak_workers && peak_workers <= 3 && worker_s > 0);
  }
  const { per_s, pss_mib } = await waitsBench(null, .1);
  assert(per_s > 0 && pss_mib > 10, `${per_s} ${pss_mib}`);
});

Deno.test("affinity bench: compares three ways, and what is stored has no gain that is sure", async () => {
  // By itself: it moves all threads of its process from core to core.
  const output = await Deno.makeTempFile();
  const args = ["run", "-A", "bench/affinity_bench.ts", "--rounds=1", "--seconds=0.02"];
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args, `--output=${output}`],
    stdout: "null",
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  const found: AffinityResult = JSON.parse(await Deno.readTextFile(output));
  await Deno.remove(output);
  const kept = (await storedResults()).get("affinity") as AffinityResult;
  for (const { works } of [found, kept]) {
    assertEquals(Object.keys(works), ["cpu", "scan", "noop"]);
    for (const { per_s, pinned_vs_free } of Object.values(works)) {
      assert(placements.every((placement) => per_s[placement] > 0));
      assert(pinned_vs_free.low <= pinned_vs_free.high);
    }
  }
  assert(report([], new Map([["affinity", found]])).includes("| hash a file |"));
  // Where one of them gained for sure, workers would have to be pinned.
  for (const [work, { pinned_vs_free, apart_vs_free }] of Object.entries(kept.works)) {
    assert(pinned_vs_free.low <= 1 && apart_vs_free.low <= 1, work);
  }
});

Deno.test("statistics: say what the middle is and how sure it is", () => {
  assertEquals(median([3, 1, 2]), 2);
  assertEquals(median([4, 1, 2, 3]), 2.5);
  assertEquals(quantile([1, 2, 3, 4], 0.5), 3);
  assertEquals(quantile([1, 2, 3, 4], 1), 4);
  assertEquals(ratios([4, 9, undefined], [2, 3, 1]), [2, 3]);
  const values = [1.1, 1.2, 1.3, 1.2, 1.15, 1.25, 1.4];
  const { median: middle, low, high } = bootstrap(values);
  assertEquals(middle, 1.2);
  assert(1.1 <= low && low <= middle && middle <= high && high <= 1.4);
  assertEquals(bootstrap(values), bootstrap(values));
});

Deno.test("versus: compares the first side with each other one, round by round", () => {
  const rounds = (rates: number[]) => rates.map((rate) => ({ k64: { per_s: rate } }));
  const measured = new Map([["ours", rounds([10, 40, 90])], ["theirs", rounds([5, 10, 30])]]);
  const { medians, vs } = compare(["k64.per_s"], measured);
  assertEquals(medians, { ours: { k64_per_s: 40 }, theirs: { k64_per_s: 10 } });
  assertEquals(vs["theirs"]!["k64_per_s"]!.median, 3);
  const result = { ...head("versus_noop"), medians, vs };
  assert(report([], new Map([["versus_noop", result]])).includes("10 (ours 3 x, 2 to 4)"));
});

Deno.test("service bench: sends messages that are answered, and waits for the way back", async () => {
  const load = { workers: 1, clients: 2, ratePerS: 50, seconds: .2 };
  const result = await serviceBench(load);
  assertEquals([result.error_ratio, result.stream.clients, result.stream.gaps], [0, 2, 0]);
  assert(result.messages_per_s > 0 && result.recovery_ms > 0 && result.stream.mib > 0);
  const { p50, p95, p99, max } = result.latency_ms;
  assert(p50 > 0 && p50 <= p95 && p95 <= p99 && p99 <= max);
  assert(report([], new Map([["service", result]])).includes(`${p50}, ${p95}, ${p99}, ${max} ms`));
});

Deno.test("targets: are kept, missed or not measured", () => {
  const target = (comparison: Target["comparison"], limit: number, field = "a.b"): Target => ({
    name: `${field} ${comparison} ${limit}`,
    bench: "noop",
    field,
    comparison,
    limit,
    unit: "x",
    source: "arithmetic",
  });
  const targets = [target(">=", 2), target(">=", 2.1), target("<=", 2), target("<=", 1.9)];
  const result = { ...head("noop"), a: { b: 2 } };
  const judged = judge([...targets, target(">=", 0, "a.c")], new Map([["noop", result]]));
  assertEquals(judged.map(({ kept }) => kept), [true, false, true, false, false]);
  assertEquals(judged.map(({ measured }) => measured), [2, 2, 2, 2, null]);
  const lines = targetsTable(judged).split("\n");
  assert(lines[2]!.startsWith("MISSED") && lines[5]!.startsWith("not measured"), lines.join("\n"));
});

Deno.test("targets: name benches that exist", async () => {
  const targets = await readTargets();
  assert(targets.length > 0);
  for (const { bench, name } of targets) assert(bench in benches, `${name}: no bench ${bench}`);
});

Deno.test("BENCHMARKS.md: is what the stored results say", async () => {
  const expected = report(await readTargets(), await storedResults());
  assertEquals(await Deno.readTextFile(page), expected, "Run: deno run -A bench/report.ts");
});
