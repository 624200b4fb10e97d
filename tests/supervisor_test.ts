/**
 * What Erlang's `supervisor_SUITE` asks of a supervisor: a cell for each kind of child and each kind
 * of end, and each strategy with its escalation.
 */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { fromCallback, setup } from "xstate";
import {
  affected,
  type End,
  isRestarted,
  type Restart,
  restartKinds,
  spent,
  strategies,
  type Strategy,
} from "../machines/supervision.ts";
import { usual } from "../actors/supervisor.ts";
import { Stage } from "./supervisor_stage.ts";

const ends = ["normal", "shutdown", "abnormal"] as const;

/** The matrix of OTP: which ends are followed by another start. */
const matrix: Readonly<Record<Restart, readonly End[]>> = {
  permanent: ["normal", "shutdown", "abnormal"],
  transient: ["abnormal"],
  temporary: [],
};

/** Who is started again when `b` of `a b c` was. */
const reach: Readonly<Record<Strategy, string>> = {
  oneForOne: "b",
  oneForAll: "abc",
  restForOne: "bc",
  simpleOneForOne: "b",
};

Deno.test("supervision: a child is started again after an end as OTP's matrix says", () => {
  for (const restart of restartKinds) {
    for (const how of ends) {
      assertEquals(isRestarted(restart, how), matrix[restart].includes(how), `${restart} ${how}`);
    }
  }
});

for (const restart of restartKinds) {
  for (const how of ends) {
    Deno.test(`supervisor: ${restart} ${how}`, async () => {
      const stage = new Stage();
      stage.top.keep(stage.child("other"));
      stage.top.keep(stage.child("it", { restart }));
      const first = stage.top.actor("it");
      assertEquals(stage.heard(), ["+other", "+it"]);
      await stage.end("it", how);
      const again = matrix[restart].includes(how);
      assertEquals(
        stage.heard().filter((word) => /^[+-]other|^\+/.test(word)),
        again ? ["+it"] : [],
      );
      assertEquals(stage.finals, again ? [] : [`it ${how}`]);
      assertEquals(stage.top.actor("it") !== null, again);
      assert(stage.top.actor("it") !== first);
      assert(stage.top.actor("other") !== null);
      await stage.top.stop();
    });
  }
}

for (const strategy of strategies) {
  const words = strategy.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

  Deno.test(`supervision: ${strategy} reaches ${reach[strategy]} of abc when b ended`, () => {
    const children = [..."abc"];
    assertEquals(affected(strategy, children, "b").join(""), reach[strategy]);
    assertEquals(affected(strategy, children, "x"), []);
  });

  Deno.test(`supervisor: ${words}`, async () => {
    const stage = new Stage();
    const below = stage.top.under("below", { ...usual, strategy });
    for (const id of "abc") below.keep(stage.child(id));
    const lives = [..."abc"].map((id) => below.actor(id));
    stage.heard();
    await stage.end("b", "abnormal");
    const again = reach[strategy];
    const others = [...again].filter((id) => id !== "b").reverse().map((id) => `-${id}`);
    assertEquals(stage.heard().filter((word) => word !== "-b"), [
      ...others,
      ...[...again].map((id) => `+${id}`),
      "restarted b: broken",
    ]);
    assertEquals([..."abc"].filter((id, i) => below.actor(id) !== lives[i]).join(""), again);
    await stage.top.stop();
  });

  Deno.test(`supervisor: ${words}_escalation`, async () => {
    const stage = new Stage();
    stage.top.keep(stage.child("beside"));
    const below = stage.top.under("below", { strategy, intensity: 1, periodMs: 10_000 });
    for (const id of "ab") below.keep(stage.child(id));
    await stage.end("a", "abnormal");
    stage.heard();
    await stage.end("a", "abnormal", "again");
    const because = "below: a failed 2 times within 10 s: again";
    const heard = stage.heard();
    assertEquals(heard.at(-1), `restarted ${because}`);
    assert(heard.includes("-b"), "the others were stopped");
    assert(!heard.some((word) => word.includes("beside")), "who is beside it is left alone");
    // Children of one kind came for occasions; the others belong to the supervisor's own start.
    const anew = strategy === "simpleOneForOne" ? [] : ["+a", "+b"];
    assertEquals(heard.filter((word) => word.startsWith("+")), anew);
    assertEquals(stage.finals, anew.length === 0 ? ["a abnormal", "b abnormal"] : []);
    assert(stage.top.actor("below") !== null);
    await stage.top.stop();
  });
}

