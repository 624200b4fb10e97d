/** Time in machines: what waits has a deadline, and a deadline outlives its process. */
import { assert, assertEquals } from "@std/assert";
import { type AnyMachineSnapshot, createActor, transition } from "xstate";
import { timers } from "../machines/mod.ts";
import { heard, key, reached, type Walk, walks } from "./walks.ts";

/** Which timer must run in which state; no other may. An operator's word can lack an end. */
const waits: Record<string, readonly (readonly [state: unknown, timer: string])[]> = {
  breaker: [["open", "open"]],
  scaling: [
    [{ size: "cooldown" }, "cooldown"],
    [{ breaker: "open" }, "breaker"],
    [{ operator: "paused" }, "operator"],
    [{ operator: "pausedIn" }, "operator"],
    [{ operator: "pausedOut" }, "operator"],
    [{ operator: "pinned" }, "operator"],
    [{ operator: "drained" }, "operator"],
  ],
  worker: [
    ["spawning", "start"],
    [{ draining: "emptying" }, "drain"],
    [{ draining: "asked" }, "grace"],
    [{ draining: "stopped" }, "stop"],
    [{ draining: "killed" }, "kill"],
  ],
  restarts: [["waiting", "backoff"], ["quarantined", "quarantine"]],
  alert: [["pending", "sustain"], [{ raised: "rising" }, "sustain"], ["clearing", "clear"]],
  run: [["preparing", "run"], ["running", "run"]],
};

/** A snapshot with its timers and effects, as far as they can be compared. */
const told = (walk: Walk, [next, effects]: readonly [AnyMachineSnapshot, readonly unknown[]]) => ({
  key: key(walk, next),
  context: next.context,
  timers: timers(next as never),
  effects: (effects as { type: string }[]).map(({ type }) => type),
});

for (const walk of walks) {
  const { name, machine } = walk;
  const snapshots = reached(walk);
  const step = (snapshot: AnyMachineSnapshot, message: unknown) =>
    told(walk, transition(machine, snapshot, message as never));

  Deno.test(`${name}: what waits has its timer, nothing else has`, () => {
    for (const snapshot of snapshots) {
      const expected = waits[name]!.filter(([state]) => snapshot.matches(state as never))
        .map(([, timer]) => timer);
      assertEquals(Object.keys(timers(snapshot as never)).sort(), expected.sort());
    }
  });

  Deno.test(`${name}: a timer's end is heeded when it is due, not before, and by its name`, () => {
    let ended = 0;
    for (const snapshot of snapshots) {
      const before = told(walk, [snapshot, []]);
      for (const [timer, untilMs] of Object.entries(timers(snapshot as never))) {
        const elapsed = { type: "elapsed", timer, nowMs: untilMs };
        assert(JSON.stringify(step(snapshot, elapsed)) !== JSON.stringify(before), timer);
        assertEquals(step(snapshot, { ...elapsed, nowMs: untilMs - 1 }), before);
        assertEquals(step(snapshot, { ...elapsed, timer: `${timer}s` }), before);
        ended++;
      }
    }
    assert(ended > 0);
  });

  Deno.test(`${name}: a restored machine goes on as if nothing had happened`, () => {
    for (const [snapshot, messages] of heard(walk)) {
      const stored = JSON.parse(JSON.stringify(machine.getPersistedSnapshot(snapshot as never)));
      const restored = createActor(machine, { snapshot: stored, input: walk.input as never })
        .getSnapshot();
      assertEquals(timers(restored as never), timers(snapshot as never));
      for (const message of messages) {
        assertEquals(step(restored, message), step(snapshot, message));
      }
    }
  });
}
