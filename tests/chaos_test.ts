/** The judge of chaos sees what is broken, and the service gives it nothing to see. */
import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import fc from "fast-check";
import { AwakeClock } from "./chaos/awake.ts";
import { chaos, complaintsOf } from "./chaos/chaos.ts";
import { faults } from "./chaos/faults.ts";
import { optionsOf } from "./chaos/options.ts";
import { plan, type Round } from "./chaos/plan.ts";
import { type Bounds, brokenPromises, type Seen } from "./chaos/promises.ts";
import { steadinessOf, unsteady } from "./chaos/steady.ts";

const bounds: Bounds = {
  workersMax: 4,
  slots: 4,
  leftoverMs: 5_000,
  rssBytes: 4e8,
  files: 600,
};

const sample = { atMs: 0, life: 1, rssBytes: 1e8, files: 50, workers: 4, resting: false };

/** So many workers, for so many seconds. */
const crowd = (workers: number, seconds: number) =>
  Array.from({ length: seconds }, (_, i) => ({ ...sample, atMs: i * 1_000, workers }));

/** Job 1 ran; job 2 ran, its worker was killed at 200, and it ran again. */
const kept: Seen = {
  accepted: new Map([[1, { id: "j1", atMs: 0 }], [2, { id: "j2", atMs: 0 }]]),
  standing: new Map([[1, { state: "done" }], [2, { state: "done" }]]),
  effects: [
    { n: 1, what: "begin", atMs: 100 },
    { n: 2, what: "begin", atMs: 110 },
    { n: 1, what: "end", atMs: 120 },
    { n: 2, what: "begin", atMs: 5_000 },
    { n: 2, what: "end", atMs: 5_100 },
  ],
  told: [{ id: "j1", seq: 1, atMs: 130 }, { id: "j2", seq: 2, atMs: 5_110 }],
  kills: [{ what: "worker", atMs: 200 }],
  leftovers: [{ ms: 20, processes: [] }],
  samples: [sample],
};

const standing = (two: { state: string; code?: string }) =>
  new Map([[1, { state: "done" }], [2, two]]);
const begins = (...atMs: number[]) =>
  atMs.map((at) => ({ n: 2, what: "begin" as const, atMs: at }));
const alone = kept.effects.filter(({ n }) => n === 1);

/** What is seen instead, and how the complaint begins; none where the promise was kept. */
const cases: readonly (readonly [words: string, seen: Partial<Seen>, complaint?: string])[] = [
  ["all kept", {}],
  ["a job that failed", { standing: standing({ state: "failed" }) }, "RI1"],
  ["a job that still waits", { standing: standing({ state: "waiting" }) }, "RI1"],
  ["a job nobody knows", { standing: new Map([[1, { state: "done" }]]) }, "RI1"],
  ["a job that is done and did nothing", { effects: alone }, "RI1"],
  ["poison after one death", { standing: standing({ state: "dead", code: "poison" }) }, "RI1"],
  ["poison after three deaths", {
    standing: standing({ state: "dead", code: "poison" }),
    effects: [...alone, ...begins(100, 3_000, 6_000)],
    kills: [200, 3_100, 6_100].map((atMs) => ({ what: "worker", atMs })),
    told: [],
  }],
  ["a job that ran again for nothing", { kills: [] }, "RI2"],
  ["a death long before", { kills: [{ what: "service", atMs: -2_000 }] }, "RI2"],
  ["a job that ran again after its end was told", {
    told: [{ id: "j2", seq: 1, atMs: 150 }],
  }, "RI2"],
  ["more again than one death can cost", {
    effects: [
      ...alone,
      ...kept.effects,
      ...begins(...Array.from({ length: 9 }, (_, i) => 300 + i)),
    ],
  }, "RI2"],
  ["an ending told twice", { told: [...kept.told, { id: "j1", seq: 9, atMs: 9_000 }] }, "RI3"],
  ["attempts that overlap", {
    effects: [...kept.effects, { n: 2, what: "overlap", atMs: 4_999 }],
  }, "RI5"],
  ["a worker too many for a moment", { samples: crowd(5, 9) }],
  ["a worker too many for long", { samples: crowd(5, 12) }, "RI6"],
  ["twice as many workers, and one", { samples: crowd(9, 1) }, "RI6"],
  ["an orphan", { leftovers: [{ ms: 5_000, processes: ["sleep 300"] }] }, "RI7"],
  ["a slow death", { leftovers: [{ ms: 9_000, processes: [] }] }, "RI7"],
  ["too much memory", { samples: [{ ...sample, rssBytes: 5e8 }] }, "RI12"],
  ["too many files", { samples: [{ ...sample, files: 700 }] }, "RI12"],
];

for (const [words, seen, complaint] of cases) {
  Deno.test(`chaos: ${complaint ?? "no promise"} is broken by ${words}`, () => {
    const broken = brokenPromises({ ...kept, ...seen }, bounds);
    if (complaint === undefined) assertEquals(broken, []);
    else assert(broken.some((text) => text.startsWith(complaint)), broken.join("\n") || "none");
  });
}

