import { assert, assertEquals, assertMatch } from "@std/assert";
import fc from "fast-check";
import { composeConfig } from "../actors/config.ts";
import type { Sight } from "../messages/diagnosis.ts";
import { diagnose, suspects, verdictOf } from "../policies/diagnosis/mod.ts";
import { cases } from "./sight_cases.ts";
import { at, calm, operation, sightWith } from "./sights.ts";

Deno.test("diagnosis: what was injected ranks first in at least nine of ten cases", () => {
  const wrong = cases.flatMap(([what, cause, change]) => {
    const causes = diagnose(sightWith(change));
    const found = causes.map(({ name, score }) => `${name} ${score}`).join(", ");
    return causes[0]?.name === cause ? [] : `${what}: ${cause}, but ${found}`;
  });
  assert(cases.length >= 50);
  assert(wrong.length <= cases.length / 10, wrong.join("\n"));
});

Deno.test("diagnosis: what was recorded of live services that were made to suffer is found again", () => {
  const folder = new URL("fixtures/sights/", import.meta.url);
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name);
  assertEquals(names.length, 5);
  for (const name of names) {
    const { cause, sight } = JSON.parse(Deno.readTextFileSync(new URL(name, folder)));
    assertEquals(diagnose(sight)[0]?.name, cause, name);
  }
});

Deno.test("diagnosis: every cause is among the cases, and each case is told with numbers and a fix", () => {
  assertEquals(
    suspects.map(({ name }) => name).filter((name) => !cases.some(([, cause]) => cause === name)),
    [],
  );
  for (const [what, , change] of cases) {
    const [first] = diagnose(sightWith(change));
    assert(first && first.evidence.length > 0, what);
    for (const { value, says } of first.evidence) {
      assert(Number.isFinite(value), what);
      assertMatch(says, /\d/, what);
    }
    assert(first.fix.because !== "", what);
  }
});

Deno.test("diagnosis: a key that is to be set is one that the configuration takes", () => {
  for (const [what, , change] of cases) {
    for (const { fix: { key, value } } of diagnose(sightWith(change))) {
      if (key === null || value === null) continue;
      composeConfig([{ name: what, values: treeOf(key, value) }]);
    }
  }
});

Deno.test("diagnosis: a service that keeps up has nothing", () => {
  assertEquals(diagnose(calm), []);
  assertEquals(verdictOf([], calm), "Nothing is in the way: jobs run as they come");
  const waits = [at("scheduled", 5_000), at("dependencies", 90)];
  assertEquals(diagnose(sightWith({ waits, oldestWaitMs: 90_000 })), []);
});

Deno.test("diagnosis: says nothing where nothing can be seen", () => {
  const host = Object.fromEntries(
    Object.keys(calm.host).map((name) => [name, name === "cores" ? 1 : null]),
  ) as unknown as Sight["host"];
  assertEquals(diagnose({ ...calm, host }), []);
});

Deno.test("diagnosis: more of a short resource is never less of a cause", () => {
  const names = ["busyRatio", "memoryRatio", "ioPressureRatio", "stealRatio"] as const;
  const causes = {
    busyRatio: "cpu",
    memoryRatio: "memory",
    ioPressureRatio: "disk",
    stealRatio: "stolen",
  };
  const scoreOf = (sight: Sight, cause: string) =>
    diagnose(sight).find(({ name }) => name === cause)?.score ?? 0;
  const ratio = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(fc.constantFrom(...names), ratio, ratio, fc.nat(500), (name, a, b, jobs) => {
      const sight = (value: number) =>
        sightWith({ host: { [name]: value }, waits: [at("position", jobs)], oldestWaitMs: 5_000 });
      const [less, more] = [sight(Math.min(a, b)), sight(Math.max(a, b))];
      assert(scoreOf(less, causes[name]) <= scoreOf(more, causes[name]));
    }),
  );
});

Deno.test("diagnosis: scores are shares, in order, whatever there is to be seen", () => {
  const number = fc.oneof(fc.double({ noNaN: false }), fc.nat(), fc.constant(null));
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...Object.keys(calm.host)), number), (host) => {
      const operations = [operation({ ended: 0, durationMs: null, usualMs: 0 })];
      const scores = diagnose(sightWith({ host, operations })).map(({ score }) => score);
      assert(scores.every((score) => score > 0 && score <= 1));
      assertEquals(scores, scores.toSorted((a, b) => b - a));
    }),
  );
});

/** `a.b` as an object. */
function treeOf(key: string, value: unknown): unknown {
  return key.split(".").reduceRight((tree, name) => ({ [name]: tree }), value);
}
