/** What hosts of all kinds tell: exact numbers from files, nothing from garbage, reasons for gaps. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { gauges } from "../actors/host/gauges.ts";
import { kernelFiles } from "../actors/host/kernel_files.ts";
import type { HostReading } from "../messages/mailboxes.ts";
import type { Vitals } from "../messages/vitals.ts";
import { FixtureHost } from "./fixture_host.ts";

const gib = 2 ** 30;

/** Both looks at a host. */
function looks(name: string): readonly [HostReading & Vitals, HostReading & Vitals] {
  const host = new FixtureHost(name);
  const gauge = gauges(host, host.nowMs);
  const look = () => {
    const reading = gauge.read();
    gauge.walk();
    return { ...reading, ...gauge.vitals() };
  };
  const first = look();
  host.look = 2;
  return [first, look()];
}

Deno.test("vitals: a container of version 2 has what the tightest group leaves, at each look anew", () => {
  const [first, second] = looks("cgroup_v2");
  assertEquals([first.cores, first.cpuRatio], [1.5, null]);
  // The host is 36 % busy: (180 programs, 60 kernel, 20 interrupts, 60 stolen) of 800 ticks.
  assertAlmostEquals(second.cpuRatio!, 1.2 / 1.5, 1e-12);
  assertEquals(second.group!.quotaUsedRatio, second.cpuRatio);
  assertEquals([first.memoryRatio, first.memoryAvailableBytes], [0.75, gib / 8]);
  assertEquals([second.memoryRatio, second.memoryAvailableBytes], [0.25, 0.875 * gib]);
  assertEquals(first.group, {
    version: 2,
    quotaCores: 1.5,
    quotaUsedRatio: null,
    memoryLimitBytes: gib / 2,
    memoryUsedBytes: 0.375 * gib,
    processes: 40,
    processesMax: 512,
  });
  assertEquals(
    [second.group!.memoryLimitBytes, second.group!.memoryUsedBytes],
    [gib, gib / 8],
    "a limit that was raised is seen at the next look",
  );
});

Deno.test("vitals: cores, memory, pressure, disks, network, load and files are what the kernel counts", () => {
  const [first, second] = looks("cgroup_v2");
  assertEquals(second.cpu, {
    coreRatios: [1, 0, 0.25, 0, 0.5, null, null, 0.5],
    userRatio: 120 / 800,
    systemRatio: 80 / 800,
    ioWaitRatio: 40 / 800,
    stealRatio: 60 / 800,
  });
  assertEquals(second.memory, {
    totalBytes: 16 * gib,
    freeBytes: 8 * gib,
    availableBytes: 12 * gib,
    buffersBytes: gib / 16,
    cachedBytes: 2 * gib,
    swapTotalBytes: gib,
    swapFreeBytes: gib / 2,
    swapInBytesPerS: 40_960,
    swapOutBytesPerS: 409_600,
    oomKills: 4,
  });
  assertEquals(second.pressure.cpu, {
    some10Ratio: 0.125,
    some60Ratio: 0.05,
    some300Ratio: 0.0125,
    full10Ratio: 0,
    full60Ratio: 0,
    full300Ratio: 0,
  });
  const { memory, io } = second.pressure;
  assertEquals([memory?.full10Ratio, io?.some10Ratio, io?.full300Ratio], [0.015, 0.2, 0.025]);
  const { devices, ...disks } = second.disk!;
  assertEquals(devices.map(({ name }) => name), ["sda", "nvme0n1"]);
  assertEquals(disks, {
    readBytes: 5_824 * 512,
    writtenBytes: 104_800 * 512,
    readBytesPerS: 3_024 * 512,
    writtenBytesPerS: 100_000 * 512,
    readsPerS: 60,
    writesPerS: 10,
    busyRatio: 0.25,
  });
  const { interfaces, ...network } = second.network!;
  assertEquals(network, {
    receivedBytes: 3_000_000,
    sentBytes: 600_000,
    receivedBytesPerS: 2_000_000,
    sentBytesPerS: 100_000,
    errorsPerS: 5,
  });
  assertEquals(interfaces.map(({ name }) => name), ["lo", "eth0", "docker0"]);
  assertEquals(interfaces[0]!.receivedBytesPerS, 10_000_000);
  assertEquals(second.load, [0.42, 1.11, 2.25]);
  assertEquals(second.files, { open: 900, openMax: 2_466_177, own: 3, ownMax: 1_024 });
  const rates = ["disk.readBytesPerS", "network.sentBytesPerS", "memory.swapInBytesPerS"];
  const because = "it takes two looks at a growing counter to see a rate";
  assertEquals(rates.map((name) => first.unknown[name]), [because, because, because]);
});

