/** What a configuration says of pools, kinds of them, and profiles of jobs. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { composeConfig } from "../actors/config.ts";
import { Profiles } from "../actors/profiles.ts";
import { Refusal } from "../actors/runtime.ts";
import { waitingLeast, workersRange } from "../actors/workers_range.ts";

const configOf = (values: object) => composeConfig([{ name: "test", values }]);
const problemsOf = (values: object) =>
  assertThrows(() => configOf(values), Refusal).issues.map(({ message }) => message);

Deno.test("pools: there are as many as are named, and one more", () => {
  const { pools } = configOf({ pools: { io: { workers: { max: 3 } } }, preset: "plan" });
  assertEquals(Object.keys(pools), ["default", "io"]);
  assertEquals([pools.io!.workers, pools.io!.policy.name], [{ min: null, max: 3 }, "governor"]);
  assertEquals(pools.default.workers, { min: 2, max: 10 }, "a preset is about the usual one");
  const said = (values: object) => problemsOf(values);
  assertEquals(said({ pools: { io: { wrkers: { max: 3 } } } }), [
    "test pools.io.wrkers: unknown key; did you mean pools.io.workers?",
  ]);
  assertEquals(said({ pools: { io: { workers: { min: 4, max: 2 } } } }), [
    "test pools.io.workers.min (4) must be <= pools.io.workers.max (2)",
  ]);
  assertEquals(said({ pools: { "I/O": {} } }), [
    "test pools.I/O: expected a name of 1..32 small letters, digits, '_' and '-', " +
    "a letter first, given {}",
  ]);
  assertEquals(said({ pools: { io: {} }, operations: { "fetch-*": { pool: "oi" } } }), [
    'test operations.fetch-*.pool: expected one of the pools default, io, given "oi"',
  ]);
  assertEquals(said({ pools: { io: { memoryBytes: "1GiB" } } }), [
    "test pools.io.memoryBytes: expected nothing: pools.default.memoryBytes is for all pools, " +
    'given "1GiB"',
  ]);
  const many = Object.fromEntries(Array.from({ length: 16 }, (_, i) => [`p${i}`, {}]));
  assert(said({ pools: many })[0]!.startsWith("test pools: expected at most 16 pools, given"));
});

Deno.test("profiles: quick, deep and scheduled are there; a job's own words go first", () => {
  const config = configOf({
    pools: { quick: {}, io: {} },
    profiles: {
      deep: { pool: "io", limits: { memoryBytes: "1GB" } },
      nightly: { priority: "low", retries: 9 },
    },
    operations: { "scan-*": { profile: "deep" } },
  });
  assertEquals(Object.keys(config.profiles), ["quick", "deep", "scheduled", "nightly"]);
  const profiles = new Profiles(config);
  assertEquals(profiles.fill({ task: "t", profile: "quick" }), {
    ...{ priority: "high", timeoutMs: 60_000, queueTimeoutMs: 60_000, retries: 0 },
    ...{ pool: "quick", task: "t", profile: "quick" },
  });
  const scan = profiles.fill({ task: "scan-all", retries: 0, limits: { memoryBytes: 2 ** 31 } });
  assertEquals([scan.profile, scan.pool, scan.timeoutMs, scan.retries], ["deep", "io", 2.16e7, 0]);
  assertEquals(scan.limits, { memoryBytes: 1e9 });
  assertEquals(profiles.fill(scan), scan, "again after a restart");
  const low = profiles.fill({ task: "t", profile: "nightly", pool: "io", priority: "high" });
  assertEquals([low.pool, low.priority, low.retries], ["io", "high", 9]);
  const plain = { task: "t" };
  assert(profiles.fill(plain) === plain, "others pay nothing");
  for (const profile of ["slow", "constructor"]) {
    const refused = assertThrows(() => profiles.fill({ task: "t", profile }), Refusal);
    assertEquals([refused.code, refused.issues[0]?.expected], [
      "unknown_profile",
      "quick, deep, scheduled, nightly",
    ]);
  }
  assertEquals(
    problemsOf({ profiles: { quick: { pool: "x" } }, operations: { a: { profile: "b" } } }),
    [
      'test operations.a.profile: expected one of the profiles quick, deep, scheduled, given "b"',
      'test profiles.quick.pool: expected one of the pools default, given "x"',
    ],
  );
});

Deno.test("pools: a kind, or a name that is one, says what is usual for such jobs", () => {
  const { pools } = configOf({
    pools: {
      io: {},
      cpu: { slots: { max: 2 } },
      hot: { kind: "interactive", policy: { name: "fixed", workers: 2 } },
      mixed: { kind: "io" },
    },
  });
  const of = (name: string) => {
    const { kind, workers, slots, spares, share, policy } = pools[name]!;
    return [kind, workers.min, slots.max, spares, share.weight, policy.name, policy.waitTargetMs];
  };
  assertEquals(of("default"), [null, 1, 1_024, 0, 1, "governor", 150]);
  assertEquals(of("io"), ["io", null, 1_024, 0, 1, "governor", 150]);
  assertEquals(of("cpu"), ["cpu", 1, 2, 0, 1, "governor", 1_000]);
  assertEquals(of("hot"), ["interactive", 1, 1_024, 1, 4, "fixed", undefined]);
  assertEquals(of("mixed"), ["io", null, 1_024, 0, 1, "governor", 150]);
  assertEquals(problemsOf({ pools: { hot: { kind: "gui" } } }), [
    'test pools.hot.kind: expected one of io, cpu, mixed, interactive, given "gui"',
  ]);
});

Deno.test("pools: one for jobs that wait begins with room for min(32, cores + 4) of them", () => {
  assertEquals([1, 2, 8, 28, 64].map(waitingLeast), [5, 6, 12, 32, 32]);
  const least = (pool: object, cores: number) => {
    const { pools } = configOf({ pools: { fetch: { kind: "io", ...pool } } });
    return workersRange(pools["fetch"]!, { cores, memoryAvailableBytes: null }).min;
  };
  const slots = (max: number) => ({ slots: { max } });
  assertEquals([1, 2, 8, 64].map((cores) => least({}, cores)), [1, 1, 1, 1], "one has 1,024 slots");
  assertEquals([1, 2, 8, 64].map((cores) => least(slots(1), cores)), [5, 6, 12, 32]);
  assertEquals([least(slots(4), 2), least(slots(6), 2)], [2, 1]);
  assertEquals(least({ ...slots(1), workers: { min: 0 } }, 2), 0, "what is said goes first");
  assertEquals(least({ ...slots(1), workers: { max: 3 } }, 2), 3);
  assertEquals(least({ ...slots(1), policy: { name: "classic" } }, 2), 4);
});
