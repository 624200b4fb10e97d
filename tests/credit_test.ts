import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Credit, newKin } from "../actors/credit.ts";

/** Credit after each of these reports. */
function after(reports: readonly number[]): number[] {
  const credit = new Credit();
  return reports.map((heldMs) => (credit.report(heldMs), credit.jobs));
}

Deno.test("credit: one job before anything is known", () => {
  assertEquals(new Credit().jobs, 1);
});

Deno.test("credit: doubles with each report, up to what fits into 5 ms of thread time", () => {
  assertEquals(after(Array(9).fill(0.01)), [2, 4, 8, 16, 32, 64, 128, 256, 500]);
  assertEquals(after(Array(4).fill(1)), [2, 4, 5, 5]);
});

Deno.test("credit: work that holds no thread reaches 512 and stays there", () => {
  assertEquals(after(Array(12).fill(0)).slice(-4), [512, 512, 512, 512]);
});

Deno.test("credit: jobs under 30 ms get a second one laid ready, longer ones none", () => {
  assertEquals(after([29.9, 29.9]), [2, 2]);
  assertEquals(after([30, 30, 500]), [1, 1, 1]);
});

Deno.test("credit: three before a worker has told anything where others have jobs under 30 ms", () => {
  const kin = newKin();
  const [first, second] = [new Credit(kin), new Credit(kin)];
  assertEquals([first.jobs, second.jobs], [1, 1]);
  first.report(0.01);
  assertEquals([first.jobs, second.jobs], [2, 3]);
  first.report(40);
  assertEquals([first.jobs, second.jobs], [1, 1]);
  second.report(0.01);
  assertEquals([first.jobs, second.jobs], [1, 2], "each goes by its own jobs once it has told");
});

Deno.test("credit: falls when jobs begin to hold the thread and grows back when they cease", () => {
  const credit = new Credit();
  for (let i = 0; i < 10; i++) credit.report(0.002);
  assertEquals(credit.jobs, 512);
  credit.report(100);
  assertEquals(credit.jobs, 1);
  for (let i = 0; i < 60; i++) credit.report(0.002);
  assertEquals(credit.jobs, 512);
});

Deno.test("credit: a slice in which others had the core changes nothing", () => {
  const steady = after([...Array(9).fill(0.02), 0.4, 0.02, 0.02, 0.6, 0.3, 0.02]);
  assertEquals(steady.slice(-7), Array(7).fill(250));
});

Deno.test("credit: jobs that hold the thread longer are believed by the fourth report", () => {
  const longer = after([...Array(9).fill(0.02), 1, 1, 1, 1]);
  assertEquals(longer.slice(-5), [250, 250, 250, 250, 5]);
});

Deno.test("credit: always 1..512, and never more than twice what it was", () => {
  const held = fc.double({ min: 0, max: 1e6, noNaN: true });
  fc.assert(fc.property(fc.array(held, { maxLength: 50 }), (reports) => {
    let before = 1;
    for (const jobs of after(reports)) {
      assert(Number.isInteger(jobs) && jobs >= 1 && jobs <= 512 && jobs <= before * 2);
      before = jobs;
    }
  }));
});
