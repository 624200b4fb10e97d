/** New limits for an operation while its jobs wait and run. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { composeConfig, type ConfigInput } from "../actors/config.ts";
import { gauges } from "../actors/host.ts";
import { trees } from "../actors/host/trees.ts";
import { OperationLimits } from "../actors/limits/operation_limits.ts";
import { relimitAll } from "../actors/limits/relimit.ts";
import { Forest } from "../actors/limits/tree.ts";
import type { Limits } from "../messages/limits.ts";
import { fixedAt, gather, live } from "./live.ts";
import { stillTrees } from "./still_trees.ts";
import { SystemStage } from "./system_stage.ts";
import { orderOf } from "./orders.ts";
import { until } from "./until.ts";

const linux = Deno.build.os === "linux" && gauges().residentBytes(Deno.pid) !== null;
const { unable } = trees(null);

const configOf = (operations: NonNullable<ConfigInput["operations"]>) =>
  composeConfig([{ name: "test", values: { ...fixedAt(2), operations } }]);

/** What the kernel says of a process; undefined while it is not there. */
function told(pid: number | undefined, file: string, pattern: RegExp): string | undefined {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/${file}`).match(pattern)?.[1];
  } catch {
    return undefined;
  }
}

const openFiles = (pid?: number) => told(pid, "limits", /Max open files +(\d+)/);

Deno.test({
  name: "limits: a reload holds running commands and tasks to what is new, without a restart",
  ignore: !linux || Object.keys(unable).length > 0,
  fn: async () => {
    const before = configOf({
      sleep: { limits: { openFiles: 517 } },
      toy: { limits: { memoryBytes: 900e6, openFiles: 1_017 } },
    });
    await using runtime = await live(before);
    const { id } = await runtime.submit({ command: ["sleep", "61"] });
    const toy = runtime.run("toy", { do: "nap", ms: 600_000, value: 1 }).catch(() => "ended");
    // Of our own processes: the same test may run on this machine a second time.
    const pids = () => new Forest(trees(null).list().rows).below(Deno.pid).map(({ pid }) => pid);
    const limitedTo = (count: string) => pids().find((pid) => openFiles(pid) === count);
    await until(() => limitedTo("517") !== undefined && limitedTo("1017") !== undefined);
    const [command, worker] = [limitedTo("517")!, limitedTo("1017")!];
    assert(runtime.workerPids.includes(worker));
    await until(() => told(command, "cmdline", /^(sleep)/) !== undefined);

    const { changes } = await runtime.reload(() =>
      configOf({
        sleep: { limits: { openFiles: 217 } },
        toy: { limits: { memoryBytes: 900e6, openFiles: 817 } },
      })
    );
    assertEquals(changes.map(({ key, live }) => [key, live]), [
      ["operations.sleep.limits.openFiles", true],
      ["operations.toy.limits.openFiles", true],
    ]);
    // A command whose worker has not told of its start yet is held when it does.
    await until(() => openFiles(command) === "217" && openFiles(worker) === "817");
    assertEquals(runtime.status().running, 2);
    await runtime.cancel(id);
    await runtime.close({ drainMs: 0 });
    assertEquals(await toy, "ended");
  },
});

Deno.test("limits: a reload that asks for what can't be held changes nothing", async () => {
  await using runtime = await live(configOf({}));
  await using gathered = gather(runtime);
  const wrong = configOf({ sleep: { limits: { affinity: [4_000] } } });
  await runtime.reload(() => wrong).then(
    () => assert(false),
    (error: Error) =>
      assertMatch(error.message, /affinity must be cores of this machine .*: given 4000/),
  );
  await until(() => gathered.of("alert").some(({ code }) => code === "config_rejected"));
  const { id } = await runtime.submit({ command: ["sleep", "0"] });
  assertEquals((await runtime.wait(id, 30_000))?.state, "done");
});

Deno.test("limits: of those that share a worker, what waits is held and what runs is told of", async () => {
  const stage = new SystemStage({ min: 1, max: 1, part: { jobMs: 1_000 } });
  const { clock, system } = stage;
  await clock.advance(100);
  const running = system.queue.submitOne(orderOf());
  await clock.advance(50);
  const others = Array.from({ length: 20 }, () => system.queue.submitOne(orderOf()));
  const limits = new OperationLimits({}, stillTrees());
  const held: Limits = { memoryBytes: 200 * 2 ** 20 };
  const names = limits.replace({ t: { limits: held } });
  await relimitAll(names, limits, system);
  assertEquals([running, ...others].map(({ limits }) => limits), Array(21).fill(held));
  const waiting = others.filter(({ slot }) => slot < 0);
  assert(waiting.length > 10, "a worker takes few at once");
  const message = stage.facts.findLast((fact) => fact.type === "alert")?.message ?? "";
  assertMatch(
    message,
    /^New limits do not hold yet for \d jobs: (r\d: it shares its worker(; |$))+/,
  );
  const small = limits.replace({ t: { limits: { memoryBytes: 2 ** 20 } } });
  await relimitAll(small, limits, system);
  assertEquals(running.limits, held, "what can't be held stays as it was");
  const [first] = stage.facts.slice(-1).map((fact) => fact.type === "alert" && fact.message);
  assertMatch(`${first}`, /for 21 jobs: r\w+: \/limits\/memoryBytes must be >= \d+ for a task/);
  // Now each runs alone.
  let most = 0;
  while (waiting.some(({ outcome }) => outcome === null)) {
    await clock.advance(100);
    if (running.outcome === null || others.some((job) => job.slot >= 0 && !waiting.includes(job))) {
      continue;
    }
    most = Math.max(most, ...system.pool.links.map(({ running, unbegun }) => running + unbegun));
  }
  assertEquals(most, 1);
  await system.stop();
});
