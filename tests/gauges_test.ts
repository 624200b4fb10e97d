import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { gauges } from "../actors/host/gauges.ts";
import type { Host } from "../actors/ports.ts";

type Files = Record<string, string>;

const over = (files: Files): Host =>
  gauges({ read: (path) => files[path] ?? null, list: () => null });

const online = navigator.hardwareConcurrency;
const gib = 2 ** 30;

/** A host with 8 GiB, 6 of them free. */
const meminfo = "MemTotal:        8388608 kB\nMemFree:   100 kB\nMemAvailable:    6291456 kB\n";
const v2 = (max: string, current: string): Files => ({
  "/proc/meminfo": meminfo,
  "/sys/fs/cgroup/memory.max": max,
  "/sys/fs/cgroup/memory.current": current,
});
const v1 = (limit: string, usage: string): Files => ({
  "/proc/meminfo": meminfo,
  "/sys/fs/cgroup/memory/memory.limit_in_bytes": limit,
  "/sys/fs/cgroup/memory/memory.usage_in_bytes": usage,
});

function memoryOf(files: Files): [number | null, number | null] {
  const { memoryRatio, memoryAvailableBytes } = over(files).read();
  return [memoryRatio, memoryAvailableBytes];
}

Deno.test("gauges: where nothing can be read, all is unknown but the cores", () => {
  const host = over({});
  for (let i = 0; i < 2; i++) {
    assertEquals(host.read(), {
      cores: online,
      cpuRatio: null,
      memoryRatio: null,
      memoryAvailableBytes: null,
      cpuPressureRatio: null,
      memoryPressureRatio: null,
      ioPressureRatio: null,
    });
  }
  assertEquals([host.processState(1), host.threadMs(1), host.residentBytes(1)], [null, null, null]);
});

Deno.test("gauges: cpu is the busy share between two looks; waiting for disks is not busy", () => {
  const files: Files = {};
  const host = over(files);
  const cpuAt = (line: string) => {
    files["/proc/stat"] = `cpu  ${line}\ncpu0 1 2 3 4 5 6 7 8 9 10\n`;
    return host.read().cpuRatio;
  };
  // user nice system idle iowait irq softirq steal guest guest_nice
  assertEquals(cpuAt("100 0 100 700 100 0 0 0 50 0"), null);
  assertEquals(cpuAt("150 0 150 780 120 0 0 0 99 0"), 0.5);
  assertEquals(cpuAt("150 0 150 780 120 0 0 0 99 0"), null, "no time has passed");
  assertEquals(cpuAt("150 0 150 880 120 0 0 0 99 0"), 0);
  assertEquals(cpuAt("150 10 150 880 120 20 30 40 99 0"), 1);
  assertEquals(cpuAt("100 0 0 0 0 0 0 0 0 0"), null, "counters that fell say nothing");
  assertEquals(cpuAt("200 0 0 100 0 0 0 0 0 0"), 0.5);
  assertEquals(cpuAt("garbage"), null);
  assertEquals(cpuAt("200 0 0 100 0 0 0 0 0 0"), null, "nothing to compare with");
});

Deno.test("gauges: cores are those of the quota, where it is less than those online", () => {
  const coresOf = (files: Files) => over(files).read().cores;
  const quota = (text: string): Files => ({ "/sys/fs/cgroup/cpu.max": text });
  assertEquals(coresOf(quota("50000 100000\n")), 0.5);
  assertEquals(coresOf(quota("100000 100000\n")), Math.min(1, online));
  assertEquals(coresOf(quota(`${100000 * (online + 1)} 100000\n`)), online);
  for (const text of ["max 100000\n", "", "max", "0 100000", "-1 100000", "1 0", "a b", "\n"]) {
    assertEquals(coresOf(quota(text)), online, text);
  }
  const old = (quotaUs: string, periodUs: string): Files => ({
    "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": quotaUs,
    "/sys/fs/cgroup/cpu/cpu.cfs_period_us": periodUs,
  });
  assertEquals(coresOf(old("25000\n", "100000\n")), 0.25);
  for (const [a, b] of [["-1\n", "100000\n"], ["", ""], ["x", "100000"]] as const) {
    assertEquals(coresOf(old(a, b)), online);
  }
});

