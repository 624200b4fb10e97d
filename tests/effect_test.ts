/** What a fix would have changed: by a simulation, and on the command line. */
import { assert, assertEquals } from "@std/assert";
import { diagnosisText } from "../cli/diagnose.ts";
import { withEffects } from "../cli/effects.ts";
import type { Diagnosis } from "../messages/diagnosis.ts";
import { diagnose } from "../policies/diagnosis/mod.ts";
import { effectOf, isSimulated } from "../simulation/effect.ts";
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

Deno.test("effect: of what is no bound of a pool nothing is made up", async () => {
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
  const other = { ...found, causes: [] };
  assertEquals(await withEffects(other, { ask: () => assert(false) } as never, 1), other);
});
