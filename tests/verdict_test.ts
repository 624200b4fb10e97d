/** Verdicts: what came of a decision, beyond noise; growth without gain has a name. */
import { assert, assertEquals } from "@std/assert";
import { Judge } from "../policies/judge.ts";
import { type Measured, verdictOf } from "../policies/verdict.ts";
import { mulberry } from "./chance.ts";
import { readingOf } from "./readings.ts";

const span = (part: Partial<Measured> = {}): Measured => {
  const { spanMs = 5_000, arrivalsPerS = 100, finishedPerS = 100 } = part;
  return {
    ...{ spanMs, workers: 4, waitMs: 20, waitErrorMs: 2, arrivalsPerS, finishedPerS },
    ...{ busyRatio: .5, backlogRatio: .1, durationMs: 50, cpuRatio: .3, memoryRatio: .4 },
    ...{ starvedRatio: 0, ...part },
    arrivals: arrivalsPerS * spanMs / 1_000,
    finished: finishedPerS * spanMs / 1_000,
  };
};

const verdict = (before: Partial<Measured>, after: Partial<Measured>) => {
  const { verdict, because, cause } = verdictOf(span(before), span(after));
  return { verdict, because, cause };
};

Deno.test("verdict: says what got better, what got worse, and by how much", () => {
  assertEquals(verdict({ waitMs: 820, backlogRatio: 1 }, { workers: 9, waitMs: 40 }), {
    verdict: "helped",
    because: "4 to 9 workers: the head waits 40 ms instead of 820 ms",
    cause: null,
  });
  assertEquals(verdict({ finishedPerS: 12 }, { workers: 9, finishedPerS: 40 }), {
    verdict: "helped",
    because: "4 to 9 workers: 40 instead of 12 jobs a second end",
    cause: null,
  });
  assertEquals(verdict({}, { workers: 2, waitMs: 900, backlogRatio: 1 }), {
    verdict: "hurt",
    because: "4 to 2 workers: the head waits 900 ms instead of 20 ms",
    cause: null,
  });
  assertEquals(verdict({}, { workers: 2 }), {
    verdict: "helped",
    because: "4 to 2 workers: jobs fare the same, 7200 worker-seconds an hour less",
    cause: null,
  });
  assertEquals(verdict({}, { workers: 4.2, waitMs: 4_000 }), {
    verdict: "neutral",
    because: "the size stayed at 4.2",
    cause: null,
  });
  assertEquals(verdictOf(null, span()).because, "nothing was measured before it");
});

Deno.test("verdict: what got worse as more came is not the decision's doing", () => {
  assertEquals(verdict({}, { workers: 9, waitMs: 300, arrivalsPerS: 400 }), {
    verdict: "neutral",
    because: "4 to 9 workers: the head waits 300 ms instead of 20 ms, as 400 instead of 100 jobs " +
      "a second came",
    cause: null,
  });
});

Deno.test("verdict: growth without gain names what it ran into", () => {
  const waits = { waitMs: 800, waitErrorMs: 100, backlogRatio: 1 };
  const grown = { ...waits, workers: 20 };
  const causes = [
    [{ durationMs: 200 }, "downstream", "so what they call can't do more"],
    [{ cpuRatio: .97 }, "cpu", "the processors are busy, 97 %"],
    [{ cpuRatio: null, starvedRatio: .4 }, "cpu", "wanted one in vain 40 % of the time"],
    [{ memoryRatio: .95 }, "memory", "memory is used up, 95 %"],
    [{}, null, "growth without gain"],
  ] as const;
  for (const [part, cause, says] of causes) {
    const told = verdict(waits, { ...grown, ...part });
    assertEquals([told.verdict, told.cause], ["neutral", cause]);
    assert(told.because.endsWith(says), told.because);
  }
});

Deno.test("verdict: the same load on a pool of another size is hardly ever called other than that", () => {
  const chance = mulberry(7);
  /** Jobs a second, of 40 in the mean. */
  const counted = () => {
    const normal = Array.from({ length: 12 }, chance).reduce((sum, unit) => sum + unit, -6);
    return 40 + normal * Math.sqrt(40 / 5);
  };
  const wrong = Array.from({ length: 5_000 }).filter(() =>
    verdict({ finishedPerS: counted(), backlogRatio: 1 }, {
      workers: 6,
      finishedPerS: counted(),
      backlogRatio: 1,
    }).verdict !== "neutral"
  );
  assert(wrong.length <= 25, `${wrong.length} of 5,000`);
});

Deno.test("judge: each decision has its verdict after the first whole span that follows it", () => {
  const judge = new Judge();
  const told: number[] = [];
  let workers = 2;
  const times = new Map<number, number>();
  for (let nowMs = 0; nowMs <= 60_000; nowMs += 250) {
    if (nowMs % 3_000 === 1_000) {
      judge.follow(nowMs);
      workers++;
    }
    const reading = readingOf({ nowMs, workers, idle: 0, queued: 9, finished: 10, arrivals: 10 });
    for (const { decision, verdict } of judge.look(reading)) {
      told.push(decision);
      times.set(decision, nowMs - decision);
      assert(verdict.after !== null && verdict.because !== "");
    }
  }
  assertEquals(told, [...told].sort((a, b) => a - b));
  assertEquals(new Set(told).size, told.length);
  assert(told.length >= 17, `${told.length}`);
  for (const ageMs of times.values()) assert(ageMs >= 5_000 && ageMs <= 10_250, `${ageMs}`);
});

Deno.test("judge: spans last as long as four jobs, and unknown numbers stay unknown", () => {
  const judge = new Judge();
  const spansMs = new Set<number>();
  for (let nowMs = 0; nowMs <= 120_000; nowMs += 250) {
    judge.look(readingOf({ nowMs, finished: 1, durationMs: 3_000, cpuRatio: null }));
    if (judge.last) spansMs.add(judge.last.spanMs);
    assertEquals(judge.last?.cpuRatio ?? null, null);
  }
  assertEquals([...spansMs], [5_000, 12_000]);
});

Deno.test("judge: thousands of decisions within a span are bounded, and none is without an answer", () => {
  const judge = new Judge();
  for (let id = 1; id <= 3_000; id++) judge.follow(id);
  const told: number[] = [];
  for (let nowMs = 0; nowMs <= 20_000; nowMs += 250) {
    told.push(...judge.look(readingOf({ nowMs })).map(({ decision }) => decision));
  }
  assertEquals(told.length, 3_000);
});