Deno.test("supervisor: tree: what no level can mend reaches the root, each level with its budget", async () => {
  const stage = new Stage();
  const below = stage.top.under("below", { strategy: "oneForAll", intensity: 1, periodMs: 60_000 });
  below.keep(stage.child("a"));
  let failures = 0;
  while (!stage.said.some((word) => word.startsWith("gave up"))) {
    await stage.end("a", "abnormal");
    assert(++failures < 100);
  }
  // 4 failures of `below` at the root are one too many; each is 2 failures of `a`.
  assertEquals(failures, 4 * 2);
  assertEquals(
    stage.said.at(-1),
    "gave up: below failed 4 times within a minute: a failed 2 times within a minute: broken",
  );
  await stage.top.stop();
});

Deno.test("supervision: restarts count while they lie in the period", () => {
  const budget = { intensity: 2, periodMs: 1_000 };
  assertEquals(spent(budget, [0, 500, 1_000], 1_000), [500, 1_000, 1_000]);
  assertEquals(spent(budget, [], 5), [5]);
});

Deno.test("supervisor: hanging_restart_loop: a child that can't start is given up, not tried for ever", async () => {
  const stage = new Stage();
  let starts = 0;
  stage.top.keep({
    id: "hopeless",
    logic: fromCallback(() => {
      starts++;
      throw new Error("no way");
    }),
  });
  assertEquals(starts, 4);
  assertEquals(stage.said.at(-1), "gave up: hopeless failed 4 times within a minute: no way");
  await stage.top.stop();
});

Deno.test("supervisor: a place is kept once, and may be given to another when it is left", () => {
  const stage = new Stage();
  stage.top.keep(stage.child("a"));
  assertThrows(() => stage.top.keep(stage.child("a")), RangeError, "a is kept already");
  stage.top.dismiss("a");
  stage.top.dismiss("a");
  stage.top.keep(stage.child("a"));
  assertEquals(stage.heard(), ["+a", "-a", "+a"]);
});

Deno.test("supervisor: a renewed child is no failure", async () => {
  const stage = new Stage();
  stage.top.keep(stage.child("a"));
  for (let i = 0; i < 10; i++) stage.top.renew("a");
  assertEquals(stage.said.filter((word) => /gave up|restarted/.test(word)), []);
  assert(stage.top.actor("a") !== null);
  await stage.top.stop();
});

/** A machine that counts, and fails at one word. */
const counter = setup({
  types: {
    events: {} as { readonly type: "count" | "fail" },
    context: {} as { readonly count: number },
  },
  actions: {
    fail: () => {
      throw new Error("fail");
    },
  },
}).createMachine({
  context: { count: 0 },
  on: {
    count: { actions: ({ context }) => void context, reenter: true, target: ".counted" },
    fail: { actions: "fail" },
  },
  initial: "new",
  states: { new: {}, counted: {} },
});

for (const keepsState of [true, false]) {
  const then = keepsState ? "goes on where it stood before" : "begins anew";
  Deno.test(`supervisor: a machine that ${keepsState ? "keeps" : "has"} its state ${then}`, async () => {
    const stage = new Stage();
    stage.top.keep({ id: "machine", logic: counter, keepsState });
    stage.top.send("machine", { type: "count" });
    const fail = () => stage.top.send("machine", { type: "fail" });
    const state = () => stage.top.actor("machine")?.getSnapshot().value;
    fail();
    assertEquals(state(), keepsState ? "counted" : "new");
    fail();
    fail();
    assertEquals(state(), keepsState ? "counted" : "new");
    fail();
    assertEquals([state(), stage.said.at(-1)], [
      undefined,
      "gave up: machine failed 4 times within a minute: fail",
    ]);
    await stage.top.stop();
  });
}

Deno.test("supervisor: a state that may be what is wrong is not handed on by its supervisor", () => {
  const stage = new Stage();
  const below = stage.top.under("below", { ...usual, intensity: 1 });
  below.keep({ id: "machine", logic: counter, keepsState: true });
  below.send("machine", { type: "count" });
  below.send("machine", { type: "fail" });
  assertEquals(below.actor("machine")!.getSnapshot().value, "counted");
  below.send("machine", { type: "fail" });
  assertEquals(below.actor("machine")!.getSnapshot().value, "new");
});

Deno.test("supervisor: an earlier life's end that is heard late does not end the next one", async () => {
  const stage = new Stage();
  const below = stage.top.under("below", { ...usual, strategy: "oneForAll" });
  // `b` takes `a` with it, as `a` fails at being stopped: two failures, one restart of both.
  below.keep({
    id: "a",
    logic: fromCallback(() => () => {
      throw new Error("at its stop");
    }),
  });
  below.keep(stage.child("b"));
  await stage.end("b", "abnormal");
  assertEquals(stage.said.filter((word) => word.startsWith("restarted")), ["restarted b: broken"]);
  assert(below.actor("a") !== null && below.actor("b") !== null);
});
