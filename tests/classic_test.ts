/** The rules of AdaptiveWorkerPool on 2 cores: 4 to 24 workers. */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { calculateOptimalWorkers, classicDefaults } from "../policies/scaling/classic.ts";
import { bind } from "../policies/scaling/mod.ts";
import { readingOf } from "./readings.ts";
import { tempFolder } from "./live.ts";

const limits = { minWorkers: 4, maxWorkers: 24 };

/** CPU %, memory %, queue, workers now, workers next, why. */
const golden: readonly [number, number, number, number, number, string][] = [
  [25.6, 67.9, 15, 4, 6, "queue above 5"],
  [30, 50, 25, 4, 8, "low CPU and a high queue"],
  [39.9, 85.0, 21, 4, 8, "all boundaries inside"],
  [40.0, 85.0, 21, 4, 6, "a CPU of 40 is not below 40"],
  [39.9, 85.1, 21, 8, 6, "memory comes first"],
  [39.9, 85.1, 21, 4, 4, "memory, but not below the minimum"],
  [80.1, 50, 1, 8, 6, "over-threading"],
  [80.0, 50, 1, 8, 8, "a CPU of 80 is not above 80"],
  [80.1, 50, 2, 8, 8, "a queue of 2 is not below 2"],
  [95, 50, 6, 8, 10, "the literal rule adds load to a saturated CPU"],
  [20, 50, 5, 8, 8, "a queue of 5 is not above 5"],
  [20, 50, 6, 8, 10, "a queue of 6 is above 5"],
  [20, 50, 20, 8, 10, "a queue of 20 is not above 20"],
  [20, 50, 21, 22, 24, "not above the maximum"],
];

for (const [cpu, memory, queue, workers, next, why] of golden) {
  Deno.test(`classic: ${workers} -> ${next}, ${why}`, () => {
    const metrics = {
      cpu_percent: cpu,
      memory_percent: memory,
      queue_depth: queue,
      available_memory_mb: 2_505.8,
    };
    assertEquals(calculateOptimalWorkers(metrics, workers, limits), next);

    const { floor, cap } = bind("classic").step(readingOf({
      cpuRatio: cpu / 100,
      memoryRatio: memory / 100,
      queued: queue,
      workers: workers - 1,
      starting: 1,
    }));
    assertEquals(floor, cap);
    assertEquals(Math.max(4, Math.min(24, floor)), next);
  });
}

Deno.test("classic: agrees with the rules written in percent", () => {
  const percent = fc.oneof(
    fc.double({ min: 0, max: 100, noNaN: true }),
    fc.constantFrom(39.9, 40, 40.1, 79.9, 80, 80.1, 84.9, 85, 85.1),
  );
  fc.assert(fc.property(percent, percent, fc.nat(40), fc.nat(40), (cpu, memory, queue, workers) => {
    const change = memory > 85
      ? -2
      : cpu > 80 && queue < 2
      ? -2
      : cpu < 40 && queue > 20
      ? 4
      : queue > 5
      ? 2
      : 0;
    const metrics = {
      cpu_percent: cpu,
      memory_percent: memory,
      queue_depth: queue,
      available_memory_mb: null,
    };
    assertEquals(
      calculateOptimalWorkers(metrics, workers, limits),
      Math.min(24, Math.max(4, workers + change)),
    );
  }));
});

Deno.test("classic: unknown metrics fit no rule that asks for them", () => {
  const unknown = { cpu_percent: null, memory_percent: null, available_memory_mb: null };
  assertEquals(calculateOptimalWorkers({ ...unknown, queue_depth: 0 }, 8, limits), 8);
  assertEquals(calculateOptimalWorkers({ ...unknown, queue_depth: 40 }, 8, limits), 10);
  const noNumber = { cpu_percent: NaN, memory_percent: NaN, available_memory_mb: NaN };
  assertEquals(calculateOptimalWorkers({ ...noNumber, queue_depth: NaN }, 8, limits), 8);
});

Deno.test("classic: guardCpu adds nothing to a saturated CPU", () => {
  const metrics = {
    cpu_percent: 95,
    memory_percent: 50,
    queue_depth: 6,
    available_memory_mb: null,
  };
  const guarded = { ...classicDefaults, guardCpu: true };
  assertEquals(calculateOptimalWorkers(metrics, 8, limits), 10);
  assertEquals(calculateOptimalWorkers(metrics, 8, limits, guarded), 8);
});

Deno.test("classic: thresholds and steps are options", () => {
  const stepper = bind("classic", { growAboveJobs: 50, growBy: 7, everyMs: 1_000 });
  assertEquals(stepper.everyMs, 1_000);
  assertEquals(stepper.step(readingOf({ cpuRatio: .5, queued: 50 })).floor, 4);
  assertEquals(stepper.step(readingOf({ cpuRatio: .5, queued: 51 })).floor, 11);
});

Deno.test("classic: a worker that died is no wish for fewer", () => {
  const stepper = bind("classic");
  assertEquals(stepper.step(readingOf({ workers: 8 })).floor, 8);
  assertEquals(stepper.step(readingOf({ workers: 7 })).floor, 8);
});

Deno.test("classic: shrinks to none, not below", () => {
  const stepper = bind("classic");
  assertEquals(stepper.step(readingOf({ workers: 1, memoryRatio: .9 })).cap, 0);
});

Deno.test("classic: stands alone: five lines without any permission, and no runtime", async () => {
  await using folder = await tempFolder();
  const here = (path: string) => new URL(path, import.meta.url);
  const metrics =
    "{ cpu_percent: 20, memory_percent: 50, queue_depth: 21, available_memory_mb: 1 }";
  const lines = [
    `import { calculateOptimalWorkers } from "${here("../policies/scaling/classic.ts")}";`,
    `const metrics = ${metrics};`,
    "const limits = { minWorkers: 4, maxWorkers: 24 };",
    "const workers = calculateOptimalWorkers(metrics, 8, limits);",
    "console.log(workers);",
  ];
  await Deno.writeTextFile(`${folder.path}/five.ts`, lines.join("\n"));
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...[
        "run",
        "--quiet",
        "--no-prompt",
        "--cached-only",
        "--config",
        here("../deno.json").pathname,
      ],
      `${folder.path}/five.ts`,
    ],
  }).output();
  const text = new TextDecoder();
  assertEquals([code, text.decode(stdout)], [0, "12\n"], text.decode(stderr));
});
