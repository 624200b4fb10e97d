/** Too many failures: sure of it, told once, over when they are clearly fewer. */
import { assert, assertEquals } from "@std/assert";
import { type Failures, noFailures, takeEnded } from "../policies/detectors/failures.ts";
import { mulberry } from "./chance.ts";

const secondMs = 1_000;

Deno.test("failures: one of two is no alarm, 30 of 100 is one, 5 of 100 is none", () => {
  const after = (jobs: number, failed: number) =>
    takeEnded(noFailures, { jobs, failed }, 0).areMany;
  assertEquals([after(2, 1), after(19, 19), after(100, 30)], [false, false, true]);
  assertEquals([after(100, 5), after(100, 9), after(1_000, 100)], [false, false, true]);
});

Deno.test("failures: a spike is told once and is over once, also when all rest afterwards", () => {
  for (const jobsAfter of [10, 0]) {
    let failures: Failures = noFailures;
    const turns: boolean[] = [];
    for (let second = 0; second < 1_800; second++) {
      const isSpike = second >= 600 && second < 660;
      const jobs = second < 660 ? 10 : jobsAfter;
      const before = failures.areMany;
      failures = takeEnded(failures, { jobs, failed: isSpike ? 4 : 0 }, second * secondMs);
      if (failures.areMany !== before) turns.push(failures.areMany);
    }
    assertEquals(turns, [true, false], `${jobsAfter} jobs a second afterwards`);
  }
});

Deno.test("failures: a day in which 2 of 100 fail has no alarm", () => {
  const unit = mulberry(1);
  let failures: Failures = noFailures;
  for (let second = 0; second < 86_400; second++) {
    const failed = Array.from({ length: 5 }, unit).filter((one) => one < .02).length;
    failures = takeEnded(failures, { jobs: 5, failed }, second * secondMs);
    assert(!failures.areMany, `second ${second}`);
  }
});
