/** What the dashboard makes of numbers, series, marks and addresses, without a browser. */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Mark } from "../messages/overview.ts";
import type { TimeSeries } from "../messages/series.ts";
import { leavesOf, patchOf } from "../service/dashboard/config_leaves.ts";
import { eventReader } from "../service/dashboard/event_text.ts";
import * as format from "../service/dashboard/format.ts";
import { added, clusters, says, wayOf } from "../service/dashboard/marks.ts";
import { type Columns, columnsOf, joined, latest, since } from "../service/dashboard/points.ts";
import { hrefOf, placeOf } from "../service/dashboard/route.ts";
import { scenarios } from "../service/dashboard/scenarios.ts";
import { policiesOf, polyline, sweepOf } from "../service/dashboard/what_if.ts";
import { scenarios as known } from "../simulation/scenarios.ts";

Deno.test("dashboard: durations read as people say them", () => {
  const cases: readonly (readonly [number | null, string])[] = [
    ...[[null, "–"], [0, "0 ms"], [0.31, "310 µs"], [41.62, "41.6 ms"], [999.4, "999 ms"]] as const,
    ...[[999.6, "1 s"], [1_500, "1.5 s"], [59_940, "59.9 s"], [59_960, "1 min"]] as const,
    ...[[200_000, "3 min 20 s"], [3_599_900, "1 h"], [7_500_000, "2 h 5 min"]] as const,
    ...[[86_400_000, "1 d"], [100_000_000, "1 d 4 h"], [-1_500, "-1.5 s"]] as const,
  ];
  for (const [ms, text] of cases) assertEquals(format.duration(ms), text);
});

Deno.test("dashboard: no duration says sixty of a unit or loses more than a twentieth", () => {
  const units: Record<string, number> = { d: 864e5, h: 36e5, min: 6e4, s: 1e3, ms: 1, "µs": 1e-3 };
  fc.assert(fc.property(fc.double({ min: 0.001, max: 1e9, noNaN: true }), (ms) => {
    const words = format.duration(ms).split(" ");
    let said = 0;
    for (let i = 0; i < words.length; i += 2) said += Number(words[i]) * units[words[i + 1]!]!;
    assertEquals(Math.abs(said - ms) <= ms / 20, true, `${ms}: ${words.join(" ")}`);
    assertEquals(/\b60 (s|min)|24 h|1000 (ms|µs)/.test(words.join(" ")), false, words.join(" "));
  }));
});

Deno.test("dashboard: counts, bytes, shares and names", () => {
  assertEquals([1_204, 3_400_000, 2.5, null].map(format.count), ["1,204", "3.4 M", "2.5", "–"]);
  assertEquals([0, 999, 1_000, 25_276_510_208].map(format.bytes), [
    "0 B",
    "999 B",
    "1 KB",
    "25.3 GB",
  ]);
  assertEquals([0, 0.004, 0.5, 1, null].map(format.percent), [
    "0 %",
    "0.4 %",
    "50 %",
    "100 %",
    "–",
  ]);
  const named = [["memoryBytes", 2e9], ["waitMs", 1_500], ["cpuRatio", 0.5], [
    "diskBytesPerS",
    2e6,
  ]];
  assertEquals(
    named.map(([name, value]) => format.byName(name as string, value as number)),
    ["2 GB", "1.5 s", "50 %", "2 MB/s"],
  );
  assertEquals(["memoryAvailableBytes", "cpuRatio", "openFiles"].map(format.words), [
    ...["memory available", "cpu", "open files"],
  ]);
  assertEquals(["1m", "5m", "1h", "7d"].map(format.lasting), [
    "minute",
    "5 minutes",
    "hour",
    "7 days",
  ]);
  assertEquals(["projectId", "priority"].map(format.label), ["project", "priority"]);
  assertEquals(format.ago(1_000, 61_500), "1 min ago");
  assertEquals(format.ago(61_500, 1_000), "in 1 min");
  assertEquals([format.money(1.5, "EUR"), format.money(0.00012, "EUR")], [
    "1.50 EUR",
    "0.00012 EUR",
  ]);
});

const series = (name: string, points: readonly (readonly [number, number])[]): TimeSeries => ({
  name,
  labels: {},
  points: points.map(([s, avg]) => (
    { at: new Date(s * 1_000).toISOString(), count: 1, min: avg, avg, max: avg, p95: avg }
  )),
});

Deno.test("dashboard: series become columns; what was not measured is a gap, a count is 0", () => {
  const page = [
    series("workers", [[100, 1], [120, 3]]),
    {
      name: "done",
      labels: { operation: "a" },
      points: [{ at: new Date(110_000).toISOString(), sum: 5 }],
    },
  ];
  const wanted = [
    { name: "workers", of: "avg" },
    { name: "done", of: "sum", label: "a" },
    { name: "done", of: "sum" },
  ] as const;
  assertEquals(columnsOf(page, wanted, 10_000), [
    ...[[100, 110, 120], [1, null, 3], [0, 5, 0], [0, 0, 0]],
  ] as never);
  assertEquals(columnsOf([], wanted, 10_000), [[], [], [], []]);
});

