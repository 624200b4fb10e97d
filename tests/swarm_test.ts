/** The whole service under faults by seed: it holds, it repeats, and what does not hold is noticed. */
import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import type { System } from "../actors/system.ts";
import { play, type PlayOptions } from "./swarm/play.ts";
import { readOptions, type SimOptions, simulate } from "./swarm/sim.ts";
import { type Fault, faultNames } from "./swarm/weather.ts";

const wish: SimOptions = {
  seed: null,
  from: 1,
  forMs: 1,
  without: new Set(),
  deedsMax: Infinity,
  log: false,
};

/** Simulates what is wished for; the exit code and what was printed. */
async function simulated(part: Partial<SimOptions>, tamper?: (system: System) => void) {
  const lines: string[] = [];
  const player = (options: PlayOptions) => play({ ...options, ...(tamper && { tamper }) });
  const code = await simulate({ ...wish, ...part }, (line) => lines.push(line), player);
  return { code, text: lines.join("\n") };
}

Deno.test("swarm: every promise holds under the faults of some seeds", async () => {
  for (let seed = 1; seed <= 6; seed++) {
    const { breach, jobs } = await play({ seed });
    assertEquals(breach, null, `seed ${seed}`);
    assert(jobs > 20, `seed ${seed}: ${jobs} jobs`);
  }
});

Deno.test("swarm: a start that was tried as the process died is tried again by the next", async () => {
  const without = new Set<Fault>(["hangs", "garbage", "disk", "failures"]);
  assertEquals((await play({ seed: 208, deedsMax: 30, without })).breach, null);
});

Deno.test("swarm: a seed gives the same log each time, and another seed another one", async () => {
  const [one, again, other] = [
    await play({ seed: 11, keepsAll: true, deedsMax: 40 }),
    await play({ seed: 11, keepsAll: true, deedsMax: 40 }),
    await play({ seed: 12, keepsAll: true, deedsMax: 40 }),
  ];
  assertEquals(again.lines, one.lines);
  assertEquals(again.fingerprint, one.fingerprint);
  assertNotEquals(other.fingerprint, one.fingerprint);
});

/** Ways to break a service, and what each comes to. */
const mutants: readonly {
  readonly name: string;
  readonly code: number;
  readonly says: RegExp;
  readonly tamper: (system: System) => void;
}[] = [
  {
    name: "acknowledges what is not stored",
    code: 10,
    says: /safety: RI1: \w+ is acknowledged and not safe/,
    tamper({ ports: { store } }) {
      const append = store.append.bind(store);
      store.append = (changes) => append(changes.filter(({ type }) => type !== "accepted"));
    },
  },
  {
    name: "forgets what a worker gives back",
    code: 11,
    says: /liveness: RI8: \d+ jobs have no ending/,
    tamper: ({ queue }) => void (queue.release = () => {}),
  },
  {
    name: "starts more workers than it may",
    code: 10,
    says: /safety: RI6: \d+ workers of at most \d/,
    tamper({ pool }) {
      const adopt = pool.adopt.bind(pool);
      pool.adopt = (id, envelope) => adopt(id, { ...envelope, floor: 7, cap: 7 });
    },
  },
  {
    name: "throws where nobody waits",
    code: 12,
    says: /crash: Error: a mutant/,
    tamper({ queue }) {
      queue.retries.judge = () => {
        throw new Error("a mutant");
      };
    },
  },
];

for (const { name, code, says, tamper } of mutants) {
  Deno.test(`swarm: notices a service that ${name}`, async () => {
    const found = await simulated({ forMs: 30_000, deedsMax: 30 }, tamper);
    assertEquals(found.code, code, found.text);
    assertMatch(found.text, says);
    const again = found.text.match(/Again: deno task sim (.*) --log$/m)![1]!;
    const options = readOptions(again.split(" "));
    assert(typeof options !== "string");
    // The smallest one that goes wrong does so again.
    assertEquals((await simulated(options, tamper)).code, code, again);
  });
}

Deno.test("swarm: notices that a run does not repeat", async () => {
  let runs = 0;
  const player = async (options: PlayOptions) => ({
    ...await play({ ...options, deedsMax: 1, without: new Set(faultNames) }),
    fingerprint: `${runs++}`,
  });
  assertEquals(await simulate(wish, () => {}, player), 13);
});

Deno.test("swarm: what is asked for is checked", () => {
  assertEquals(readOptions(["--seed=5", "--without=kills,disk", "--deeds=3"]), {
    ...wish,
    ...{ seed: 5, forMs: 60_000, without: new Set<Fault>(["kills", "disk"]), deedsMax: 3 },
  });
  for (const args of [["--seed=x"], ["--for=soon"], ["--without=luck"], ["--what"]]) {
    assertEquals(typeof readOptions(args), "string", args[0]);
  }
});
