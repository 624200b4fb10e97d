/** Limits of real processes: what ends them, what the kernel says they are held to, what they used. */
import { getPriority } from "node:os";
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { gauges, realClock } from "../actors/host.ts";
import { trees } from "../actors/host/trees.ts";
import { Meter } from "../actors/limits/meter.ts";
import { Forest } from "../actors/limits/tree.ts";
import { Refusal } from "../actors/runtime.ts";
import { ending, fixedAt, gather, live, lives, tempFolder } from "./live.ts";
import { jobOf } from "./orders.ts";
import { puppet } from "./puppet.ts";
import { inPython } from "./python.ts";
import { ManualClock } from "./manual_clock.ts";
import { until } from "./until.ts";

const mb = 1_000_000;
/** `tail` keeps a text without lines whole and then can't get rid of it. */
const hog = (bytes: number) => ["sh", "-c", `head -c ${bytes} /dev/zero | tail | sleep 300`];

const linux = Deno.build.os === "linux" && gauges().residentBytes(Deno.pid) !== null;

Deno.test({
  name: "limits: a 200 MB command under 100 MB ends oom at once, and its neighbours don't notice",
  ignore: !linux,
  fn: async () => {
    await using runtime = await live(fixedAt(1));
    const neighbours = [
      runtime.command(["sh", "-c", "sleep 1; echo still here"]),
      runtime.run("toy", { do: "nap", ms: 1_000, value: "here too" }),
    ];
    const outcome = await runtime.command(hog(200 * mb), { limits: { memoryBytes: 100 * mb } });
    assertEquals([outcome.type, outcome.category], ["failed", "oom"]);
    assertMatch(outcome.code!, /^(oom_cgroup|memory_limit)$/);
    assert(outcome.durationMs < 10_000, `${outcome.durationMs} ms`);
    assert(outcome.resources.peakBytes! > 50 * mb, JSON.stringify(outcome.resources));
    const [command, output] = await Promise.all(neighbours);
    assertEquals([(command as { stdout: string }).stdout, output], ["still here\n", "here too"]);
  },
});

Deno.test({
  name: "limits: a task over its limit ends oom with its worker, one beside it goes on",
  ignore: !linux,
  fn: async () => {
    await using runtime = await live(fixedAt(2));
    const beside = runtime.run("toy", { do: "nap", ms: 1_500, value: "here" });
    const outcome = await ending(
      runtime,
      { do: "hold", bytes: 300 * mb, ms: 60_000 },
      { limits: { memoryBytes: 200 * mb } },
    );
    assertEquals([outcome.type, outcome.category, outcome.code], ["failed", "oom", "memory_limit"]);
    assertMatch(outcome.message!, /^Used \d+ MiB of memory, its limit is 191 MiB$/);
    assert(outcome.resources.peakBytes! > 200 * mb, JSON.stringify(outcome.resources));
    assertEquals(await beside, "here");
  },
});

Deno.test({
  name: "limits: a command is started under what it asked for, as the kernel tells",
  ignore: !linux || Object.keys(trees(null).unable).some((name) => name !== "cpuCores"),
  fn: async () => {
    await using runtime = await live(fixedAt(1));
    const core = trees(null).cores[0]!;
    const limits = { openFiles: 64, nice: 7, ioClass: "idle", affinity: [core] } as const;
    const look = "grep Cpus_allowed_list /proc/self/status; ulimit -n; nice; ionice";
    const { stdout, code } = await runtime.command(["sh", "-c", look], { limits });
    const nice = Math.min(19, getPriority() + 7); // Added to ours, as `nice` does.
    assertEquals([stdout, code], [`Cpus_allowed_list:\t${core}\n64\n${nice}\nidle\n`, undefined]);
  },
});

Deno.test({
  name: "limits: without a control group looks alone end a hog, with all its tree",
  ignore: !linux,
  fn: async () => {
    const real = trees(null);
    const meter = new Meter(realClock, real);
    const { link } = puppet(new ManualClock(), {}, { pid: Deno.pid });
    const job = jobOf(1, { command: hog(200 * mb) }, { limits: { memoryBytes: 100 * mb } });
    const [program, ...args] = job.spec.command!;
    const child = new Deno.Command(program!, { args, detached: true }).spawn();
    meter.spawned(link, job, child.pid);
    const tree = () => real.list().rows.filter(({ session }) => session === child.pid);
    assertEquals((await child.status).signal, "SIGKILL");
    assertEquals(job.doomed, "oom");
    await until(() => tree().every(({ pid }) => !lives(pid)));
    const { resources } = meter.ended(link, job);
    assertEquals(resources.source, "samples");
    assert(resources.peakBytes! > 100 * mb, JSON.stringify(resources));
    meter.close();
  },
});

/**
 * Has 200 MB, burns 0.3 s of CPU in a child, waits until it has been looked at, and says what the
 * kernel counted of both. It gives the memory back before: what that costs at its end is not known.
 */