Deno.test("gauges: memory without a limit is the host's", () => {
  const host = [0.25, 6 * gib];
  assertEquals(memoryOf({ "/proc/meminfo": meminfo }), [0.25, 6 * gib]);
  for (const files of [v2("max\n", `${gib}\n`), v1("9223372036854771712\n", `${gib}\n`)]) {
    assertEquals(memoryOf(files), [0.25, 6 * gib]);
  }
  const half = { "/proc/meminfo": meminfo, "/sys/fs/cgroup/memory.max": `${gib}\n` };
  for (const files of [v2("", ""), v2("garbage", "1"), v2(`${gib}`, "x"), v1("", ""), half]) {
    assertEquals(memoryOf(files), host as [number, number]);
  }
});

Deno.test("gauges: a limit that is set or lifted later counts within 5 s", () => {
  const files: Files = v2("max\n", `${gib}\n`);
  let nowMs = 0;
  const host = gauges({ read: (path) => files[path] ?? null, list: () => null }, () => nowMs);
  const availableAt = (ms: number) => {
    nowMs = ms;
    return host.read().memoryAvailableBytes;
  };
  assertEquals(availableAt(0), 6 * gib);
  files["/sys/fs/cgroup/memory.max"] = `${2 * gib}\n`;
  files["/sys/fs/cgroup/cpu.max"] = "50000 100000\n";
  assertEquals(availableAt(5_000), gib);
  assertEquals(host.read().cores, 0.5);
  files["/sys/fs/cgroup/memory.current"] = `${2 * gib}\n`;
  assertEquals(availableAt(5_001), 0, "what is used of it, at each look");
  files["/sys/fs/cgroup/memory.max"] = "max\n";
  assertEquals(availableAt(5_002), 6 * gib);
});

Deno.test("gauges: memory is the worse of host and cgroup, of either version", () => {
  for (const group of [v2, v1]) {
    assertEquals(memoryOf(group(`${4 * gib}\n`, `${3 * gib}\n`)), [0.75, gib]);
    assertEquals(memoryOf(group(`${4 * gib}\n`, "0\n")), [0.25, 4 * gib]);
    assertEquals(memoryOf(group(`${4 * gib}\n`, `${4 * gib}\n`)), [1, 0]);
    assertEquals(memoryOf(group(`${8 * gib}\n`, `${8 * gib}\n`)), [0.25, 6 * gib], "no limit");
  }
});

Deno.test("gauges: pages of files that can be dropped are not counted as used", () => {
  const used = { ...v2(`${4 * gib}\n`, `${3 * gib}\n`) };
  used["/sys/fs/cgroup/memory.stat"] = `anon 1\nfile 5\ninactive_file ${2 * gib}\nfoo 1\n`;
  assertEquals(memoryOf(used), [0.25, 3 * gib]);
  const old = { ...v1(`${4 * gib}\n`, `${3 * gib}\n`) };
  old["/sys/fs/cgroup/memory/memory.stat"] = `inactive_file 1\ntotal_inactive_file ${gib}\n`;
  assertEquals(memoryOf(old), [0.5, 2 * gib]);
});

Deno.test("gauges: a ratio stays within 0..1 where the kernel's numbers don't fit together", () => {
  assertEquals(memoryOf(v2(`${gib}\n`, `${2 * gib}\n`)), [1, 0]);
  const more = "MemTotal: 100 kB\nMemAvailable: 200 kB\n";
  assertEquals(memoryOf({ "/proc/meminfo": more }), [0, 200 * 1024]);
  for (const text of ["MemTotal: 0 kB\nMemAvailable: 0 kB\n", "MemTotal: 100 kB\n", "MemAvail"]) {
    assertEquals(memoryOf({ "/proc/meminfo": text }), [null, null]);
  }
});

