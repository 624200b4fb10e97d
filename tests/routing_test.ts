/** Which worker gets the next job: turns, weights, fewest jobs, two by lot, and what all promise. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { z } from "zod/mini";
import fillFirst from "../examples/policy/fill_first.ts";
import { composeConfig } from "../actors/config.ts";
import { leastLoaded } from "../actors/router.ts";
import type { WorkerLink } from "../actors/worker.ts";
import { parseConfig } from "../cli/config_yaml.ts";
import { docsRows } from "../policies/choice.ts";
import { bindRouting, type Routing, routingPolicies } from "../policies/routing/mod.ts";
import { type RoutingPolicy, routingPolicy, type Taker } from "../policies/routing/routing.ts";
import { checkRoutingPolicy } from "../simulation/mod.ts";
import { mulberry } from "./chance.ts";

type Worker = { -readonly [K in keyof Taker]: Taker[K] };

/** So many workers with room and without jobs. */
const idle = (count: number): Worker[] =>
  Array.from(
    { length: count },
    (_, place) => ({ seat: place + 1, place, room: 8, jobs: 0, returned: 0 }),
  );

/** Sends `jobs` to `workers`, who end none; the seats in their order. */
function send(
  routing: Routing,
  workers: readonly Worker[],
  jobs: number,
  chance: () => number = () => 0,
): number[] {
  let memory = routing.start();
  return Array.from({ length: jobs }, () => {
    const [seat, next] = routing.route(memory, workers, chance());
    memory = next;
    workers.find((worker) => worker.seat === seat)!.jobs++;
    return seat;
  });
}

const jobsOf = (workers: readonly Worker[]) => workers.map(({ jobs }) => jobs);

Deno.test("routing roundRobin: 900 jobs on 3 workers are 300 each, in turn", () => {
  const workers = idle(3);
  const seats = send(bindRouting("roundRobin")!, workers, 900);
  assertEquals(jobsOf(workers), [300, 300, 300]);
  assertEquals(seats.slice(0, 7), [1, 2, 3, 1, 2, 3, 1]);
});

Deno.test("routing weighted: 1:2:3 gives 900 jobs as 150, 300 and 450, evenly mixed", () => {
  const workers = idle(3);
  const seats = send(bindRouting("weighted", { weights: [1, 2, 3] })!, workers, 900);
  assertEquals(jobsOf(workers), [150, 300, 450]);
  assertEquals(seats.slice(0, 12), [3, 2, 1, 3, 2, 3, 3, 2, 1, 3, 2, 3]);
  const others = idle(4);
  send(bindRouting("weighted", { weights: [3] })!, others, 600);
  assertEquals(jobsOf(others), [300, 100, 100, 100], "who has no weight has 1");
});

Deno.test("routing weighted: the turn of a job that comes back is the worker's own again", () => {
  const routing = bindRouting("weighted", { weights: [1, 2, 3] })!;
  const workers = idle(3);
  let memory = routing.start();
  for (let job = 0; job < 900 + 90 + 7; job++) {
    if (job === 500) workers[2]!.jobs -= workers[2]!.returned = 90;
    if (job === 700) workers[0]!.jobs -= workers[0]!.returned = 7;
    const [seat, next] = routing.route(memory, workers, 0);
    memory = next;
    for (const worker of workers) worker.returned = 0;
    workers[seat - 1]!.jobs++;
  }
  assertEquals(jobsOf(workers), [150, 300, 450]);
});

Deno.test("routing weighted: after any turns each has its share but for a job or two, whoever comes and goes", () => {
  const weights = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 });
  fc.assert(fc.property(weights, fc.nat(200), (weights, jobs) => {
    const sum = weights.reduce((all, weight) => all + weight, 0);
    const routing = bindRouting("weighted", { weights })!;
    const workers = idle(weights.length);
    let memory = routing.start();
    // What one that leaves was owed is nothing to those that stay.
    for (let job = 0; job < jobs; job++) {
      const offered = job < 20 ? workers.slice(0, 1 + job % weights.length) : workers;
      const [seat, next] = routing.route(memory, offered, 0);
      memory = next;
      if (job >= 20) workers[seat - 1]!.jobs++;
      for (const owed of Object.values(next as object)) assert(Math.abs(owed) <= sum);
      assert(Object.keys(next as object).length <= weights.length);
    }
    const counted = Math.max(0, jobs - 20);
    for (const { place, jobs } of workers) {
      assert(Math.abs(jobs - counted * weights[place]! / sum) <= 2, `${jobsOf(workers)}`);
    }
  }));
});

