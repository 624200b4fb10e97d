/** Control groups: where they are found, and that nothing put into one gets out. */
import { assert, assertEquals } from "@std/assert";
import { Cgroups, hierarchies } from "../actors/host/cgroup.ts";
import { isGone, ownName } from "../actors/host/owner.ts";
import { lives } from "./live.ts";
import { until } from "./until.ts";

const over = (files: Record<string, string>) => hierarchies((path) => files[path] ?? null);

Deno.test("cgroups: version 2 alone is found below the group of this process", () => {
  const found = over({
    "/proc/self/mountinfo":
      "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n",
    "/proc/self/cgroup": "0::/system.slice/flyball.service\n",
    "/sys/fs/cgroup/system.slice/flyball.service/cgroup.controllers": "cpu memory pids\n",
  });
  const folder = "/sys/fs/cgroup/system.slice/flyball.service";
  assertEquals(found, [{ version: 2, folder, controllers: ["cpu", "memory", "pids"] }]);
});

Deno.test("cgroups: a container's part of the tree stands for the whole path", () => {
  const found = over({
    "/proc/self/mountinfo": [
      "35 31 0:32 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory",
      "36 31 0:33 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct",
      "37 31 0:34 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw",
      "38 31 0:35 / /proc rw - proc proc rw",
    ].join("\n"),
    "/proc/self/cgroup": "4:memory:/docker/abc/x\n3:cpu,cpuacct:/a:b\n0::/flyball-service\n",
  });
  assertEquals(found, [
    { version: 1, folder: "/sys/fs/cgroup/memory/x", controllers: ["memory"] },
    { version: 1, folder: "/sys/fs/cgroup/cpu,cpuacct/a:b", controllers: ["cpu", "cpuacct"] },
    { version: 2, folder: "/sys/fs/cgroup/unified", controllers: [] },
  ]);
});

Deno.test("cgroups: where none are mounted, that is what is said", () => {
  assertEquals(over({}), []);
  const because = Cgroups.open([]);
  assert(because === "no control groups are mounted" || because === "there is no /proc");
});

Deno.test("owner: a process is gone when its pid is another's", () => {
  const name = ownName();
  if (name === null) return;
  const [space, pid, started] = name.split("-");
  assertEquals(isGone(name), false);
  assertEquals(isGone(`${space}-${pid}-${Number(started) + 1}`), true);
  assertEquals(isGone(`${Number(space) + 1}-${pid}-0`), false, "another namespace's pid");
  assertEquals(isGone("something else"), false);
});

function nameOf(pid: number): string {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/comm`).trim();
  } catch {
    return "";
  }
}

for (const version of [1, 2] as const) {
  const groups = Cgroups.open(hierarchies().filter((tree) => tree.version === version));
  Deno.test({
    name: `cgroups: version ${version} holds, stops, counts and ends what has left its session`,
    ignore: typeof groups === "string",
    fn: async () => {
      assert(typeof groups !== "string");
      assertEquals(groups.version, version);
      const group = groups.create("test", ["memory", "pids"]);
      const command = new Deno.Command("sh", {
        args: ["-c", "read go; (setsid sleep 300 &); exec sleep 300"],
        stdin: "piped",
        detached: true,
      });
      const child = command.spawn();
      assert(group.add(child.pid));
      const writer = child.stdin.getWriter();
      await writer.write(new TextEncoder().encode("go\n"));
      await until(() => group.pids().map(nameOf).join() === "sleep,sleep");
      const pids = group.pids();
      if (groups.controllers.has("pids")) assertEquals(group.read("pids.current"), "2\n");
      assertEquals(group.read("memory.no_such_file"), null);
      assertEquals(group.write("memory.no_such_file", "1"), false);
      assertEquals(group.remove(), false, "not while something is in it");
      assert(group.freeze(true) && group.freeze(false));
      group.kill();
      assertEquals((await child.status).signal, "SIGKILL");
      await writer.close().catch(() => {});
      await until(() => group.remove());
      await until(() => !pids.some(lives));
    },
  });
}
