/** What a worker starts ends with it, at every level of containment that this machine has. */
import { assert, assertEquals } from "@std/assert";
import { contain, type Level, levelNames } from "../actors/host/containment.ts";
import { signalOf } from "../actors/host/signals.ts";
import { survey } from "../actors/host/survey.ts";
import { createRuntime, taskFile } from "../mod.ts";
import { flyball, inFolder } from "./command_line.ts";
import { beside, fixedAt, lives, tempFolder } from "./live.ts";
import { until } from "./until.ts";
import { visit } from "./zoo.ts";

const levels = [0, 1, 2, 3] as const;
const { level: highest, missing } = await contain();

for (const level of levels) {
  const ignore = Deno.build.os !== "linux" || missing[level] !== undefined;
  Deno.test({
    name: `containment: nothing is left of a zoo at level ${level}, ${levelNames[level]}`,
    ignore,
    fn: async () => {
      for (const ending of ["success", "worker death"] as const) {
        const { seen, survivors, zombies } = await visit(level, ending, 20);
        assert(seen > 20, `${seen} processes`);
        assertEquals([ending, survivors, zombies], [ending, 0, 0]);
      }
    },
  });
}

Deno.test({
  name: "containment: nothing is left of a zoo whose service was killed, nor of its folder",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    for (const level of [0, highest] as const) {
      const { seen, survivors } = await visit(level, "service kill -9", 20);
      assert(seen > 20, `${seen} processes`);
      assertEquals([level, survivors], [level, 0]);
    }
  },
});

Deno.test("containment: who tells of its tasks first does not end those who tell of other projects", async () => {
  await using folder = await tempFolder();
  const project = async (name: string, loads: string) => {
    await Deno.mkdir(`${folder.path}/${name}`);
    await Deno.writeTextFile(`${folder.path}/${name}/deno.json`, "{}");
    const file = `${folder.path}/${name}/task.ts`;
    await Deno.writeTextFile(
      file,
      `import { defineTask } from "${beside("../task.ts")}";
${loads}
export default defineTask({ run: () => "${name}" });`,
    );
    return taskFile(`file://${file}`, { trusted: true });
  };
  const slowly = "await new Promise((resolve) => setTimeout(resolve, 300));";
  await using runtime = await createRuntime({
    tasks: { quick: await project("quick", ""), slow: await project("slow", slowly) },
    config: { ...fixedAt(1), containment: { level: 0 } },
  });
  assertEquals(runtime.status().tasks, ["quick", "slow"]);
});

Deno.test("containment: a level may be forbidden, and is told with its reason", async () => {
  for (const levelMax of levels) {
    const { level, missing, cage, groups } = await contain(levelMax);
    assert(level <= levelMax);
    for (let above = levelMax + 1; above <= 3; above++) {
      assertEquals(missing[above as Level], "containment.level forbids it");
    }
    if (levelMax < 2) assertEquals(cage, []);
    if (levelMax < 3) assertEquals(groups, null);
  }
});

Deno.test({
  name: "containment: a worker in a namespace is known by the pid that we see",
  ignore: missing[2] !== undefined,
  fn: async () => {
    await using runtime = await createRuntime({
      config: { ...fixedAt(1), containment: { level: 2 } },
    });
    assertEquals((await runtime.command(["sh", "-c", "kill -INT $$"])).signal, "SIGINT");
    const [pid] = runtime.workerPids;
    assert(Deno.readTextFileSync(`/proc/${pid}/cmdline`).startsWith(Deno.execPath()));
    Deno.kill(pid!, "SIGKILL");
    await until(() => !lives(pid!) && runtime.status().size === 1);
    const facts = runtime.facts({ from: 1 });
    for await (const stamped of facts) {
      if (!("fact" in stamped) || stamped.fact.type !== "worker") continue;
      if (stamped.fact.state !== "gone") continue;
      assertEquals(stamped.fact.because, "ended by SIGKILL");
      break;
    }
  },
});

Deno.test("signalOf: tells a signal from an exit code as shells give it", () => {
  assertEquals([137, 143, 133].map(signalOf), ["SIGKILL", "SIGTERM", "SIGTRAP"]);
  assertEquals([0, 1, 127, 128, 255].map(signalOf), [null, null, null, null, null]);
});

Deno.test("containment: a rung that we are too busy to hear in time is not lost", async () => {
  const climbing = contain(3, 300);
  const untilMs = performance.now() + 400;
  while (performance.now() < untilMs);
  assertEquals((await climbing).level, highest);
});

Deno.test("doctor: tells the level, and why it is not higher", async () => {
  const found = await survey(1);
  assertEquals(found.rungs.length, 4);
  assert(found.level <= 1);
  assertEquals(found.rungs[3]!.because, "containment.level forbids it");
  await inFolder({}, async (cwd) => {
    const text = await flyball(["doctor", "--set", "containment.level=0"], { cwd });
    assertEquals(text.code, 0, text.stderr);
    assert(text.stdout.includes("containment level 0, sessions and marks"), text.stdout);
    assert(text.stdout.includes("level 2, PID namespaces: no: containment.level forbids it"));
    const json = await flyball(["doctor", "--json"], { cwd });
    assertEquals(JSON.parse(json.stdout).level, highest);
    const bad = await flyball(["doctor", "--set", "containment.level=4"], { cwd });
    assertEquals(bad.code, 78);
  });
});
