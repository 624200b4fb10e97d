/** Traces: from lines to jobs. */
import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { readTrace, type TraceOptions } from "../simulation/read_trace.ts";
import { workMs } from "../simulation/workload.ts";

const jobs = (text: string, options?: TraceOptions) => {
  const { atMs, serviceMs, ranks } = readTrace("t", text, options);
  return { atMs: [...atMs], serviceMs: [...serviceMs], ranks: ranks && [...ranks] };
};

Deno.test("trace: a column of run times has a job a line, in order, from the first instant on", () => {
  const text = "t_s,run_s,user,class\n# a comment\n10,2,7,low\n12.5,0.5,7,high\n11,1,8,normal\n";
  assertEquals(jobs(text), {
    atMs: [0, 1_000, 2_500],
    serviceMs: [2_000, 1_000, 500],
    ranks: [2, 1, 0],
  });
});

Deno.test("trace: run times may be in ms, dates are instants, cells may be quoted", () => {
  const text =
    '"submitted_at";"duration_ms"\r\n"2025-01-01 00:00:00";"5"\r\n2025-01-01T00:01:00Z;7';
  assertEquals(jobs(text), { atMs: [0, 60_000], serviceMs: [5, 7], ranks: null });
});

Deno.test("trace: a run time follows from a column", () => {
  const text = "t_s,context_tokens,generated_tokens\n0,4808,10\n1,3180,8\n";
  const { serviceMs } = jobs(text, { duration: "0.1 + 0.02*generated_tokens" });
  serviceMs.forEach((ms, i) => assertAlmostEquals(ms, [300, 260][i]!, 1e-9));
  assertEquals(jobs(text, { duration: "generated_tokens" }).serviceMs, [10_000, 8_000]);
});

Deno.test("trace: numbers alone are counts of bins, jobs lie inside of their bins", () => {
  const { atMs, serviceMs, spanMs } = readTrace("t", "2\n0\n3\n", { binMs: 1_000 });
  assertEquals([atMs.length, spanMs], [5, 3_000]);
  assertEquals([...atMs].map((ms) => Math.floor(ms / 1_000)), [0, 0, 2, 2, 2]);
  assert(serviceMs.every((ms) => ms > 0));
});

Deno.test("trace: counts with instants tell the length of their bins", () => {
  const text = "timestamp,value\n2014-04-10 00:04:00,94.0\n2014-04-10 00:09:00,56.0\n";
  const { atMs, spanMs, serviceMs } = readTrace("t", text, { serviceMs: 10_000 });
  assertEquals([atMs.length, spanMs], [150, 600_000]);
  assertAlmostEquals(serviceMs.reduce((sum, ms) => sum + ms, 0) / 150, 10_000, 3_000);
});

Deno.test("trace: a part of it, several times as dense", () => {
  const text = Array.from({ length: 100 }, (_, i) => i < 50 ? 1 : 10).join("\n");
  const part = { binMs: 1_000, fromMs: 50_000, spanMs: 20_000, times: 2 };
  assertEquals(readTrace("t", text, part).atMs.length, 400);
});

Deno.test("trace: too many jobs are thinned, and it says so", () => {
  const { atMs, remarks } = readTrace("t", "5000\n15000\n", { jobsMax: 2_000 });
  assertAlmostEquals(atMs.length, 2_000, 200);
  assert(atMs.filter((ms) => ms >= 60_000).length > 2 * atMs.filter((ms) => ms < 60_000).length);
  assert(/^thinned: \d+ of 20000 jobs, .* 10.0 times smaller/.test(remarks[0]!), remarks[0]);
  assertEquals(readTrace("t", "5\n15\n").remarks, []);
  const same = readTrace("t", "5000\n15000\n", { jobsMax: 2_000 });
  assertEquals(workMs(same), workMs(readTrace("t", "5000\n15000\n", { jobsMax: 2_000 })));
});

Deno.test("trace: what can't be understood is told with its line", () => {
  const wrong: readonly [string, TraceOptions, string][] = [
    ["", {}, "there is no line with numbers"],
    ["t_s,run_s\n", {}, "there is no line with numbers"],
    ["t_s,run_s\n0,1\n1,x\n", {}, 'line 3: the run time must be a number, given "x"'],
    ["t_s,run_s\n0,1\nsoon,1\n", {}, "line 3: the instant must be seconds or a date"],
    ["t_s,run_s\n0,-1\n", {}, "line 2: a number below 0"],
    ["t_s,run_s,class\n0,1,urgent\n", {}, "the class must be high, normal or low, given urgent"],
    ["1\n-2\n", {}, "line 2: a number below 0"],
    ["5,1\n5,1\n", {}, "instants must grow"],
    ["0\n0\n", {}, "there is no job in the chosen part"],
    ["t_s,run_s\n0,1\n", { duration: "2*tokens" }, "there are t_s, run_s"],
  ];
  for (const [text, options, words] of wrong) {
    assertThrows(() => readTrace("name", text, options), RangeError, words);
  }
});
