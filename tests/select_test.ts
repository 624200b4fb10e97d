/** Who follows the policy that would have cost least: alone, in the simulator, in a running system. */
import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { bind } from "../policies/scaling/mod.ts";
import { followedIn } from "../policies/scaling/select.ts";
import type { RegretWish } from "../messages/regret.ts";
import type { Losses } from "../messages/signals.ts";
import { SeededRandom } from "../simulation/random.ts";
import { constant, shaped, switching } from "../simulation/shapes.ts";
import { simulate } from "../simulation/simulate.ts";
import { partOf, type Workload, workMs } from "../simulation/workload.ts";
import { orderOf } from "./orders.ts";
import { readingOf } from "./readings.ts";
import { SystemStage } from "./system_stage.ts";

const among = [{ name: "governor" }, { name: "target" }];
const minute = 60_000;

Deno.test("select: changes to who costs less by enough, for long enough, once for each answer", () => {
  const select = bind("select", { among, dwellMs: 10 * minute, betterRatio: .1 });
  const at = (minutes: number, governor?: number, target?: number) => {
    const nowMs = minutes * minute;
    const costs = { ...(governor && { governor }), ...(target && { target }) };
    const losses: Losses = { atMs: nowMs, costs };
    const { because } = select.step(readingOf({ nowMs, ...(governor && { losses }) }));
    return [followedIn(select.memory), because.split(":")[0]] as const;
  };
  assertEquals(at(0), ["governor", "governor is followed as nothing is known of the others yet"]);
  assertEquals(at(5, 2, 1)[0], "governor", "it is too early");
  assertEquals(at(10, 2, 1.9)[0], "governor", "that is too little");
  assertEquals(at(11, 2, 1), [
    "target",
    "target is followed as it would have cost 1 of late and governor 2",
  ]);
  assertEquals(at(12)[0], "target", "who has heard nothing stays");
  assertEquals(at(20, 1, 5)[0], "target", "it is too early again");
  assertEquals(at(21, 1, 5)[0], "governor");
  assertEquals(at(40, undefined, 1)[0], "governor", "what it costs itself is not known");
});

Deno.test("select: each is asked at its own rhythm, and the one that is followed has its say", () => {
  const chosen = [{ name: "classic" }, { name: "governor" }];
  const [select, alone] = [bind("select", { among: chosen }), bind("classic")];
  let said = "";
  for (let nowMs = 0; nowMs < 30_000; nowMs += 250) {
    const reading = readingOf({ nowMs, arrivals: 2, queued: nowMs / 250, cpuRatio: .5 });
    const { because: _, ...proposal } = select.step(reading);
    if (nowMs % 5_000 > 0) continue;
    const { because, ...own } = alone.step(reading);
    assertEquals(proposal, own);
    said = because;
  }
  assert(said.length > 0);
});

Deno.test("select: goes on after a restart with whom it followed, and refuses one twice", () => {
  const before = bind("select", { among });
  before.step(readingOf({ nowMs: 0 }));
  const losses = { atMs: 1, costs: { governor: 2, target: 1 } };
  before.step(readingOf({ nowMs: 20 * minute, losses }));
  const after = bind("select", { among });
  after.resume(JSON.parse(JSON.stringify(before.kept)), { nowMs: 0, shiftMs: 0 });
  assertEquals([before.kept, followedIn(after.memory)], ["target", "target"]);
  const twice = [{ name: "governor" }, { name: "governor", waitTargetMs: 9 }];
  assertThrows(() => bind("select", { among: twice }), Error, "different names");
  assertThrows(() => bind("select", { among: [{ name: "governor" }] }), Error);
});

/** 90 minutes even, 90 minutes of bursts, 90 minutes even. */
function regimes(spanS: number): Workload {
  const bursts = switching(
    { perS: 20, meanS: 15 },
    { perS: 1, meanS: 60 },
    3 * spanS,
    new SeededRandom(5),
  );
  const even = constant(6);
  const rate = (s: number) => s >= spanS && s < 2 * spanS ? bursts(s) : even(s);
  const shape = { name: "regimes", spanS: 3 * spanS, serviceS: .5, rateMax: 20, rate };
  return shaped(shape, new SeededRandom(15));
}

