/** When jobs that come are told of. */
import { assert, assertEquals } from "@std/assert";
import type { Lane } from "../actors/lane.ts";
import type { Clock } from "../actors/ports.ts";
import { Wake } from "../actors/wake.ts";
import { createRuntime, taskFile } from "../mod.ts";
import { ManualClock } from "./manual_clock.ts";
import { inFolder } from "./command_line.ts";

/** Who wakes, over a clock that stands still in a turn but where it is asked for this moment. */
function stage(look: Pick<Clock, "lookMs"> | null = null) {
  const lane = { queued: 1 } as Lane;
  const told: boolean[] = [];
  const clock = { nowMs: () => 0, wallMs: () => 0, at: () => () => {}, ...look };
  const wake = new Wake(clock, (_lane, atOnce) => void told.push(atOnce));
  const come = (jobs: number) => {
    for (let i = 0; i < jobs; i++) {
      wake.meanwhile();
      wake.soon(lane);
    }
  };
  return { come, told };
}

Deno.test("wake: jobs of a turn are told of together at its end", async () => {
  const { come, told } = stage({ lookMs: () => 1.9 });
  come(1_000);
  assertEquals(told, []);
  await null;
  assertEquals(told, [false]);
});

Deno.test("wake: jobs of a turn that lasts are told of in its midst, each 2 ms at most", async () => {
  let nowMs = 0;
  const { come, told } = stage({ lookMs: () => nowMs });
  for (nowMs = 1; nowMs <= 10; nowMs++) come(32);
  assertEquals(told, Array(5).fill(true));
  await null;
  assertEquals(told.length, 6, "and of the last ones at its end");
});

Deno.test("wake: where a turn takes no time all are told of at its end", async () => {
  const { come, told } = stage();
  come(1_000);
  assertEquals(told, []);
  await null;
  assertEquals(told, [false]);
});

Deno.test("wake: a lane that is to be looked at sooner than another is not kept until then", async () => {
  const clock = new ManualClock();
  const [one, other] = [{ queued: 1 }, { queued: 2 }] as Lane[];
  const told: string[] = [];
  const wake = new Wake(clock, ({ queued }) => void told.push(`${queued} at ${clock.nowMs()}`));
  wake.later(one!, 1_000);
  wake.later(other!, 100);
  wake.later(other!, 500);
  await clock.advance(2_000);
  assertEquals(told, ["1 at 100", "2 at 100"]);
  wake.later(one!, 3_000);
  await clock.advance(1_000);
  assertEquals(told.slice(2), ["1 at 3000"]);
  wake.later(one!, 4_000);
  wake.close();
  await clock.advance(2_000);
  assertEquals(told.length, 3);
});

Deno.test("wake: a worker begins the first of many jobs before the turn that asks for them ends", () =>
  inFolder({}, async (folder) => {
    const path = `${folder}/open`;
    const toy = taskFile(new URL("./tasks/toy.ts", import.meta.url), { trusted: true });
    await using runtime = await createRuntime({ tasks: { toy } });
    await runtime.run("toy", { do: "nothing" });
    const ends = [runtime.run("toy", { do: "gate", path })];
    const untilMs = performance.now() + 30_000;
    const never = new Int32Array(new SharedArrayBuffer(4));
    while (!exists(`${path}.begun`)) {
      assert(performance.now() < untilMs, "it has not begun within 30 s");
      ends.push(runtime.run("toy", { do: "nothing" }));
      Atomics.wait(never, 0, 0, 1);
    }
    Deno.writeTextFileSync(path, "");
    await Promise.all(ends);
  }));

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
