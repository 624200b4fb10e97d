/** Back to a decision: what is told of it is what was. */
import { assert, assertEquals } from "@std/assert";
import { beforeFacts, epochOf, firstDecision, isOf } from "../actors/epoch.ts";
import { pastOf, replay } from "../actors/past.ts";
import { memoryStore } from "../actors/stores/memory.ts";
import type { ControlFact } from "../messages/facts.ts";
import type { PastMachine } from "../messages/past.ts";
import { orderOf } from "./orders.ts";
import { SystemStage } from "./system_stage.ts";

/** A book without decisions: what the facts tell is all there is. */
const none = { get: () => Promise.resolve(null) };

/** Where machines stand, by name: the whole scaling machine, of a worker what is announced. */
function standing(stage: SystemStage): Record<string, unknown> {
  const seen: Record<string, unknown> = {};
  for (const [name, actor] of stage.actors) {
    const { status, value } = actor.getSnapshot();
    if (status !== "active") continue;
    if (name === "scaling") seen[name] = value;
    if (name.startsWith("worker.")) {
      seen[name] = typeof value === "object" ? Object.keys(value)[0] : value;
    }
  }
  return seen;
}

Deno.test("past: at each decision the machines stand where they stood", async () => {
  const stage = new SystemStage({ min: 1, max: 4, part: { jobMs: 200, holds: true } });
  const { journal } = stage.system;
  const stood = new Map<number, Record<string, unknown>>();
  const note = journal.note;
  journal.note = (fact) => {
    if (fact.type === "decided") stood.set(fact.decision.id, standing(stage));
    note(fact);
  };
  for (let round = 0; round < 4; round++) {
    for (let n = 0; n < 30; n++) stage.system.queue.submitOne(orderOf());
    await stage.clock.advance(8_000);
  }
  assert(stood.size >= 5, `${stood.size} decisions`);
  const sizes = new Set([...stood.values()].map((seen) => Object.keys(seen).length));
  assert(sizes.size >= 2, `the pool had ${[...sizes]} actors, ${stood.size} decisions`);
  for (const [id, then] of stood) {
    const past = await pastOf(stage.store, stage.system.decisions, id);
    assertEquals(past!.decision.id, id);
    const told = past!.machines.map(({ actor, value }) => [actor, value] as const);
    assertEquals(Object.fromEntries(told), then, `decision ${id}`);
    assert(past!.facts.some(({ seq }) => seq === past!.seq));
  }
  assertEquals(await pastOf(stage.store, stage.system.decisions, 999_999), null);
  await stage.system.stop();
});

Deno.test("past: another start of the service is another story", async () => {
  const store = memoryStore();
  const worker = (seat: number): ControlFact => ({
    type: "worker",
    pool: "default",
    seat,
    generation: 1,
    pid: 1,
    state: "ready",
    because: "connected",
  });
  const decided = (id: number) => ({ type: "decided", decision: { id } }) as unknown as ControlFact;
  const tell = (epoch: number, ...facts: ControlFact[]) =>
    store.append(facts.map((fact, i) => {
      return { type: "fact", stamped: { seq: beforeFacts(epoch) + 1 + i, at: i, fact } };
    }));
  tell(1, worker(1), decided(1));
  tell(2, worker(2), decided(1_000_001), worker(3));
  const names = async (id: number) =>
    (await pastOf(store, none, id))?.machines.map(({ actor }) => actor) ?? null;
  assertEquals(await names(1), ["worker.1.1"]);
  assertEquals(await names(1_000_001), ["worker.2.1"]);
  assertEquals(await names(2), null);
  assertEquals(
    (await pastOf(store, none, 1))!.facts.length,
    2,
    "what came after is of the other start",
  );
});

Deno.test("past: finds one among many pages", async () => {
  const store = memoryStore();
  const machine: ControlFact = {
    type: "machine",
    actor: "breaker.a",
    event: "step",
    value: "open",
  };
  const facts = Array.from(
    { length: 3_000 },
    (_, i): ControlFact =>
      i === 2_500
        ? { type: "decided", decision: { id: 7 } } as unknown as ControlFact
        : { ...machine, actor: `breaker.${i % 10}` },
  );
  store.append(facts.map((fact, i) => ({ type: "fact", stamped: { seq: i + 1, at: i, fact } })));
  const past = await pastOf(store, none, 7);
  assertEquals([past!.seq, past!.at, past!.machines.length], [2_501, 2_500, 10]);
  assertEquals(past!.machines.map(({ machine }) => machine), Array(10).fill("breaker"));
});

Deno.test("past: incidents stand while they last", () => {
  const standings = new Map<string, PastMachine>();
  const alert = { incident: "a1", rule: "cpu", subject: null, message: "hot", value: 1 };
  const tell = (fact: ControlFact) => replay(standings, { seq: 1, at: 5, fact });
  tell({ type: "alertRaised", level: "warning", ...alert });
  tell({ type: "alertEscalated", level: "critical", ...alert });
  assertEquals([...standings.values()], [{
    actor: "alert.cpu",
    machine: "alert",
    value: { raised: "critical" },
    event: "alertEscalated",
    at: 5,
    because: "hot",
  }]);
  const { value: _, ...rest } = alert;
  tell({ type: "alertCleared", level: "critical", lastedMs: 1, ...rest });
  assertEquals(standings.size, 0);
});

Deno.test("epoch: facts and decisions know theirs", () => {
  for (const epoch of [1, 2, 77]) {
    assertEquals(epochOf(firstDecision(epoch)), epoch);
    assertEquals(epochOf(firstDecision(epoch + 1) - 1), epoch);
    assert(isOf(epoch, beforeFacts(epoch) + 1) && isOf(epoch, beforeFacts(epoch + 1)));
    assert(!isOf(epoch, beforeFacts(epoch)) && !isOf(epoch, beforeFacts(epoch + 1) + 1));
  }
});
