/** What jobs cost now and usually. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Spendings } from "../actors/series/spendings.ts";
import { costsSchema } from "../policies/business/costs.ts";
import { dearerBy, spend, type Spending } from "../policies/detectors/spending.ts";

const hourMs = 3_600_000;
const use = { workerSeconds: 2, cpuSeconds: 0, gbSeconds: 0, ioBytes: 0 };

/** Some hours in which each ten seconds end two jobs of this cost. */
function spent(before: Spending | null, hours: number, cost: number, fromAt: number): Spending {
  let spending = before;
  for (let at = fromAt; at < fromAt + hours * hourMs; at += 10_000) {
    spending = spend(spending, 2, 2 * cost, at);
  }
  return spending!;
}

Deno.test("spending: jobs that cost twice as much are dearer by nearly that within an hour", () => {
  const usual = spent(null, 48, 1, 0);
  assertAlmostEquals(dearerBy(usual)!, 1, 1e-9);
  const dear = dearerBy(spent(usual, 1, 2, 48 * hourMs))!;
  assert(dear > 1.8 && dear < 2, String(dear));
});

Deno.test("spending: nothing is said of few jobs, of a short time and of what costs nothing", () => {
  assertEquals(dearerBy(spent(null, .9, 1, 0)), null);
  assertEquals(dearerBy(spend(null, 1_000, 5, 0)), null);
  assertEquals(dearerBy(spent(null, 2, 0, 0)), null);
  // Nobody was there for a day: the last ones count no more.
  assertEquals(dearerBy(spend(spent(null, 2, 1, 0), 1, 9, 26 * hourMs)), null);
});

Deno.test("spending: at an even cost no job is dearer, however many come when", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 1e-6, max: 1e3, noNaN: true }),
      fc.array(fc.tuple(fc.integer({ min: 1, max: 500 }), fc.nat(hourMs)), { minLength: 1 }),
      (cost, batches) => {
        let [spending, at]: [Spending | null, number] = [null, 0];
        for (const [jobs, passedMs] of batches) {
          spending = spend(spending, jobs, jobs * cost, at += passedMs);
        }
        const dearer = dearerBy(spending!);
        if (dearer !== null) assertAlmostEquals(dearer, 1, 1e-6);
      },
    ),
  );
});

Deno.test("spending: idle workers make jobs dearer; prices that change begin anew; a restart does not", () => {
  const spendings = new Spendings();
  spendings.adopt(costsSchema.parse({}));
  let at = 0;
  const pass = (on: Spendings, hours: number, livedS: number) => {
    for (const endAt = at + hours * hourMs; at < endAt; at += 10_000) {
      on.take([{ operation: "a", jobs: 4, use }], livedS, at);
    }
  };
  pass(spendings, 24, 2);
  assertEquals(spendings.known[0], {
    ...{ operation: "a", timesAsMuch: spendings.known[0]!.timesAsMuch },
    ...{ cost: .5, currency: "worker seconds" },
  });
  const again = new Spendings();
  again.restore(spendings.snapshot());
  assertEquals(spendings.snapshot(), null);
  pass(again, 2, 20);
  assert(again.known[0]!.timesAsMuch > 5, String(again.known[0]!.timesAsMuch));
  again.adopt(costsSchema.parse({ workerPerHour: 1 }));
  assertEquals(again.known, []);
  again.restore(spendings.snapshot());
  assertEquals(again.known, []);
});
