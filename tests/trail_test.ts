/** What is with workers, written down as it goes. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { openTrail } from "../actors/stores/sqlite/trail_file.ts";
import { readTrail, Trail } from "../actors/trail.ts";
import { inFolder } from "./command_line.ts";
import { seats, TrailStub } from "./lives.ts";
import { jobOf } from "./orders.ts";

Deno.test("trail: what it says is so after each record, also when it was written anew", async () => {
  const moves = fc.array(
    fc.record({ id: fc.nat(20), seat: fc.nat(2), how: fc.nat(3) }),
    { minLength: 1, maxLength: 60 },
  );
  await fc.assert(
    fc.asyncProperty(moves, fc.nat(60), async (moves, renewAt) => {
      const file = new TrailStub();
      const trail = new Trail(file, 7);
      const jobs = Array.from({ length: 21 }, (_, id) => jobOf(id + 1));
      const held = new Map<number, { seat: number; begun: boolean }>();
      trail.out = () =>
        [...held].map(([id, { seat, begun }]) => {
          jobs[id]!.state = begun ? "running" : "waiting";
          return { job: jobs[id]!, holder: seats[seat]! };
        });
      trail.open();
      for (const [i, { id, seat, how }] of moves.entries()) {
        const [job, at] = [jobs[id]!, held.get(id)];
        if (how === 0 && !at) {
          trail.sent(job, seats[seat]!);
          held.set(id, { seat, begun: false });
        } else if (how === 1 && at && !at.begun) {
          trail.began([job]);
          at.begun = true;
        } else if (how === 2 && at) {
          trail.back([job]);
          held.delete(id);
        }
        await Promise.resolve();
        if (i === renewAt) trail.open();
      }
      const { begun, sent } = readTrail(file.left, 8);
      const heads = seats.map((_, seat) =>
        [...held].find(([, at]) => at.seat === seat && !at.begun)?.[0]
      );
      const isBegun = ([id, at]: [number, { begun: boolean }]) => at.begun || heads.includes(id);
      const ids = (of: Iterable<number>) => [...of].toSorted((a, b) => a - b);
      assertEquals(ids(begun.keys()), ids([...held].filter(isBegun).map(([id]) => id + 1)));
      assertEquals(
        ids(sent.keys()),
        ids([...held].filter((one) => !isBegun(one)).map(([id]) => id + 1)),
      );
      assertEquals(readTrail(file.left, 7).begun.size, 0, "nothing of this very start");
    }),
  );
});

Deno.test("trail: any bytes are read as something", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
    readTrail(bytes, 9);
    const file = new TrailStub();
    const trail = new Trail(file, 1);
    trail.open();
    file.append(bytes);
    readTrail(file.left, 2);
  }));
});

Deno.test("trail: its file is whole after each step, and grows no further than it must", () =>
  inFolder({}, async (cwd) => {
    const path = `${cwd}/trail`;
    const file = openTrail(path);
    const trail = new Trail(file, 1);
    const long = jobOf(1);
    trail.out = () => [{ job: long, holder: seats[0]! }];
    trail.open();
    trail.sent(long, seats[0]!);
    trail.began([long]);
    long.state = "running";
    let largest = 0;
    for (let n = 2; n < 60_000; n++) {
      trail.sent(jobOf(n), seats[0]!);
      trail.began([jobOf(n)]);
      if (n % 2_000 === 0) {
        await Promise.resolve();
        largest = Math.max(largest, Deno.statSync(path).size);
        assertEquals(readTrail(openTrail(path).left, 2).begun.get(1), 1);
      }
    }
    assert(largest < 1.1 * 2 ** 20, `${largest} bytes`);
    assertEquals(Deno.statSync(path).mode! & 0o777, 0o600);
    trail.close();
    assertEquals(Deno.statSync(path).size, 0);
    file.close();
  }));