Deno.test("routing leastConnections: in 100,000 random steps it never picks a busier one", () => {
  const unit = mulberry(147);
  const routing = bindRouting("leastConnections")!;
  const workers = idle(16);
  let memory = routing.start();
  for (let step = 0; step < 100_000; step++) {
    const some = workers.filter(() => unit() < 0.7);
    const offered = some.length > 0 ? some : workers;
    const [seat, next] = routing.route(memory, offered, 0);
    memory = next;
    const chosen = offered.find((worker) => worker.seat === seat)!;
    assert(offered.every(({ jobs }) => jobs >= chosen.jobs), `${step}: ${jobsOf(offered)}`);
    chosen.jobs++;
    for (const worker of workers) if (worker.jobs > 0 && unit() < 0.06) worker.jobs--;
  }
  assertEquals(send(routing, idle(3), 6), [1, 2, 3, 1, 2, 3], "equals take turns");
});

Deno.test("routing powerOfTwo: each pair is drawn as often as any other, and the less busy one is taken", () => {
  const routing = bindRouting("powerOfTwo")!;
  const drawn = (workers: readonly Worker[]) => {
    const pairs = workers.length * (workers.length - 1);
    const counts = workers.map(() => 0);
    for (let pair = 0; pair < pairs; pair++) {
      const [seat] = routing.route(null, workers, (pair + 0.5) / pairs);
      counts[seat - 1]!++;
    }
    return counts;
  };
  assertEquals(drawn(idle(5)), [4, 4, 4, 4, 4]);
  const uneven = idle(5);
  for (const worker of uneven) worker.jobs = worker.place;
  assertEquals(drawn(uneven), [8, 6, 4, 2, 0]);
  for (const count of [1, 2, 3, 1_000]) {
    for (const chance of [0, 1 - 2 ** -53]) {
      const [seat] = routing.route(null, idle(count), chance);
      assert(seat >= 1 && seat <= count);
    }
  }
});

Deno.test("routing powerOfTwo: of 1,000 jobs on 1,000 workers none has more than 4, by lot alone some have 5", () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const [two, one] = [idle(1_000), idle(1_000)];
    send(bindRouting("powerOfTwo")!, two, 1_000, mulberry(seed));
    const unit = mulberry(seed);
    for (let job = 0; job < 1_000; job++) one[Math.floor(unit() * 1_000)]!.jobs++;
    const [most, byLot] = [two, one].map((workers) => Math.max(...jobsOf(workers)));
    // log2 log2 1,000 is 3.3; log 1,000 / log log 1,000 is 3.6, times a constant.
    assert(most! <= 4 && byLot! >= 5, `${seed}: ${most}, ${byLot}`);
  }
});

Deno.test("routing leastLoaded: the pool's own rule is fewest jobs, then who had one last", () => {
  const some = fc.record({
    running: fc.nat(3),
    unbegun: fc.nat(2),
    room: fc.integer({ min: -1, max: 2 }),
    idleSinceMs: fc.nat(5),
    key: fc.constantFrom("own", "other"),
  });
  fc.assert(fc.property(fc.array(some), (made) => {
    const links = made.map(({ idleSinceMs, key, ...link }) =>
      ({ ...link, grant: { key }, spell: { idleSinceMs } }) as WorkerLink
    );
    const load = ({ running, unbegun }: WorkerLink) => running + unbegun;
    const [first] = links.filter(({ grant, room }) => grant.key === "own" && room > 0).toSorted(
      (one, other) => load(one) - load(other) || other.spell.idleSinceMs - one.spell.idleSinceMs,
    );
    assertEquals(leastLoaded(links, "own"), first ?? null);
  }));
  assertEquals(bindRouting(), null, "nobody is asked");
});