Deno.test("dashboard: what the page has seen takes the place of what was kept", () => {
  const past: Columns = [[10, 20, 30], [1, 2, 3]];
  const present: Columns = [[25, 26], [7, 8]];
  assertEquals(joined(past, present), [[10, 20, 25, 26], [1, 2, 7, 8]]);
  assertEquals(joined(past, [[], []]), past);
  assertEquals(since(past, 15), past);
  assertEquals(since(past, 25), [[20, 30], [2, 3]]);
  assertEquals(since(past, 99), [[30], [3]]);
  assertEquals(latest([[1, 2], [4, null], [null, null]]), [4, null]);
});

const mark = (at: number, from: number, to: number): Mark => (
  { type: "resized", at, pool: "p", decision: 1, because: "why", from, to }
);

Deno.test("dashboard: marks that would lie upon each other are one, and none is lost", () => {
  fc.assert(fc.property(fc.array(fc.nat(1_000)), fc.integer({ min: 1, max: 50 }), (ats, gap) => {
    const marks = ats.map((at) => mark(at, 1, 2));
    const found = clusters(marks, (at) => at, { width: 1_000, gap });
    assertEquals(found.flatMap(({ marks }) => marks).length, ats.length);
    for (const [i, { x }] of found.entries()) {
      if (i > 0) assertEquals(x - found[i - 1]!.x >= gap, true);
    }
  }));
  assertEquals(
    clusters([mark(-5, 1, 2), mark(2_000, 1, 2)], (at) => at, { width: 1_000, gap: 9 }),
    [],
  );
});

Deno.test("dashboard: a mark says what happened and which way", () => {
  assertEquals(says(mark(1, 1, 4)), "p grew from 1 to 4: why");
  assertEquals([[mark(1, 1, 4), mark(2, 4, 2)], [mark(1, 4, 1)], []].map(wayOf), [
    ...["up", "down", "none"],
  ]);
  const decided: Mark = {
    ...{ type: "decided", at: 1, pool: "p", decision: 2, because: "calm" },
    ...{ floor: 1, cap: 4, adopted: false },
  };
  assertEquals(says(decided), "p was refused 1 to 4 workers: calm");
  const known = [mark(1, 1, 2), mark(2, 2, 3)];
  assertEquals(added(known, [mark(2, 2, 3), mark(3, 3, 4)], 2), [mark(2, 2, 3), mark(3, 3, 4)]);
});

Deno.test("dashboard: an address leads back to its place", () => {
  const word = fc.stringMatching(/^[a-z]{1,8}$/);
  const text = fc.string({ minLength: 1, unit: "grapheme" });
  fc.assert(fc.property(word, fc.option(text), fc.dictionary(word, text), (view, id, query) => {
    assertEquals(placeOf(hrefOf(view, id, query)), { view, id, query });
  }));
  assertEquals(placeOf(""), { view: "overview", id: null, query: {} });
  assertEquals(placeOf("#/jobs/%zz?state=done").id, "%zz");
});

Deno.test("dashboard: events are whole however their text is cut", () => {
  const text = ': alive\n\nid: 7\nevent: piece\ndata: {"a":1}\n\nevent: end\ndata: {}\n\n';
  fc.assert(fc.property(fc.array(fc.nat(text.length), { maxLength: 6 }), (cuts) => {
    const read = eventReader();
    const places = [0, ...cuts.sort((a, b) => a - b), text.length];
    const events = places.slice(1).flatMap((to, i) => read(text.slice(places[i], to)));
    assertEquals(events, [
      { id: "7", type: "piece", data: '{"a":1}' },
      { id: null, type: "end", data: "{}" },
    ]);
  }));
});

Deno.test("dashboard: a what-if is read as the command line has it", () => {
  assertEquals(policiesOf("governor, target fixed:workers=8:note=x"), [
    { name: "governor" },
    { name: "target" },
    { name: "fixed", workers: 8, note: "x" },
  ]);
  assertEquals(sweepOf("max=4..32"), { name: "max", values: [4, 11, 18, 25, 32] });
  assertEquals(sweepOf(" max = 1..3 "), { name: "max", values: [1, 2, 3] });
  assertEquals(sweepOf("startMs=20, 200"), { name: "startMs", values: [20, 200] });
  assertEquals([sweepOf(""), sweepOf("max")], [null, null]);
  assertEquals(polyline([0, 5, 10], 10), "0,100 50,50 100,0");
  assertEquals(polyline([0], 0), "0,100");
  assertEquals(scenarios.filter((name) => !known.has(name)), []);
});

Deno.test("dashboard: a configuration is shown value by value, and one is changed", () => {
  const config = { a: { b: 1, c: [] }, pools: { x: { min: 1 }, y: { min: 2 } }, d: {} };
  assertEquals(leavesOf({ config, live: ["a.b", "pools.*.min", "d"] }), [
    { key: "a.b", value: 1, isLive: true },
    { key: "a.c", value: [], isLive: false },
    { key: "pools.x.min", value: 1, isLive: true },
    { key: "pools.y.min", value: 2, isLive: true },
    { key: "d", value: {}, isLive: true },
  ]);
  assertEquals(patchOf("a.b", "7"), { a: { b: 7 } });
  assertEquals(patchOf("a.b", "10m"), { a: { b: "10m" } });
  assertEquals(patchOf("a", '{"b": null}'), { a: { b: null } });
});
