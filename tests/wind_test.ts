/** The clock that machines are wound with. */
import { assertEquals } from "@std/assert";
import { type Timed, wind } from "../actors/timers.ts";
import { ManualClock } from "./manual_clock.ts";

type Snapshot = ReturnType<Timed["getSnapshot"]>;

/** An actor whose deadlines the test sets. */
class Actor implements Timed {
  readonly heard: { timer: string; nowMs: number }[] = [];
  observers = 0;
  #deadlines: Record<string, { untilMs: number; lengthMs: number }> = {};
  #observer: Parameters<Timed["subscribe"]>[0] = {};

  getSnapshot(): Snapshot {
    return { context: { deadlines: this.#deadlines } } as unknown as Snapshot;
  }

  send({ timer, nowMs }: { timer: string; nowMs: number }): void {
    this.heard.push({ timer, nowMs });
    delete this.#deadlines[timer];
    this.#observer.next?.(this.getSnapshot());
  }

  subscribe(observer: Parameters<Timed["subscribe"]>[0]): { unsubscribe(): void } {
    this.observers++;
    this.#observer = observer;
    return { unsubscribe: () => this.observers-- };
  }

  step(untilMs: Record<string, number>): void {
    this.#deadlines = Object.fromEntries(
      Object.entries(untilMs).map(([name, ms]) => [name, { untilMs: ms, lengthMs: ms }]),
    );
    this.#observer.next?.(this.getSnapshot());
  }

  end(how: "complete" | "error"): void {
    this.#observer[how]?.(new Error("over"));
  }
}

Deno.test("wind: each deadline is told once, by its name, at its time", async () => {
  const clock = new ManualClock();
  const actor = new Actor();
  actor.step({ early: 10 });
  const stop = wind(actor, clock);
  actor.step({ early: 10, late: 30 });
  assertEquals(clock.pending, 2);
  await clock.advance(100);
  assertEquals(actor.heard, [{ timer: "early", nowMs: 10 }, { timer: "late", nowMs: 30 }]);
  stop();
  assertEquals([clock.pending, actor.observers], [0, 0]);
});

Deno.test("wind: a deadline that moved or went is not told at its old time", async () => {
  const clock = new ManualClock();
  const actor = new Actor();
  const stop = wind(actor, clock);
  actor.step({ moves: 10, goes: 10 });
  actor.step({ moves: 20 });
  assertEquals(clock.pending, 1);
  await clock.advance(15);
  assertEquals(actor.heard, []);
  await clock.advance(5);
  assertEquals(actor.heard, [{ timer: "moves", nowMs: 20 }]);
  stop();
});

for (const how of ["complete", "error"] as const) {
  Deno.test(`wind: nothing is armed for an actor after its ${how}`, async () => {
    const clock = new ManualClock();
    const actor = new Actor();
    wind(actor, clock);
    actor.step({ timer: 10 });
    actor.end(how);
    await clock.advance(100);
    assertEquals([clock.pending, actor.heard, actor.observers], [0, [], 0]);
  });
}