Deno.test("vitals: groups of version 1 are found wherever they are mounted", () => {
  const [first, second] = looks("cgroup_v1");
  assertEquals([first.cores, second.cores], [0.5, 0.5]);
  // The host is 10 % busy; of the half core, 0.4 are used.
  assertAlmostEquals(second.cpuRatio!, 0.8, 1e-9);
  assertEquals([second.memoryRatio, second.memoryAvailableBytes], [0.5, gib / 2]);
  assertEquals(second.group, {
    version: 1,
    quotaCores: 0.5,
    quotaUsedRatio: second.cpuRatio,
    memoryLimitBytes: gib,
    memoryUsedBytes: gib / 2,
    processes: 60,
    processesMax: 64,
  });
});

Deno.test("vitals: sensors tell degrees and watts, of the processor alone", () => {
  const [first, second] = looks("bare_metal");
  assertEquals([first.temperatureCelsius, second.temperatureCelsius], [54, 95]);
  // 5 J and 2.5 J in a second; one counter began anew.
  assertEquals([first.powerWatts, second.powerWatts], [null, 7.5]);
  assertEquals(first.unknown.powerWatts, "it takes two looks at a growing counter to see a rate");
});

Deno.test("vitals: processes are counted by state, of the host and of our own family", () => {
  const [, { processes }] = looks("bare_metal");
  assertEquals(processes, {
    running: 1,
    sleeping: 2,
    blocked: 1,
    stopped: 2,
    zombie: 2,
    other: 1,
    own: { running: 1, sleeping: 1, blocked: 1, stopped: 0, zombie: 1, other: 0 },
    ageMs: 0,
  });
});

Deno.test("vitals: an old kernel is read as far as it tells anything", () => {
  const [first, second] = looks("old_kernel");
  // Free, and half of what could be dropped.
  assertEquals([first.memoryAvailableBytes, first.memoryRatio], [0.375 * gib, 0.625]);
  assertEquals(second.cpuRatio, 120 / 200);
  assertEquals(second.pressure.cpu?.full10Ratio, null);
  assertEquals([second.pressure.memory, second.group, second.network], [null, null, null]);
  assertEquals(second.disk?.readBytes, 2_000 * 512);
  assertEquals([second.disk?.readsPerS, second.disk?.readBytesPerS], [null, 0], "a counter fell");
  assertEquals([first.load, second.load], [[0, 0.01, 0.05], null]);
  assertEquals(second.unknown.load, "/proc/loadavg can't be read");
});

Deno.test("vitals: garbage is nothing, and nothing is never zero: each gap has its reason", () => {
  for (const name of ["garbage", "old_kernel", "bare_metal", "cgroup_v1", "cgroup_v2"]) {
    for (const { unknown, cpu, memory, group, disk, network, ...rest } of looks(name)) {
      const parts: object = { cpu, memory, group, disk, network };
      for (const [part, value] of Object.entries(parts)) {
        const gaps = value === null ? [part] : Object.entries(value)
          .flatMap(([field, each]) => each === null ? `${part}.${field}` : []);
        for (const path of gaps) assert(unknown[path], `${path} of ${name}`);
      }
      for (const part of ["temperatureCelsius", "powerWatts", "load", "processes"] as const) {
        assertEquals(rest[part] === null, unknown[part] !== undefined, `${part} of ${name}`);
      }
    }
  }
  const [, garbage] = looks("garbage");
  assertEquals([garbage.cores, garbage.cpuRatio], [navigator.hardwareConcurrency, null]);
  assertEquals([garbage.memoryRatio, garbage.memoryAvailableBytes], [null, null]);
  for (
    const name of ["cpu", "memory", "disk", "network", "processes", "load", "group"] as const
  ) assertEquals([name, garbage[name]], [name, null]);
  assertEquals(garbage.pressure, { cpu: null, memory: null, io: null });
  assertEquals([garbage.temperatureCelsius, garbage.powerWatts], [null, null]);
  assertEquals(garbage.files, { open: null, openMax: null, own: null, ownMax: null });
  assertEquals(garbage.unknown.disk, "/proc/diskstats names no disk");
  assertEquals(
    garbage.unknown.powerWatts,
    "/sys/class/powercap/intel-rapl:0/energy_uj can't be read",
  );
});

