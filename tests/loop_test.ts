/** Loops and who keeps them alive: ticks, the door of a mailbox, restarts, giving up. */
import { assertEquals } from "@std/assert";
import { loop, type Turns } from "../actors/loop.ts";
import { type Child, Supervisor } from "../actors/supervisor.ts";
import { ManualClock } from "./manual_clock.ts";

type Message = { readonly type: "go" } | { readonly type: "break" };

/** A supervisor whose words are noted. */
function watched(clock: ManualClock): { supervisor: Supervisor; said: string[] } {
  const said: string[] = [];
  const supervisor = new Supervisor("root", clock, {
    restarted: (id, because) => said.push(`${id}: ${because}`),
    gaveUp: (because) => said.push(`gave up: ${because}`),
  }).start(() => {});
  return { supervisor, said };
}

/** A child that runs `run`, told how often it was started. */
function child(
  clock: ManualClock,
  run: (turns: Turns<Message>, life: number) => void | (() => void),
  id = "child",
): Child {
  let life = 0;
  return { id, logic: loop<Message>(clock, (turns) => run(turns, ++life)) };
}

Deno.test("loop: ticks without drift, and without catching up after a pause", async () => {
  const clock = new ManualClock();
  const { supervisor } = watched(clock);
  const ticks: number[] = [];
  supervisor.keep(child(clock, ({ every }) => {
    every(100, () => ticks.push(clock.nowMs()));
  }));
  await clock.advance(350);
  assertEquals(ticks, [100, 200, 300]);
  clock.skip(1_000); // The timer is called late, as after a suspended machine.
  await clock.advance(0);
  assertEquals(ticks, [100, 200, 300, 1_350, 1_350]);
  await clock.advance(200);
  assertEquals(ticks.slice(5), [1_450, 1_550]);
  await supervisor.stop();
  assertEquals(clock.pending, 0);
});

Deno.test("loop: strange messages are counted at the door and hurt nobody", async () => {
  const clock = new ManualClock();
  const { supervisor, said } = watched(clock);
  let refused = () => 0;
  let went = 0;
  supervisor.keep(child(clock, (turns) => {
    refused = turns.refused;
    turns.on({ go: () => went++, break: () => {} });
  }));
  const strange = [
    {},
    { type: "" },
    { type: "toString" },
    { type: "__proto__" },
    { type: "constructor" },
    { type: "went" },
    { type: 7 },
    { type: null },
    { type: "flyball.crash", error: new Error("from outside") },
  ];
  for (const message of strange) supervisor.send("child", message as { type: string });
  assertEquals(refused(), strange.length);
  supervisor.send("child", { type: "go" });
  assertEquals([went, said], [1, []]);
  await supervisor.stop();
});

Deno.test("supervisor: XState's own words don't pass it, nor does what is for nobody", async () => {
  const clock = new ManualClock();
  const { supervisor, said } = watched(clock);
  let went = 0;
  let refused = () => 0;
  supervisor.keep(child(clock, (turns) => {
    refused = turns.refused;
    turns.on({ go: () => went++, break: () => {} });
  }));
  for (const word of ["stop", "init", "done.actor.child", "error.actor.child", "after.1.x", "x"]) {
    supervisor.send("child", { type: `xstate.${word}` });
  }
  supervisor.send("nobody", { type: "go" });
  supervisor.send("child", { type: "go" });
  assertEquals([went, refused(), said], [1, 0, []]);
  await supervisor.stop();
});

Deno.test("supervisor: a throw in a message, a tick or a start restarts the child alone", async () => {
  const clock = new ManualClock();
  const { supervisor, said } = watched(clock);
  const ticks: string[] = [];
  const ends: number[] = [];
  supervisor.keep(child(clock, ({ every }) => every(10, () => ticks.push("other")), "other"));
  supervisor.keep(child(clock, ({ every, on }, life) => {
    every(10, () => {
      ticks.push(`life ${life}`);
      if (life === 2) throw new Error("in a tick");
    });
    on({
      go: () => {},
      break: () => {
        throw new Error("in a message");
      },
    });
    if (life === 3) throw new Error("in its start");
    return () => ends.push(life);
  }));
  supervisor.send("child", { type: "break" });
  await clock.advance(10);
  assertEquals(said, ["child: in a message", "child: in a tick", "child: in its start"]);
  assertEquals(ticks, ["other", "life 2"]);
  ticks.length = 0;
  await clock.advance(10);
  assertEquals(ticks, ["other", "life 4"], "no earlier life ticks on");
  assertEquals(ends, [1, 2], "each life that had begun was ended");
  await supervisor.stop();
  assertEquals([clock.pending, ends], [0, [1, 2, 4]]);
});

Deno.test("supervisor: gives up at the fourth failure within a minute, of all together", async () => {
  const clock = new ManualClock();
  const { supervisor, said } = watched(clock);
  const breaks = ({ on }: Turns<Message>) =>
    on({
      go: () => {},
      break: () => {
        throw "no Error at all";
      },
    });
  supervisor.keep(child(clock, breaks, "a"));
  supervisor.keep(child(clock, breaks, "b"));
  const fail = (id: string) => supervisor.send(id, { type: "break" });
  fail("a");
  await clock.advance(1);
  fail("b");
  await clock.advance(1);
  fail("a");
  assertEquals(said.length, 3);
  await clock.advance(59_998); // The first has just left the minute.
  fail("b");
  assertEquals(said.at(-1), "b: no Error at all");
  fail("a");
  assertEquals(said.at(-1), "gave up: a failed 4 times within a minute: no Error at all");
  assertEquals(said.length, 5);
  await supervisor.stop();
  assertEquals(clock.pending, 0);
});

Deno.test("supervisor: stops the last started first, and what throws then starts nothing", async () => {
  const clock = new ManualClock();
  const { supervisor, said } = watched(clock);
  const ends: string[] = [];
  for (const id of ["a", "b", "c"]) {
    supervisor.keep(child(clock, () => () => {
      ends.push(id);
    }, id));
  }
  await supervisor.stop();
  supervisor.send("a", { type: "go" });
  assertEquals([ends, said], [["c", "b", "a"], []]);
});