Deno.test("chaos: a silence is excused by what shuts the door, else told with its reason", () => {
  const happening = (shuts: boolean, from: number, to: number) => ({
    atMs: from - 1_000,
    names: ["any"],
    recoveredMs: 5,
    span: [from, to] as const,
    shuts,
    complaints: [],
  });
  const knocks = [
    { atMs: 4_500, tookMs: 3, because: null },
    { atMs: 4_900, tookMs: 50, because: "TimeoutError" },
    { atMs: 4_970, tookMs: 50, because: "TimeoutError" },
    { atMs: 6_000, tookMs: 3_001, because: "TimeoutError" },
    { atMs: 9_010, tookMs: 0, because: "it was answered 503" },
    { atMs: 12_500, tookMs: 2, because: "TypeError" },
  ];
  const account = {
    startMs: 1_000,
    seen: kept,
    happenings: [happening(true, 5_000, 9_000), happening(false, 12_000, 13_000)],
    knocks,
    refused: new Map(),
    wrong: [],
    lives: 1,
    fallen: null,
  };
  assertEquals(complaintsOf(account), [
    "the door was silent 3 times without a reason, at 3.9 s for 50 ms (TimeoutError); " +
    "at 8.0 s for 0 ms (it was answered 503); at 11.5 s for 2 ms (TypeError)",
  ]);
  assertEquals(complaintsOf({ ...account, knocks: knocks.slice(0, 1) }), []);
});

Deno.test("chaos: who was stopped has waited a moment, and a limit goes on after it", () => {
  using time = new FakeTime();
  let stoppedAtMs: number | null = null;
  using clock = new AwakeClock(() => stoppedAtMs ?? Date.now());
  using limit = clock.limit(3_000);
  time.tick(500);
  assertEquals(clock.nowMs(), 500);
  stoppedAtMs = Date.now();
  time.tick(60_000);
  stoppedAtMs = null;
  assertEquals(clock.nowMs(), 1_500);
  time.tick(1_400);
  assertEquals(limit.signal.aborted, false);
  time.tick(2_500);
  assertEquals(limit.signal.aborted, true);
  assertEquals(limit.signal.reason.name, "TimeoutError");
});

const roundsOf = (seed: number, count: number): Round[] =>
  plan(seed, { names: ["a", "b", "c"], companions: ["a"], pauseMs: [10, 90] }).take(count)
    .toArray();

Deno.test("chaos: a seed tells the same rounds, and nothing twice before all came once", () => {
  fc.assert(fc.property(fc.nat(), (seed) => {
    const rounds = roundsOf(seed, 9);
    assertEquals(rounds, roundsOf(seed, 9));
    for (let from = 0; from < 9; from += 3) {
      const names = rounds.slice(from, from + 3).map(({ strokes }) => strokes[0]!.name);
      assertEquals(names.toSorted(), ["a", "b", "c"]);
    }
    for (const { pauseMs, strokes } of rounds) {
      assert(pauseMs >= 10 && pauseMs <= 90);
      assertEquals(new Set(strokes.map(({ name }) => name)).size, strokes.length);
      assertEquals(strokes.slice(1).every(({ name }) => name === "a"), true);
    }
  }));
});

/**
 * A life of 20 minutes with a rest in each second one, that grows by so much each hour and wavers by
 * far more between rests, and whose door is silent so often.
 */
const lived = ({ bytesPerHour = 0, silences = 0, leaks = 0, seconds = 1_200 }) =>
  steadinessOf(
    Array.from({ length: seconds }, (_, i) => ({
      ...sample,
      atMs: i * 1_000,
      resting: i % 120 >= 100,
      rssBytes: 1e8 + bytesPerHour * i / 3_600 + (i % 120 < 110 ? 1e7 + i * 1e4 : 0),
      files: 50 + Math.floor(leaks * i / seconds),
    })),
    Array.from({ length: 1_000 }, (_, i) => ({
      atMs: i,
      tookMs: 1,
      because: i < silences ? "not in time" : null,
    })),
  );

Deno.test("soak: what grows or is not there is told, what wavers is not", () => {
  const limits = { availableRatio: 0.999, rssBytesPerHour: 1e6, rssNoiseBytes: 1e6, files: 16 };
  const told = (life: Parameters<typeof lived>[0]) => unsteady(lived(life), limits);
  assertEquals(told({}), []);
  assertEquals(told({ silences: 1, leaks: 12 }), []);
  assertEquals(told({ seconds: 200, bytesPerHour: 60e6 }), []);
  assertEquals(told({ bytesPerHour: 3e6 }), [], "0.9 MB in all may be chance");
  assertMatch(told({ bytesPerHour: 60e6 }).join(), /memory grew by 60\.\d MB an hour/);
  assertMatch(told({ silences: 2 }).join(), /available 99\.800 %/);
  assertMatch(told({ leaks: 60 }).join(), /open files more/);
});

Deno.test("chaos: options that make no sense are refused", () => {
  const given = { names: faults.map(({ name }) => name), forText: "60s" };
  assertEquals(optionsOf(["--for=2m", "--seed=7", "--only=killWorker,flood"], given), {
    forMs: 120_000,
    seed: 7,
    only: ["killWorker", "flood"],
  });
  assertEquals(optionsOf([], given).forMs, 60_000);
  assertThrows(() => optionsOf(["--seed=-1"], given), Error, "--seed");
  assertThrows(() => optionsOf(["--for=60"], given), Error, "--for");
  assertThrows(() => optionsOf(["--only=earthquake"], given), Error, "earthquake");
  assertThrows(() => optionsOf(["--hard"], given), TypeError);
});

Deno.test("chaos: the service keeps its promises over kills and garbage", async () => {
  const said: string[] = [];
  const only = ["killWorker", "killService", "talkGarbage"];
  const broken = await chaos({ forMs: 1_500, seed: 3, only }, (line) => said.push(line));
  assertEquals(broken, [], said.join("\n"));
  assert(/[1-9]\d* jobs accepted/.test(said.at(-1)!), said.join("\n"));
});