Deno.test("gauges: pressure is a ratio of 10 s, unknown where the kernel has none", () => {
  const pressureOf = (text: string) =>
    over({ "/proc/pressure/cpu": text, "/proc/pressure/memory": text }).read();
  const line = (avg10: string) =>
    `some avg10=${avg10} avg60=9.99 avg300=9.99 total=1\nfull avg10=88.00 avg60=0 avg300=0 total=0\n`;
  for (
    const [given, ratio] of [["0.00", 0], ["12.50", 0.125], ["100.00", 1], ["250", 1]] as const
  ) {
    const { cpuPressureRatio, memoryPressureRatio } = pressureOf(line(given));
    assertEquals([cpuPressureRatio, memoryPressureRatio], [ratio, ratio]);
  }
  for (const text of ["", "full avg10=1.00", line("x"), line("1.2.3"), line("."), line("-1")]) {
    const { cpuPressureRatio, memoryPressureRatio } = pressureOf(text);
    assertEquals([cpuPressureRatio, memoryPressureRatio], [null, null], text);
  }
});

Deno.test("gauges: a process is told by its pid, whatever it calls itself", () => {
  const host = over({
    "/proc/7/stat": "7 (a) S ) (b)) T 1 7 7 0 -1 4194560 1 2 3\n",
    "/proc/7/schedstat": "2500000 1500000 42\n",
    "/proc/7/statm": "5000 300 200 1 0 100 0\n",
    "/proc/8/stat": "garbage",
    "/proc/8/schedstat": "x y z",
    "/proc/8/statm": "5000 ",
    "/proc/9/stat": "",
    "/proc/9/schedstat": "",
    "/proc/9/statm": "",
  });
  assertEquals(host.processState(7), "T");
  assertEquals(host.threadMs(7), { ranMs: 2.5, waitedMs: 1.5 });
  assertEquals(host.residentBytes(7), 300 * 4096);
  for (const pid of [8, 9, 10]) {
    const told = [host.processState(pid), host.threadMs(pid), host.residentBytes(pid)];
    assertEquals(told, [null, null, null], `${pid}`);
  }
});

Deno.test("gauges: whatever the files hold, nothing throws and every number means something", () => {
  const piece = fc.constantFrom(
    ..."0 1 -1 1.5 1e400 9223372036854771712 max NaN cpu MemTotal: MemAvailable: kB".split(" "),
    ..."some full avg10= inactive_file ( ) R T \n , . - = 7".split(" "),
    "\n",
  );
  const text = fc.oneof(
    fc.array(piece, { maxLength: 14 }).map((pieces) => pieces.join(" ")),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.infiniteStream(fc.option(text, { freq: 6 })), (texts) => {
      const host = gauges({
        read: () => texts.next().value,
        list: () => ["1", "a b", "temp1_input"],
      });
      for (let i = 0; i < 3; i++) {
        const { cores, memoryAvailableBytes, ...ratios } = host.read();
        assert(cores > 0 && cores <= online);
        for (const ratio of Object.values(ratios)) {
          assert(ratio === null || (ratio >= 0 && ratio <= 1));
        }
        assert(memoryAvailableBytes === null || memoryAvailableBytes >= 0);
        const state = host.processState(1);
        assert(state === null || /^[A-Za-z]$/.test(state));
        const { ranMs, waitedMs } = host.threadMs(1) ?? { ranMs: 0, waitedMs: 0 };
        assert(ranMs >= 0 && waitedMs >= 0);
        const bytes = host.residentBytes(1);
        assert(bytes === null || bytes >= 0);
      }
    }),
    { numRuns: 300 },
  );
});

Deno.test("gauges: this machine can be read", () => {
  const host = gauges();
  const { cores, memoryRatio, memoryAvailableBytes } = host.read();
  assert(cores > 0 && memoryRatio! > 0 && memoryRatio! <= 1 && memoryAvailableBytes! > 0);
  assert(host.residentBytes(Deno.pid)! > 1e6);
  assert(/^[RSD]$/.test(host.processState(Deno.pid)!));
  assert(host.threadMs(Deno.pid)!.ranMs > 0);
  assert(host.threadMs("self")!.ranMs > 0);
  assertEquals(host.processState(2 ** 30), null);
});
