/** What machines can take, by fixtures. */
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { machineLimits, type Room } from "../actors/host/limits/machine.ts";
import { type Probe, probeDisk } from "../actors/host/limits/probe.ts";
import type { KernelFiles } from "../actors/host/kernel_files.ts";
import type { CapacityLimit } from "../messages/capacity.ts";
import { Prober } from "../actors/capacity/prober.ts";
import { Refusal } from "../actors/refusal.ts";
import { tempFolder } from "./live.ts";
import { FixtureHost } from "./fixture_host.ts";

const room: Room = { totalBytes: 1e11, freeBytes: 4e10, files: 1_000, filesFree: 900 };

/** Limits of a host of a fixture, with files added or taken away. */
function limitsOf(
  name: string,
  files: Readonly<Record<string, string>> = {},
  seen = {},
  probe: Probe | null = null,
): ReadonlyMap<string, CapacityLimit> {
  const host = new FixtureHost(name);
  const all: KernelFiles = {
    read: (path) => files[path] ?? host.read(path),
    list: (folder) => {
      const own = Object.keys(files).filter((path) => path.startsWith(`${folder}/`))
        .map((path) => path.slice(folder.length + 1).split("/")[0]!);
      const names = new Set([...own, ...host.list(folder) ?? []]);
      return names.size > 0 ? [...names] : null;
    },
  };
  const found = machineLimits("/data", seen, probe, all, () => room);
  return new Map(found.map((limit) => [limit.name, limit]));
}

const pick = (limit: CapacityLimit | undefined) => [limit?.value, limit?.used, limit?.source];

Deno.test("capacity: version 2, the smallest of host, slice and own group, with its source", () => {
  const limits = limitsOf("cgroup_v2");
  const own = "/sys/fs/cgroup/app.slice/flyball.service";
  assertEquals(pick(limits.get("cpuCores")), [1.5, null, `${own}/cpu.max`]);
  assertEquals(pick(limits.get("memoryBytes")), [
    ...[512 * 2 ** 20, 402_653_184, "/sys/fs/cgroup/app.slice/memory.max"],
  ]);
  assertEquals(pick(limits.get("processes")), [512, 40, `${own}/pids.max`]);
  assertEquals(pick(limits.get("openFiles")), [1_024, 3, "/proc/self/limits (Max open files)"]);
  assertEquals(pick(limits.get("openFilesOfHost")), [2_466_177, 900, "/proc/sys/fs/file-nr"]);
  assertEquals(pick(limits.get("swapBytes")), [2 ** 30, 2 ** 29, "/proc/meminfo"]);
  assertEquals(pick(limits.get("dataBytes")), [1e11, 6e10, "file system of /data"]);
  assertEquals(limits.get("cpuCores")!.candidates.map(({ value }) => value), [8, 8, 1.5]);
});

Deno.test("capacity: a limit that is raised is seen at the next look", () => {
  const raised = { "/sys/fs/cgroup/app.slice/memory.max": "4294967296\n" };
  const { value, source } = limitsOf("cgroup_v2", raised).get("memoryBytes")!;
  assertEquals([value, source], [
    ...[2 ** 30, "/sys/fs/cgroup/app.slice/flyball.service/memory.max"],
  ]);
});

Deno.test("capacity: version 1, groups apart, a cpuset", () => {
  const limits = limitsOf("cgroup_v1");
  assertEquals(pick(limits.get("cpuCores")), [
    ...[.5, null, "/sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_quota_us"],
  ]);
  assertEquals(pick(limits.get("memoryBytes")), [
    ...[2 ** 30, 805_306_368, "/sys/fs/cgroup/memory/box/memory.limit_in_bytes"],
  ]);
  assertEquals(pick(limits.get("processes")), [64, 60, "/sys/fs/cgroup/pids/box/pids.max"]);
});

Deno.test("capacity: 150000 of 100000 on 8 cores is 1.5 cores; without it all 8", () => {
  const free = { "/sys/fs/cgroup/app.slice/flyball.service/cpu.max": "max 100000\n" };
  assertEquals(limitsOf("cgroup_v2", free).get("cpuCores")!.value, 8);
  const pinned = { ...free, "/proc/self/status": "Cpus_allowed_list:\t0-2,5\n" };
  assertEquals(limitsOf("cgroup_v2", pinned).get("cpuCores")!.value, 4);
});

Deno.test("capacity: disks are as fast as groups allow, else as they were seen to be", () => {
  const group = "/sys/fs/cgroup/app.slice/flyball.service/io.max";
  const set = limitsOf("cgroup_v2", {
    [group]: "8:0 rbps=10485760 wbps=max riops=200 wiops=max\n259:0 rbps=5242880 wbps=max\n",
  }, { diskWrittenBytesPerS: 9e7, diskReadBytesPerS: 5e8 });
  assertEquals(pick(set.get("diskReadBytesPerS")), [5_242_880, null, `${group} (259:0)`]);
  assertEquals(set.get("diskReadsPerS")!.value, 200);
  const { value, confidence } = set.get("diskWrittenBytesPerS")!;
  assertEquals([value, confidence], [9e7, "observed"]);
  const none = set.get("diskWritesPerS")!;
  assertEquals([none.value, none.confidence], [null, "unknown"]);
  assertMatch(none.because!, /no disk has done anything/);
});