Deno.test("vitals: a root that is not there, or is all folders, is a host of which nothing is known", () => {
  const root = Deno.makeTempDirSync();
  try {
    for (let times = 0; times < 2; times++) {
      const gauge = gauges(kernelFiles(root));
      gauge.walk();
      const vitals = gauge.vitals();
      assertEquals(gauge.read().cpuRatio, null);
      assertEquals([vitals.cpu, vitals.disk, vitals.processes], [null, null, null]);
      for (const path of ["/proc/stat", "/proc/meminfo", "/proc/diskstats", "/proc/1/stat"]) {
        Deno.mkdirSync(root + path, { recursive: true });
      }
    }
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
});

Deno.test("vitals: the same host below another root tells the same", () => {
  const root = Deno.makeTempDirSync();
  try {
    for (const name of ["cgroup_v2", "bare_metal"]) {
      const host = new FixtureHost(name);
      host.unpack(`${root}/${name}`);
      const [one, other] = [
        gauges(host, host.nowMs),
        gauges(kernelFiles(`${root}/${name}`), host.nowMs),
      ];
      assertEquals(other.read(), one.read());
      one.walk();
      other.walk();
      assertEquals(other.vitals(), one.vitals());
    }
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
});

Deno.test("vitals: whatever the files of real hosts are mixed with, every number means something", () => {
  const names = ["cgroup_v2", "cgroup_v1", "bare_metal", "old_kernel", "garbage"];
  const hosts = names.map((name) => new FixtureHost(name));
  const words = hosts.flatMap((host) => [...host.files.values()]).join("\n").split(/\s+/);
  const piece = fc.oneof(fc.constantFrom(...words), fc.constantFrom("\n", "-1", "NaN", "1e99", ""));
  const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(" "));
  const spoil = fc.infiniteStream(fc.option(text, { freq: 4, nil: undefined }));
  fc.assert(
    fc.property(fc.constantFrom(...hosts), spoil, (host, texts) => {
      host.look = 1;
      const read = (path: string) => {
        const { value } = texts.next();
        return value === undefined ? host.read(path) : value;
      };
      let nowMs = 0;
      const gauge = gauges({ read, list: host.list }, () => nowMs += 97);
      for (let i = 0; i < 3; i++) {
        const reading = gauge.read();
        assert(gauge.walk() > 0);
        const { unknown, ...vitals } = gauge.vitals();
        assert(Object.values(unknown).every((because) => because.length > 0));
        for (const number of numbers({ ...reading, ...vitals })) assert(sane(number), `${number}`);
      }
    }),
    { numRuns: 200 },
  );
});

function* numbers(value: unknown, name = ""): Generator<readonly [string, number]> {
  if (typeof value === "number") yield [name, value];
  if (typeof value !== "object" || value === null) return;
  for (const [key, each] of Object.entries(value)) {
    yield* numbers(each, /^\d+$/.test(key) ? name : key);
  }
}

function sane([name, value]: readonly [string, number]): boolean {
  if (!Number.isFinite(value)) return false;
  if (/Ratios?$/.test(name)) return value >= 0 && value <= 1;
  return name === "temperatureCelsius" ? value > -50 && value < 150 : value >= 0;
}