const burn = `
import os, resource, sys, time
kept = bytearray(os.urandom(1 << 20)) * 200
if os.fork() == 0:
    while time.process_time() < 0.3: pass
    os._exit(0)
os.wait()
open(sys.argv[1] + '/full', 'w').close()
while not os.path.exists(sys.argv[1] + '/seen'): time.sleep(0.01)
del kept
self, child = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
print(self.ru_utime + self.ru_stime + child.ru_utime + child.ru_stime)
`;

Deno.test({
  name: "resources: CPU time and memory of a command with a child are what the kernel counts",
  ...inPython,
  fn: async () => {
    await using folder = await tempFolder();
    await using runtime = await live(fixedAt(1));
    const { path } = folder;
    const { id } = await runtime.submit({ command: ["python3", "-c", burn, path] });
    await until(() => Deno.stat(`${path}/full`).then(() => true, () => false));
    // Whose limits change is looked at then, however long other looks take.
    assertEquals(await runtime.limit(id, { memoryBytes: 4_000 * mb }), true);
    await Deno.writeTextFile(`${path}/seen`, "");
    const { resources, stdout } = (await runtime.wait(id, 30_000))!.outcome!;
    const told = JSON.stringify({ ...resources, stdout });
    const counted = Number(stdout);
    assert(counted >= 0.3 && Math.abs(resources.cpuSeconds! / counted - 1) < 0.15, told);
    assert(resources.peakBytes! > 180 * mb && resources.peakBytes! < 260 * mb, told);
  },
});

Deno.test({
  name: "resources: a burning command and a burning task tell the CPU time they took",
  ignore: !linux,
  fn: async () => {
    await using runtime = await live(fixedAt(2));
    await using gathered = gather(runtime);
    const loop = "i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done";
    const { resources, durationMs } = await runtime.command(["sh", "-c", loop]);
    assert(resources.cpuSeconds! > 0.02, JSON.stringify(resources));
    assert(resources.cpuSeconds! <= durationMs / 1_000 + 0.05, JSON.stringify(resources));
    const { id } = await runtime.submit({ task: "toy", input: { do: "burn", ms: 300 } });
    const outcome = (await runtime.wait(id, 30_000))!.outcome!;
    assertEquals(outcome.resources.source, "worker");
    assert(outcome.resources.cpuSeconds! > 0.05, JSON.stringify(outcome.resources));
    assert(outcome.resources.peakBytes! > 20 * mb, JSON.stringify(outcome.resources));
    assertEquals(gathered.of("alert"), []);
  },
});

Deno.test({
  name: "limits: of a running command are changed without a restart, as the kernel tells",
  ignore: !linux || Object.keys(trees(null).unable).some((name) => name !== "cpuCores"),
  fn: async () => {
    await using runtime = await live(fixedAt(1));
    const { id } = await runtime.submit({ command: ["sleep", "60"], limits: { openFiles: 512 } });
    // Of our own processes: the same test may run on this machine a second time.
    const sleeper = () =>
      new Forest(trees(null).list().rows).below(Deno.pid).find(({ pid }) => {
        try {
          return Deno.readTextFileSync(`/proc/${pid}/cmdline`) === "sleep\x0060\x00" &&
            /Max open files +512 /.test(Deno.readTextFileSync(`/proc/${pid}/limits`));
        } catch {
          return false;
        }
      })?.pid;
    await until(() => sleeper() !== undefined && runtime.status().running === 1);
    const pid = sleeper()!;
    const core = trees(null).cores.at(-1)!;
    assertEquals(await runtime.limit(id, { openFiles: 128, nice: 9, affinity: [core] }), true);
    const told = (file: string, pattern: RegExp) =>
      Deno.readTextFileSync(`/proc/${pid}/${file}`).match(pattern)?.[1];
    await until(() => told("limits", /Max open files +(\d+)/) === "128");
    await until(() => told("stat", /\) (?:\S+ ){16}(\d+) /) === "9");
    await until(() => told("status", /Cpus_allowed_list:\s+(\S+)/) === String(core));
    await assertRejects(() => runtime.limit(id, { nice: 99 }), Refusal);
    assertEquals(await runtime.limit("jzz", {}), null);
    await runtime.cancel(id);
    await until(() => !lives(pid));
    await runtime.wait(id, 30_000);
    assertEquals(await runtime.limit(id, {}), false);
  },
});

Deno.test("limits: a shape that is wrong is refused with the field", async () => {
  await using runtime = await live(fixedAt(1));
  const given = { command: ["true"], limits: { memoryBytes: 5 } };
  const refusal = await assertRejects(() => runtime.submit(given), Refusal) as Refusal;
  assertEquals([refusal.code, refusal.issues[0]!.pointer], [
    "invalid_limits",
    "/limits/memoryBytes",
  ]);
});