Deno.test("capacity: an interface of 1,000 megabits takes 125 MB/s; the loopback says nothing", () => {
  const net = "/sys/class/net";
  const fast = limitsOf("bare_metal", {
    [`${net}/lo/speed`]: "10000\n",
    [`${net}/eth0/speed`]: "1000\n",
    [`${net}/eth1/speed`]: "10000\n",
    [`${net}/eth1/operstate`]: "down\n",
    [`${net}/eth2/speed`]: "-1\n",
  }).get("networkSentBytesPerS")!;
  assertEquals([fast.value, fast.confidence, fast.source], [
    ...[125e6, "reported", `${net}/eth0/speed`],
  ]);
  const seen = limitsOf("bare_metal", {}, { networkSentBytesPerS: 7e6 });
  assertEquals(seen.get("networkSentBytesPerS")!.confidence, "observed");
  assertEquals(seen.get("networkReceivedBytesPerS")!.confidence, "unknown");
});

Deno.test("capacity: connections, ports and our own quotas", () => {
  const limits = limitsOf("bare_metal", {
    "/proc/sys/net/core/somaxconn": "4096\n",
    "/proc/sys/net/ipv4/ip_local_port_range": "32768\t60999\n",
    "/proc/sys/net/netfilter/nf_conntrack_max": "65536\n",
    "/proc/sys/net/netfilter/nf_conntrack_count": "12\n",
    "/proc/self/limits": "Max address space         8589934592     unlimited     bytes     \n" +
      "Max file size             unlimited            unlimited            bytes     \n",
    "/proc/sys/kernel/pid_max": "32768\n",
  });
  assertEquals(limits.get("connectionsWaiting")!.value, 4_096);
  assertEquals(limits.get("localPorts")!.value, 28_232);
  assertEquals(pick(limits.get("connectionsFollowed")).slice(0, 2), [65_536, 12]);
  assertEquals(limits.get("addressBytes")!.value, 2 ** 33);
  assertEquals([limits.get("fileBytes")!.value, limits.get("processes")!.value], [null, 32_768]);
});

Deno.test("capacity: hosts that tell garbage, or nothing, have unknown limits and no invented ones", () => {
  for (const name of ["garbage", "old_kernel", "bare_metal"]) {
    for (const { value, source, confidence, because } of limitsOf(name).values()) {
      assertEquals(value === null, confidence === "unknown", name);
      assertEquals(value === null, source === null, name);
      assert(value === null ? because !== "" : Number.isFinite(value) && value >= 0, name);
    }
  }
});

Deno.test("capacity: a probe is told as measured, where no group says less", () => {
  const probe: Probe = {
    folder: "/data",
    found: { diskWrittenBytesPerS: 3e8, diskWritesPerS: 900, diskReadsPerS: null },
  };
  const limits = limitsOf("bare_metal", {}, { diskReadsPerS: 70 }, probe);
  const of = (name: string) => [limits.get(name)!.value, limits.get(name)!.confidence];
  assertEquals(of("diskWrittenBytesPerS"), [3e8, "measured"]);
  assertEquals(of("diskWritesPerS"), [900, "measured"]);
  assertEquals(of("diskReadsPerS"), [70, "observed"]);
  assertEquals(of("diskReadBytesPerS"), [null, "unknown"]);
});

Deno.test("capacity: a probe takes a file of its own, tells what it found, and leaves nothing", async () => {
  await using folder = await tempFolder();
  await Deno.writeTextFile(`${folder.path}/other`, "stays");
  const { found, folder: probed } = await probeDisk(folder.path);
  assertEquals(probed, folder.path);
  assert(found.diskWrittenBytesPerS! > 1e5 && found.diskWritesPerS! > 1, JSON.stringify(found));
  for (const name of ["diskReadBytesPerS", "diskReadsPerS"]) {
    assert(found[name] === null || found[name]! > 1, JSON.stringify(found));
  }
  assertEquals([...Deno.readDirSync(folder.path)].map(({ name }) => name), ["other"]);
  await assertRejects(() => new Prober(null).ask({ probe: 1 as never }), Refusal);
  const prober = new Prober(folder.path);
  assertEquals(await prober.ask(), null);
  const [one, other] = await Promise.all([
    prober.ask({ probe: true }),
    prober.ask({ probe: true }),
  ]);
  assert(
    one === other && one === await prober.ask({}),
    "one probe at a time, and it is remembered",
  );
});
