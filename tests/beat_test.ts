/** When a pool is looked at: its rhythm, its rest, and what ends that. */
import { assert, assertEquals } from "@std/assert";
import { type Beat, beat } from "../actors/beat.ts";
import { loop } from "../actors/loop.ts";
import { Supervisor } from "../actors/supervisor.ts";
import { bindConstraint } from "../policies/constraints/mod.ts";
import { bind } from "../policies/scaling/mod.ts";
import { isLong, noRest, type Rest, rest } from "../policies/scaling/rest.ts";
import { ManualClock } from "./manual_clock.ts";
import { orderOf } from "./orders.ts";
import { readingOf } from "./readings.ts";
import { SystemStage } from "./system_stage.ts";

/** A beat and when it looked; `rests` says whether it rests. */
function beating(everyMs = 250) {
  const clock = new ManualClock();
  const looks: number[] = [];
  const state = { rests: false, begins: false };
  let given: Beat | undefined;
  const supervisor = new Supervisor("root", clock, { restarted() {}, gaveUp() {} }).start(() => {});
  supervisor.keep({
    id: "child",
    logic: loop(clock, ({ at }) => {
      given = beat(clock, at, {
        everyMs,
        look() {
          looks.push(clock.nowMs());
          if (state.begins) state.rests = false;
        },
        isAtRest: () => state.rests,
      });
    }),
  });
  return { clock, looks, state, beat: given!, stop: () => supervisor.stop() };
}

Deno.test("beat: four looks a second at work, one at rest, on one grid", async () => {
  const { clock, looks, state, stop } = beating();
  await clock.advance(500);
  assertEquals(looks, [0, 250, 500]);
  state.rests = true;
  await clock.advance(2_250);
  assertEquals(looks.slice(3), [750, 1_750, 2_750]);
  await stop();
  assertEquals(clock.pending, 0);
});

Deno.test("beat: whoever is stirred goes on where he would have been", async () => {
  const { clock, looks, state, beat, stop } = beating();
  state.rests = true;
  await clock.advance(1_250 + 310);
  state.rests = false;
  beat.stir();
  beat.stir();
  await clock.advance(500);
  assertEquals(looks, [0, 250, 1_250, 1_750, 2_000]);
  await stop();
  assertEquals(clock.pending, 0);
});

Deno.test("beat: a look that finds work ends the rest itself", async () => {
  const { clock, looks, state, stop } = beating();
  state.rests = true;
  await clock.advance(1_000);
  state.begins = true;
  await clock.advance(1_000);
  assertEquals(looks, [0, 250, 1_250, 1_500, 1_750, 2_000]);
  await stop();
});

Deno.test("beat: a burst is looked at now and twice soon, whatever the rhythm", async () => {
  const { clock, looks, state, beat, stop } = beating();
  state.rests = true;
  await clock.advance(760);
  beat.burst();
  beat.burst();
  await clock.advance(100);
  assertEquals(looks, [0, 250, 760, 785, 810]);
  await stop();
});

Deno.test("beat: a slow policy looks each second all the same, at rest too", async () => {
  const { clock, looks, state, stop } = beating(5_000);
  await clock.advance(1_000);
  state.rests = true;
  await clock.advance(2_000);
  assertEquals(looks, [0, 1_000, 2_000, 3_000]);
  await stop();
});

/** A system at rest with one worker and jobs of `jobMs`, and when its policy was asked. */
async function watchedSystem(jobMs: number) {
  const { clock, system } = new SystemStage({ min: 1, max: 1, part: { jobMs, holds: true } });
  const looks: number[] = [];
  const idle = bind("governor");
  const watched = {
    ...idle,
    step(...given: Parameters<typeof idle.step>) {
      looks.push(clock.nowMs());
      return idle.step(...given);
    },
  };
  system.seat({ policies: [watched], guards: [bindConstraint("bounds", { min: 1, max: 1 })] });
  await clock.advance(10_000);
  const come = (jobs: number) => {
    for (let i = 0; i < jobs; i++) system.queue.submitOne(orderOf());
  };
  return { clock, system, looks, come };
}

Deno.test("beat: every burst is told, where nothing came since the last one too", async () => {
  const { clock, system, looks, come } = await watchedSystem(1);
  for (let wave = 1; wave <= 3; wave++) {
    looks.length = 0;
    const comesMs = clock.nowMs();
    come(100);
    await clock.advance(60);
    assertEquals(looks.slice(0, 3).map((ms) => ms - comesMs), [0, 25, 50], `wave ${wave}`);
    await clock.advance(10_000 - 60);
  }
  await system.stop();
});

Deno.test("beat: a queue that stays about the size of a burst is told once", async () => {
  // Before it lies in a lane a job may lie in the worker: one of these passes the size each 6 ms.
  for (const waiting of [20, 21, 22, 23, 24]) {
    const { clock, system, looks, come } = await watchedSystem(1);
    come(waiting);
    for (let turn = 0; turn < 200; turn++) {
      await clock.advance(3);
      come(turn % 2 === 0 ? 2 : 4);
    }
    assertEquals(looks.filter((ms) => ms > clock.nowMs() - 500).length, 2, `${waiting} at first`);
    await system.stop();
  }
});

Deno.test("rest: two calm seconds, and all that ends them", () => {
  const calm = readingOf({ queued: 0, running: 0, starting: 0, arrivals: 0, finished: 0 });
  const after = (nowMs: number, more: object = {}, before: Rest = 0, isNews = false) =>
    rest(before, { ...calm, nowMs, ...more }, isNews);
  assertEquals(after(1_000, {}, noRest), 1_000);
  assertEquals([1_999, 2_000].map((nowMs) => isLong(after(nowMs), nowMs)), [false, true]);
  for (const name of ["queued", "running", "starting", "arrivals", "finished"]) {
    assertEquals(after(6_000, { [name]: 1 }), null, name);
  }
  assertEquals(after(6_000, {}, 0, true), null);
});

Deno.test("rest: a pool without work is looked at once a second, and at work again by its rhythm", async () => {
  const { clock, system, looks, come } = await watchedSystem(2_000);
  looks.length = 0;
  await clock.advance(5_000);
  assertEquals(looks.length, 5, "at rest");
  await clock.advance(1_000 - (clock.nowMs() - looks.at(-1)!) + 100);
  const comesMs = clock.nowMs(); // 900 ms before the next look at rest.
  come(1);
  looks.length = 0;
  await clock.advance(1_000);
  const [first, ...others] = looks.filter((ms) => ms > comesMs);
  assert(first! - comesMs <= 250, `${first! - comesMs} ms after the job came`);
  assert(others.length >= 3, "four a second from then on");
  await clock.advance(10_000);
  looks.length = 0;
  await clock.advance(5_000);
  assertEquals(looks.length, 5, "at rest again");
  await system.stop();
});