Deno.test("select: where the load turns it costs at most a tenth more than the best for each part", async () => {
  const spanS = 5_400;
  const workload = regimes(spanS);
  // Starts take so long that policies differ.
  const world = { startMs: 30_000, waitTargetMs: 500, max: 40 };
  const lossOf = async (part: Workload, policy: { readonly name: string }) =>
    (await simulate(part, { ...world, policy })).cost * workMs(part);
  const parts = [0, 1, 2].map((i) => partOf(workload, i * spanS * 1e3, (i + 1) * spanS * 1e3));
  const losses: number[][] = [];
  for (const part of parts) {
    losses.push(await Promise.all(among.map((policy) => lossOf(part, policy))));
  }
  // Another one is best in each part.
  assertEquals(losses.map(([governor, target]) => governor! < target!), [true, false, true]);
  const best = losses.reduce((sum, each) => sum + Math.min(...each), 0);
  const alone = among.map((_, i) => losses.reduce((sum, each) => sum + each[i]!, 0));
  const own = await lossOf(workload, { name: "select", among } as { readonly name: string });
  assert(own <= 1.1 * best, `${(own / best).toFixed(3)} times the best of each part`);
  assert(alone.every((loss) => loss > 1.1 * best), `one alone: ${alone.map((one) => one / best)}`);
});

/** A system whose pool chooses, where `target` costs a third of `governor`. */
function stageOf() {
  const wishes: RegretWish[] = [];
  const stage = new SystemStage({
    rehearse: (wish) => {
      wishes.push(wish);
      const cost = wish.policies[0]!.name === "target" ? 1 : 3;
      return Promise.resolve({ own: { cost, latePercent: 0 }, sizes: [] });
    },
  });
  const { home } = stage.system;
  const seat = (frozen: boolean) => home.seat({ ...home.council, policies: [chooser], frozen });
  const chooser = bind("select", { among, reviewMs: 2 * minute, dwellMs: minute });
  const pass = async (minutes: number) => {
    for (let s = 0; s < 60 * minutes; s++) {
      stage.system.queue.submitOne(orderOf());
      await stage.clock.rush(1_000);
    }
  };
  return { ...{ stage, wishes, home, seat, chooser, pass } };
}

Deno.test("select: a running system tells it what each would have cost, and who is followed", async () => {
  const { stage, wishes, home, seat, chooser, pass } = stageOf();
  seat(false);
  await pass(5);
  assert(wishes.length >= 4, `${wishes.length} simulations`);
  assertEquals(wishes.slice(0, 2).map(({ policies }) => policies[0]!.name), ["governor", "target"]);
  assert(wishes.every(({ atMs }) => atMs.length >= 50));
  assertEquals(home.losses!.costs, { governor: 3, target: 1 });
  assertEquals(followedIn(chooser.memory), "target");
  assertMatch(home.controller.latest[0]!.proposal.because, /^target is followed as it would have/);
  const told = stage.facts.flatMap((fact) =>
    fact.type === "alert" && fact.code === "policy_selected" ? [fact.message] : []
  );
  assertEquals(told, [
    "target is followed instead of governor: of late it would have cost governor 3.00, target 1.00",
  ]);
  await stage.system.stop();
});

Deno.test("select: who is frozen stays with whom it follows, and asks nobody", async () => {
  const { stage, wishes, home, seat, chooser, pass } = stageOf();
  seat(true);
  await pass(5);
  assertEquals([wishes.length, home.losses, followedIn(chooser.memory)], [0, null, "governor"]);
  seat(false);
  await pass(5);
  assertEquals(followedIn(chooser.memory), "target");
  await stage.system.stop();
});
