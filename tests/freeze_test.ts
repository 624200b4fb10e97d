/** Machines that outlive their process. */
import { assert, assertEquals } from "@std/assert";
import { createActor, transition } from "xstate";
import { freeze, type Moment, thaw } from "../machines/freeze.ts";
import { timers } from "../machines/mod.ts";
import { heard, key, reached, type Walk, walks } from "./walks.ts";

/** The first process, 5 s of nothing, then the next one, whose monotonic clock starts anew. */
const stopped: Moment = { nowMs: 2_000, wallMs: 1_700_000_000_000 };
const started: Moment = { nowMs: 10, wallMs: stopped.wallMs + 5_000 };
const shiftMs = started.nowMs - stopped.nowMs - 5_000;

const stored = (snapshot: unknown) => JSON.parse(JSON.stringify(snapshot));

function living(walk: Walk) {
  const all = reached(walk).filter(({ status }) => status === "active");
  assert(all.length > 0);
  return all;
}

for (const walk of walks) {
  const { name, machine } = walk;
  const input = walk.input as never;

  Deno.test(`${name}: goes on in the next process where it stood, timers where they were`, () => {
    for (const [snapshot, messages] of heard(walk)) {
      if (snapshot.status !== "active") continue;
      const thawed = thaw(machine, input, stored(freeze(snapshot, stopped)), started);
      const restored = createActor(machine, { input, snapshot: thawed! }).getSnapshot();
      assertEquals(key(walk, restored), key(walk, snapshot));
      assertEquals(restored.context.options, snapshot.context.options);
      const length = (timer: string): number => snapshot.context.deadlines[timer].lengthMs;
      const before = timers(snapshot as never);
      assertEquals(
        timers(restored as never),
        Object.fromEntries(
          Object.entries(before).map(([timer, ms]) => [
            timer,
            // Some walks set it later than the first process has stopped.
            Math.min(Math.max(ms + shiftMs, started.nowMs), started.nowMs + length(timer)),
          ]),
        ),
      );
      for (const message of messages) transition(machine, restored, message);
      for (const [timer, nowMs] of Object.entries(timers(restored as never))) {
        const [next] = transition(machine, restored, { type: "elapsed", timer, nowMs });
        assert(timers(next as never)[timer] !== nowMs, `${timer} is over`);
      }
    }
  });

  Deno.test(`${name}: no timer outlasts its length when the wall clock was set back`, () => {
    const back = { nowMs: 10, wallMs: stopped.wallMs - 7_200_000 };
    for (const snapshot of living(walk)) {
      const { context } = thaw(machine, input, stored(freeze(snapshot, stopped)), back)!;
      for (
        const { untilMs, lengthMs } of Object.values<Record<string, number>>(context.deadlines)
      ) {
        assertEquals(untilMs, 10 + lengthMs!);
      }
      const instants = [context.failuresMs ?? context.endsMs ?? context.sinceMs ?? 0].flat();
      assertEquals(instants.filter((ms: number) => ms > back.nowMs), []);
    }
  });

  Deno.test(`${name}: what is not one of its snapshots is not restored`, () => {
    const [snapshot] = living(walk);
    const good = freeze(snapshot!, stopped);
    const bad = [
      null,
      undefined,
      7,
      "x",
      [],
      {},
      { ...good, value: "nowhere" },
      { ...good, value: { nowhere: "x" } },
      { ...good, value: null },
      { ...good, context: {} },
      { ...good, context: { ...good.context, more: 1 } },
      { ...good, context: { ...good.context, deadlines: { start: null } } },
      { ...good, context: { ...good.context, deadlines: { start: { untilWallMs: "x" } } } },
    ];
    for (const each of bad) assertEquals(thaw(machine, input, each, started), null);
    assert(thaw(machine, input, good, started) !== null);
  });
}

Deno.test("worker: one that is gone is not restored", () => {
  const walk = walks.find(({ name }) => name === "worker")!;
  const gone = reached(walk).find(({ status }) => status === "done")!;
  assertEquals(thaw(walk.machine, walk.input as never, freeze(gone, stopped), started), null);
});
