/** One flag, and whoever tunes itself stays with what it found. */
import { assert, assertEquals } from "@std/assert";
import { Hearings } from "../actors/council.ts";
import { composeConfig } from "../actors/config.ts";
import { isLive } from "../actors/reload.ts";
import type { Candidate } from "../messages/decision.ts";
import { bindConstraint, constraints, type Guard } from "../policies/constraints/mod.ts";
import { anyReadings } from "../policies/conformance/any_readings.ts";
import { bind, scalingPolicies } from "../policies/scaling/mod.ts";
import { readRecording, replayRecording } from "../simulation/recording.ts";
import { orderOf } from "./orders.ts";
import { readingOf } from "./readings.ts";
import { SystemStage } from "./system_stage.ts";

const tuning = scalingPolicies.filter(({ tunes }) => tunes).map(({ name }) => name);

Deno.test("frozen: who looks for sizes and limits by trying can be", () => {
  assertEquals(tuning.toSorted(), ["aimd", "explore", "gradient", "resource"]);
  assertEquals(constraints.flatMap(({ name, tunes }) => tunes ? name : []), ["gain"]);
  const { tuning: usual } = composeConfig([]);
  assertEquals([usual, isLive("tuning.frozen")], [{ frozen: false }, true]);
});

/** What each proposes and allows without its reason. */
const numbers = (said: readonly Candidate[]) =>
  JSON.stringify(said.map(({ policy, proposal: { because: _, ...rest } }) => [policy, rest]));

for (const name of tuning) {
  Deno.test(`frozen: ${name} changes nothing for the rest of the run, and goes on after it`, () => {
    for (let seed = 1; seed <= 20; seed++) {
      const hearings = new Hearings(() => {});
      const policies = [bind(name), bind("fixed", { workers: 3 })];
      const council = { policies, guards: [bindConstraint("gain")] };
      const heard = (frozen: boolean) => (reading: ReturnType<typeof readingOf>) =>
        numbers([
          ...hearings.candidates({ ...council, frozen }, reading),
          ...hearings.vetoes({ ...council, frozen }, reading),
        ]);
      const readings = anyReadings(seed, 300);
      const free = readings.slice(0, 100).map(heard(false));
      const held = readings.slice(100, 200).map(heard(true));
      assertEquals([...new Set(held)], [free.at(-1)], `seed ${seed}`);
      const after = readings.slice(200).map(heard(false));
      // Readings by chance have never the size that explore asked for; the pool below has.
      const moves = new Set([...free, ...after]).size > 1;
      assert(moves || name === "explore", `seed ${seed}: it never changes anything`);
    }
  });
}

Deno.test("frozen: a limit that growth was given stays, and no other is tried", () => {
  let cap = 9;
  const trials = {
    ...bindConstraint("gain"),
    constrain: () => ({ floor: 0, cap: cap--, because: "on trial" }),
  };
  const hearings = new Hearings(() => {});
  const told = (frozen: boolean, guard: Guard) =>
    hearings.vetoes({ policies: [], guards: [guard], frozen }, readingOf())
      .map(({ proposal }) => proposal.cap);
  const caps = [false, false, true, true].flatMap((frozen) => told(frozen, trials));
  // Another one of the same name, as a configuration that changes binds it, says nothing else.
  assertEquals([...caps, ...told(true, bindConstraint("gain"))], [9, 8, 8, 8, 8]);
});

Deno.test("frozen: who fails says nothing to stay with, and who was never asked is asked once", () => {
  const hearings = new Hearings(() => {});
  let asked = 0;
  const policy = {
    ...bind("explore"),
    step() {
      asked++;
      if (asked === 1) throw new Error("not yet");
      return { floor: asked, because: "asked" };
    },
  };
  const council = { policies: [policy], guards: [], frozen: true };
  const floors = [0, 250, 500, 750].map((nowMs) =>
    hearings.candidates(council, readingOf({ nowMs }))[0]!.proposal.floor
  );
  assertEquals([floors, asked], [[0, 2, 2, 2], 2]);
});

Deno.test("frozen: a pool that explores stays as large as it is, and its recording says so", async () => {
  const stage = new SystemStage({ min: 1, max: 16, part: { jobMs: 100, holds: true } });
  const { clock, system } = stage;
  const guards = [bindConstraint("bounds", { min: 1, max: 16 })];
  const policies = [bind("explore", { windowMs: 1_000, restMs: 1_000, workersMax: 16 })];
  const work = async (seconds: number) => {
    const sizes = new Set<number>();
    for (let s = 0; s < seconds; s++) {
      system.queue.submit(Array.from({ length: 120 }, () => orderOf()));
      await clock.advance(1_000);
      sizes.add(system.pool.envelope.cap);
    }
    return sizes;
  };
  system.seat({ policies, guards });
  assert((await work(12)).size > 2);
  system.seat({ policies, guards, frozen: true });
  await clock.advance(1_000);
  const decisions = system.controller.decisions().length;
  assertEquals((await work(30)).size, 1);
  assertEquals(system.controller.decisions().length, decisions);
  const parts = readRecording(system.controller.recorder.text());
  const { recorded, decisions: again } = replayRecording(parts);
  assertEquals(
    again.map(({ id, envelope }) => [id, envelope]),
    recorded.map(({ id, envelope }) => [id, envelope]),
  );
  system.seat({ policies, guards });
  assert((await work(40)).size > 1);
  await system.stop();
});
