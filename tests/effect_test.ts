/** What a fix would have changed: by a simulation, and on the command line. */
import { assert, assertEquals } from "@std/assert";
import { diagnosisText } from "../cli/diagnose.ts";
import { withEffects } from "../cli/effects.ts";
import type { Diagnosis } from "../messages/diagnosis.ts";
import { diagnose } from "../policies/diagnosis/mod.ts";
import { effectOf, isSimulated, whyNot } from "../simulation/effect.ts";
import { SeededRandom } from "../simulation/random.ts";
import { constant, shaped } from "../simulation/shapes.ts";
import { live } from "./live.ts";
import { cases } from "./sight_cases.ts";
import { sightWith } from "./sights.ts";

/** Twelve jobs at once on average. */
const shape = { name: "twelve", spanS: 60, rate: constant(24), rateMax: 24, serviceS: .5 };
const workload = shaped(shape, new SeededRandom(1));
const [, , change] = cases.find(([what]) => what === "a pool of 2 on 8 cores")!;
const sight = sightWith(change);

Deno.test("effect: a pool that is too small, made larger as the diagnosis says, keeps nobody waiting", async () => {
  const [cause] = diagnose(sight);
  assertEquals([cause!.name, cause!.fix.key, cause!.fix.value], [
    ...["workers", "pools.default.workers.max", 4],
  ]);
  const { before, after, jobs, spanS } = (await effectOf(cause!.fix, sight, workload))!;
  assertEquals([jobs, spanS], [workload.atMs.length, 60]);
  // 24 a second come, and 2 workers with 4 jobs each do 16.
  assert(before.waitP95Ms > 10_000, JSON.stringify(before));
  assert(after.waitP95Ms < before.waitP95Ms / 10, JSON.stringify({ before, after }));
  assertEquals(await effectOf(cause!.fix, sight, workload), { before, after, jobs, spanS });
});

/** The first cause of one of the known cases. */
function caseOf(name: string) {
  const [, , change] = cases.find(([what]) => what === name)!;
  const sight = sightWith(change);
  return { sight, fix: diagnose(sight)[0]!.fix };
}

Deno.test("effect: workers that are ready before they are wanted spare jobs the wait for a start", async () => {
  const { sight, fix } = caseOf("starts of ten seconds");
  assertEquals([fix.key, fix.value], ["pools.default.spares", 2]);
  const rare = { name: "rare", spanS: 600, rate: constant(.1), rateMax: .1, serviceS: 3 };
  const few = shaped(rare, new SeededRandom(2));
  const pool = { ...sight, pool: { ...sight.pool, running: 1, ready: 1, idle: 0 } };
  const { before, after } = (await effectOf(fix, pool, few, { startMs: 10_000 }))!;
  assert(before.waitP95Ms > 1_000, JSON.stringify(before));
  assert(after.waitP95Ms < before.waitP95Ms / 2, JSON.stringify({ before, after }));
  assert(after.workerSeconds > before.workerSeconds, "they live for it");
});

Deno.test("effect: who is let in no faster than can be done waits less, and how many are refused is told", async () => {
  const fix = { key: "admission.ratePerS", value: 14, because: "" };
  const seen = { burst: 20 };
  const { before, after, jobs, refused } = (await effectOf(fix, sight, workload, seen))!;
  assert(after.waitP95Ms < before.waitP95Ms / 5, JSON.stringify({ before, after }));
  // 24 a second come, 14 and the burst are let in.
  assert(refused! > jobs * 9 / 24 && refused! < jobs * 11 / 24, `${refused} of ${jobs}`);
});

Deno.test("effect: of each change that is proposed there is one, or it is said why not", () => {
  const known = new Set<string>();
  for (const [what, , change] of cases) {
    for (const { fix } of diagnose(sightWith(change))) {
      const because = whyNot(fix);
      if (fix.key === null || isSimulated(fix)) assertEquals(because, null, what);
      else {
        assert(because !== null && because !== "a simulated pool has no such key", fix.key);
        known.add(because);
      }
    }
  }
  assert(known.size >= 4, [...known].join("\n"));
  assertEquals(whyNot({ key: "x.y", value: 1, because: "" }), "a simulated pool has no such key");
});

Deno.test("effect: of what no simulation knows nothing is made up", async () => {
  const because = "";
  for (
    const fix of [
      { key: "limits.host:*.each", value: 2, because },
      { key: "pools.default.workers.max", value: null, because },
      { key: null, value: null, because },
    ]
  ) assertEquals([isSimulated(fix), await effectOf(fix, sight, workload)], [false, null]);
});

Deno.test("effect: of a service is simulated with the jobs that it has had, and told in words", async () => {
  await using runtime = await live();
  for (let i = 0; i < 3; i++) await runtime.run("toy", { do: "echo" });
  const found = {
    ...{ at: "", verdict: "", causes: diagnose(sight), sight, unknown: {} },
  } satisfies Diagnosis;
  const control = {
    ask: async ({ path }: { readonly path: string }) => {
      const response = await runtime.fetch(new Request(`http://localhost${path}`));
      assertEquals(response.status, 200, path);
      return await response.json();
    },
  } as unknown as Parameters<typeof withEffects>[1];
  const told = await withEffects(found, control, 600_000);
  const { effect } = told.causes[0]!.fix;
  assertEquals(effect!.jobs, 3);
  const text = diagnosisText(told);
  const line = /^ {3}= simulated with the 3 jobs of the last .*: 95 % wait .* at most instead of /m;
  assert(line.test(text), text);
  assertEquals(diagnosisText(found).includes("simulated"), false);
  const [cause] = found.causes;
  const keyed = { ...cause!, fix: { key: "limits.host:*.each", value: 2, because: "" } };
  const silent = { ask: () => assert(false) } as never;
  const unknown = await withEffects({ ...found, causes: [keyed] }, silent, 1);
  assert(/^ {3}= not simulated: .* does not say their keys$/m.test(diagnosisText(unknown)));
  const other = { ...found, causes: [] };
  assertEquals(await withEffects(other, { ask: () => assert(false) } as never, 1), other);
});
