import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { mapItems } from "../actors/map_items.ts";
import { settled, until } from "./until.ts";

/** Work that ends when the test says so. */
class Bench {
  readonly begun: number[] = [];
  readonly #ends = new Map<number, (how: { error?: unknown }) => void>();
  mostUnder = 0;

  run = (item: number): Promise<string> =>
    new Promise((resolve, reject) => {
      this.begun.push(item);
      this.#ends.set(item, ({ error }) => error ? reject(error) : resolve(`r${item}`));
      this.mostUnder = Math.max(this.mostUnder, this.#ends.size);
    });

  get under(): number[] {
    return [...this.#ends.keys()];
  }

  end(item: number, how: { error?: unknown } = {}): void {
    this.#ends.get(item)!(how);
    this.#ends.delete(item);
  }
}

/** Counts up, and tells whether it was closed. */
function source(most = Infinity) {
  const state = { taken: 0, closed: false };
  function* items() {
    try {
      while (state.taken < most) yield state.taken++;
    } finally {
      state.closed = true;
    }
  }
  return { state, items: items() };
}

const noAbort = () => {};

for (const ordered of [true, false]) {
  const how = ordered ? "in order" : "as they come";

  Deno.test(`mapItems ${how}: all results, none twice, whatever ends first`, async () => {
    const waits = fc.array(fc.nat(5), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(waits, fc.integer({ min: 1, max: 9 }), async (all, inFlight) => {
        let under = 0;
        let most = 0;
        const run = async (turns: number) => {
          most = Math.max(most, ++under);
          for (let i = 0; i < turns; i++) await null;
          under--;
          return turns;
        };
        const results = await Array.fromAsync(mapItems(all, { ordered, inFlight }, run, noAbort));
        assertEquals(ordered ? results : results.toSorted(), ordered ? all : all.toSorted());
        assert(most <= inFlight);
      }),
      { numRuns: 50 },
    );
  });

  Deno.test(`mapItems ${how}: fills its whole window and takes no item beyond it`, async () => {
    const bench = new Bench();
    const { state, items } = source();
    const results = mapItems(items, { ordered, inFlight: 4 }, bench.run, noAbort);
    const first = results.next();
    await until(() => bench.begun.length === 4);
    await settled();
    assertEquals([state.taken, bench.under], [4, [0, 1, 2, 3]]);
    bench.end(0);
    assertEquals((await first).value, "r0");
    await until(() => bench.begun.length === 5);
    assertEquals(bench.mostUnder, 4);
    for (const item of bench.under) bench.end(item);
    await results.return(undefined);
    assert(state.closed);
  });

  Deno.test(`mapItems ${how}: a reader that does not read holds the source back`, async () => {
    const bench = new Bench();
    const { state, items } = source();
    const results = mapItems(items, { ordered, inFlight: 3 }, bench.run, noAbort);
    const first = results.next();
    await until(() => bench.begun.length === 3);
    for (const item of [0, 1, 2]) bench.end(item);
    await first;
    await until(() => bench.begun.length === 4);
    bench.end(3);
    await settled();
    // One was read: three results or runs are held, and that is the window.
    assertEquals([state.taken, bench.under], [4, []]);
    await results.return(undefined);
  });

  Deno.test(`mapItems ${how}: an early return aborts what runs and closes the source`, async () => {
    const bench = new Bench();
    const { state, items } = source();
    let aborted = 0;
    const results = mapItems(items, { ordered, inFlight: 2 }, bench.run, () => aborted++);
    const reading = (async () => {
      for await (const result of results) {
        assertEquals(result, "r0");
        break;
      }
    })();
    await until(() => bench.begun.length === 2);
    bench.end(0);
    await reading;
    assertEquals([aborted, state.closed], [1, true]);
    const { taken } = state;
    for (const item of bench.under) bench.end(item);
    await settled();
    assertEquals(state.taken, taken);
  });

  Deno.test(`mapItems ${how}: a rejection ends it, aborts the others, closes the source`, async () => {
    const bench = new Bench();
    const { state, items } = source();
    let aborted = 0;
    const results = mapItems(items, { ordered, inFlight: 2 }, bench.run, () => aborted++);
    const all = Array.fromAsync(results);
    await until(() => bench.begun.length === 2);
    bench.end(0, { error: new Error("bad item") });
    await assertRejects(() => all, Error, "bad item");
    assertEquals([aborted, state.closed, (await results.next()).done], [1, true, true]);
    bench.end(1, { error: new Error("late") }); // Nobody waits for it; nothing is left unhandled.
    await settled();
  });

  Deno.test(`mapItems ${how}: items that fail end it after what was under way`, async () => {
    for (const error of [new Error("no more"), "text", 0, undefined]) {
      const items = async function* () {
        yield 1;
        await null;
        throw error;
      };
      const run = async (item: number) => (await settled(), item);
      const seen: number[] = [];
      let caught: unknown = "nothing";
      try {
        for await (const item of mapItems(items(), { ordered, inFlight: 8 }, run, noAbort)) {
          seen.push(item);
        }
      } catch (reason) {
        caught = reason;
      }
      assertEquals([seen, caught], [[1], error]);
    }
  });

  Deno.test(`mapItems ${how}: ends at once though the source waits for its next item`, async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    let closed = false;
    async function* items() {
      try {
        yield 1;
        await promise;
        yield 2;
      } finally {
        closed = true;
      }
    }
    const begun: number[] = [];
    const run = (item: number) => Promise.resolve(begun.push(item));
    for await (const _ of mapItems(items(), { ordered, inFlight: 8 }, run, noAbort)) break;
    resolve();
    await until(() => closed);
    assertEquals(begun, [1]);
  });
}

Deno.test("mapItems: nothing gives nothing, and no source without items is asked twice", async () => {
  let asked = 0;
  const empty = {
    [Symbol.iterator]: () => ({ next: () => (asked++, { done: true as const, value: undefined }) }),
  };
  const run = () => Promise.resolve(1);
  for (const ordered of [true, false]) {
    const results = mapItems(empty, { ordered, inFlight: 4 }, run, noAbort);
    assertEquals(await Array.fromAsync(results), []);
  }
  assertEquals(asked, 2);
});