for (const policy of routingPolicies) {
  if (policy.route === null) continue;
  Deno.test(`routing ${policy.name}: keeps what routing policies promise`, () => {
    assertEquals(checkRoutingPolicy(policy), []);
    assertEquals(checkRoutingPolicy(policy, { patienceMs: 0 }), []);
    for (const { options } of docsRows([policy])) {
      for (const { help } of options) assert(help.length > 0);
    }
  });
}

Deno.test("routing: the example keeps it too; what is unknown or wrong is refused by name", () => {
  assertEquals(checkRoutingPolicy(fillFirst), []);
  assertEquals(checkRoutingPolicy(fillFirst, { jobsMax: 1 }), []);
  const names = "leastLoaded, roundRobin, leastConnections, weighted, powerOfTwo";
  assertThrows(() => bindRouting("random"), RangeError, names);
  for (const weights of [[0], [1.5], [1_001], Array(101).fill(1), "1"]) {
    assertThrows(() => bindRouting("weighted", { weights }));
  }
  assertThrows(() => bindRouting("roundRobin", { patienceMs: 60_001 }));
});

let calls = 0;
const spoiled: readonly [string, Partial<RoutingPolicy>][] = [
  ["name is", { name: "Not a name" }],
  ["help is not a sentence", { help: "first" }],
  ["has no start or no route", { route: null }],
  ["can't be begun", { options: z.strictObject({ size: z.number() }) }],
  ["patienceMs is Infinity", { patienceMs: () => Infinity }],
  ["patienceMs is 60001", { patienceMs: () => 60_001 }],
  ["throws: TypeError", { route: (_memory, workers) => [workers[1]!.seat, null] }],
  ["chooses 1, which is none", { route: () => [1, null] }],
  ["chooses another of the same", {
    route: (_memory, workers) => [workers[calls++ % workers.length]!.seat, null],
  }],
  ["throws: TypeError", {
    route: (memory, workers) => [(workers as Taker[]).shift()!.seat, memory],
  }],
  ["remembers what JSON can't hold", {
    route: (_memory, workers) => [workers[0]!.seat, new Set([1])],
  }],
  ["remembers 4", {
    start: () => [],
    route: (memory, workers) => [workers[0]!.seat, [...memory as unknown[], workers[0]!.seat]],
  }],
];
for (const [problem, part] of spoiled) {
  Deno.test(`routing: the kit finds one whose ${Object.keys(part)} is wrong: ${problem}`, () => {
    const problems = checkRoutingPolicy(routingPolicy({
      name: "spoiled",
      help: "The first one.",
      options: z.strictObject({}) as RoutingPolicy["options"],
      patienceMs: () => 0,
      start: (): unknown => null,
      route: (memory, workers) => [workers[0]!.seat, memory],
      ...part,
    }));
    assert(problems.some((one) => one.startsWith(problem)), problems.join("\n"));
  });
}

Deno.test("docs/routing.md: names all routings with their options, and its configurations are valid", async () => {
  const page = await Deno.readTextFile(new URL("../docs/routing.md", import.meta.url));
  const rows = page.split("\n").filter((line) => line.startsWith("| `"));
  const said = rows.slice(1).map((row) =>
    [...row.matchAll(/`([A-Za-z]+)`/g)].map(([, name]) => name)
  );
  const known = docsRows(routingPolicies).map(({ name, options }) => [
    name,
    ...options.map((option) => option.name),
  ]);
  assertEquals(said, known);
  const configurations = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, text]) =>
    composeConfig([parseConfig("flyball.yaml", text!)])
  );
  const [first, second] = configurations.map(({ pools }) => pools);
  assertEquals(first!.fetchers!.routing.name, "weighted");
  assertEquals(second!.default.routing, {
    name: "module",
    module: "./fill_first.ts",
    policy: "fillFirst",
    options: { jobsMax: 50 },
  });
});
