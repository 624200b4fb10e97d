/** What is told of this machine agrees with what its own tools tell, and reaches those who ask. */
import { assert, assertEquals } from "@std/assert";
import { createRuntime } from "../actors/create_runtime.ts";
import { gauges } from "../actors/host/gauges.ts";
import { trees } from "../actors/host/trees.ts";
import { statusText } from "../cli/status.ts";
import type { Host } from "../actors/ports.ts";
import { until } from "./until.ts";

const linux = Deno.build.os === "linux" && gauges().residentBytes(Deno.pid) !== null;
const said = (program: string, args: readonly string[]): string | null => {
  try {
    const { success, stdout } = new Deno.Command(program, { args: [...args] }).outputSync();
    return success ? new TextDecoder().decode(stdout) : null;
  } catch {
    return null;
  }
};

/** A host whose processes have been looked at once. */
async function walked(): Promise<Host> {
  const host = gauges();
  host.read();
  await until(() => {
    host.walk();
    return host.vitals().processes !== null;
  });
  return host;
}

const near = (one: number, other: number, slack: number) => Math.abs(one - other) <= slack;

Deno.test({
  name: "vitals: memory agrees with free",
  ignore: !linux || said("free", ["-b"]) === null,
  fn: async () => {
    await until(() => {
      const rows = said("free", ["-b", "-w"])!.split("\n").map((row) => row.trim().split(/\s+/));
      const [, total, , free, , buffers, cache, available] = rows[1]!.map(Number);
      const [, swapTotal, , swapFree] = rows[2]!.map(Number);
      const memory = gauges().vitals().memory!;
      assertEquals([memory.totalBytes, memory.swapTotalBytes], [total, swapTotal]);
      // Others use memory meanwhile; what free calls cache has memory of the kernel in it too.
      const slack = 0.02 * total!;
      return near(memory.freeBytes!, free!, slack) &&
        near(memory.availableBytes, available!, slack) &&
        near(memory.buffersBytes!, buffers!, slack) && memory.cachedBytes! <= cache! + slack &&
        near(memory.swapFreeBytes!, swapFree!, slack);
    });
  },
});

Deno.test({
  name: "vitals: states of processes agree with ps, zombies of ours among them",
  ignore: !linux || said("ps", ["-e", "-o", "stat="]) === null,
  fn: async () => {
    // What it started first has ended, and it does not wait for it.
    const child = new Deno.Command("sh", {
      args: ["-c", "true & exec sleep 60"],
      stdin: "null",
    }).spawn();
    try {
      await until(async () => {
        const host = await walked();
        const counts = { ...host.vitals().processes! };
        const letters = said("ps", ["-e", "-o", "stat="])!.trim().split("\n");
        const count = (known: RegExp) => letters.filter((letter) => known.test(letter)).length;
        const { own } = counts;
        return own.zombie === 1 && counts.zombie >= 1 &&
          near(counts.zombie, count(/^Z/), 1) &&
          near(counts.stopped, count(/^[Tt]/), 1) &&
          near(counts.sleeping + counts.running, count(/^[SR]/), 5) &&
          near(counts.other, count(/^[^RSDTtZ]/), 5);
      });
    } finally {
      child.kill("SIGKILL");
      await child.status;
    }
  },
});

Deno.test({
  name: "vitals: load, cores and uptime of cores agree with the runtime's own view",
  ignore: !linux,
  fn: async () => {
    const host = gauges();
    const { cores } = host.read();
    assert(cores > 0 && cores <= navigator.hardwareConcurrency + 1e-9);
    await until(() => {
      const [own, theirs] = [host.vitals().load!, Deno.loadavg()];
      return own.every((mean, i) => near(mean, theirs[i]!, 0.011));
    });
  },
});

/** What the kernel's scheduler has counted of a process, s. */
const spentSeconds = (pid: number) =>
  Number(Deno.readTextFileSync(`/proc/${pid}/schedstat`).split(" ")[0]) / 1e9;

Deno.test({
  name: "trees: memory, parents and sessions of a tree agree with ps, CPU time with the scheduler",
  ignore: !linux || said("ps", ["-o", "pid=,ppid=,sess=,rss=", "-p", String(Deno.pid)]) === null,
  fn: async () => {
    const child = new Deno.Command("sh", {
      args: ["-c", "(while :; do :; done) & sleep 60 & wait"],
      detached: true,
    }).spawn();
    const family = () => trees(null).below(child.pid);
    try {
      await until(() => family().length === 3 && family().some(({ cpuMs }) => cpuMs >= 200));
      await until(() => {
        const rows = new Map(family().map((row) => [row.pid, row]));
        const lines = said("ps", ["-o", "pid=,ppid=,sess=,rss=", "-g", `${child.pid}`])!
          .trim().split("\n").map((line) => line.trim().split(/\s+/).map(Number));
        return lines.length === rows.size && lines.every(([pid, parent, session, kib]) => {
          const row = rows.get(pid!);
          return row?.parent === parent && row!.session === session &&
            near(row!.residentBytes / 1_024, kib!, 256) &&
            near(family().find((row) => row.pid === pid)!.cpuMs, 1_000 * spentSeconds(pid!), 30);
        });
      });
    } finally {
      Deno.kill(-child.pid, "SIGKILL");
      await child.status;
    }
  },
});

/** Bytes counted by `of` since the start, while `work` is done. */
async function counted(of: (host: Host) => number, work: () => Promise<void>): Promise<number> {
  const host = gauges();
  const before = of(host);
  await work();
  return of(host) - before;
}

/** Memory disks and the like are no disks. */
const temporary = Deno.env.get("TMPDIR") ?? "/tmp";
const onDisk = linux && Deno.statSync(temporary).dev >> 8 !== 0 && gauges().vitals().disk !== null;

Deno.test({
  name: "vitals: 50 MB that are written to a disk are seen there",
  ignore: !onDisk,
  fn: async () => {
    const bytes = 50 * 2 ** 20;
    const written = await counted(
      (host) => (host.read(), host.vitals().disk!.writtenBytes),
      async () => {
        const path = await Deno.makeTempFile();
        using file = await Deno.open(path, { write: true });
        const chunk = crypto.getRandomValues(new Uint8Array(2 ** 16));
        for (let at = 0; at < bytes; at += chunk.length) await file.write(chunk);
        await file.sync();
        await Deno.remove(path);
      },
    );
    assert(written >= bytes, `${written} of ${bytes}`);
  },
});

Deno.test({
  name: "vitals: 10 MB through the loopback are seen there",
  ignore: !linux,
  fn: async () => {
    const bytes = 10 * 2 ** 20;
    const lo = (host: Host) =>
      (host.read(), host.vitals().network!.interfaces.find(({ name }) => name === "lo")!)
        .receivedBytes;
    const received = await counted(lo, async () => {
      using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
      const { port } = listener.addr;
      const sending = (async () => {
        using peer = await Deno.connect({ hostname: "127.0.0.1", port });
        const chunk = new Uint8Array(2 ** 16);
        for (let sent = 0; sent < bytes;) sent += await peer.write(chunk);
      })();
      using conn = await listener.accept();
      const chunk = new Uint8Array(2 ** 16);
      while (await conn.read(chunk) !== null);
      await sending;
    });
    assert(received >= bytes, `${received} of ${bytes}`);
  },
});

Deno.test({
  name: "vitals: a burner in a command is seen under its worker, and a status shows all of it",
  ignore: !linux,
  fn: async () => {
    await using runtime = await createRuntime();
    const { id } = await runtime.submit({ command: ["sh", "-c", "(while :; do :; done) & wait"] });
    const host = () => runtime.status().host;
    const burner = () => host().trees.find(({ kind }) => kind === "command");
    await until(() => (burner()?.cpuCores ?? 0) > 0.3);
    const burning = () =>
      trees(null).below(burner()!.pid).reduce((sum, { pid }) => sum + spentSeconds(pid), 0);
    const looks = [{ ms: performance.now(), spent: burning() }];
    await until(() => {
      looks.push({ ms: performance.now(), spent: burning() });
      const now = looks.at(-1)!;
      const before = looks.findLast(({ ms }) => now.ms - ms >= 1_000);
      if (before === undefined) return false;
      const cores = 1_000 * (now.spent - before.spent) / (now.ms - before.ms);
      return near(burner()!.cpuCores!, cores, 0.05 * cores);
    });
    const { processes, cpuCores } = burner()!;
    assert(processes >= 3 && cpuCores! < 1.3, `${processes} processes, ${cpuCores} cores`);
    await until(() => (host().trees[0]!.shareBytes ?? 0) > 0);
    const { trees: [service], cpu, unknown, processes: states } = host();
    assertEquals([service!.kind, service!.pid, service!.seat], ["service", Deno.pid, null]);
    assert(cpu!.coreRatios.some((ratio) => ratio! > 0.3), JSON.stringify(cpu));
    assert(Object.values(unknown).every((because) => because.length > 0));
    await until(() => host().processes !== null);
    assert(states === null || states.running + states.sleeping > 1);

    const text = statusText(runtime.status());
    for (
      const part of [/^load [\d.]+ /m, /programs \d+ %/, /pressure cpu/, /temperature /, /power /]
        .concat([
          /available · buffers/,
          /disks .*\/s read|network /,
          /processes \d+ running/,
          /^service [\d.]+ cores, .* · seat \d+ \(command, \d+\) [\d.]+ cores/m,
        ])
    ) assert(part.test(text), `${part} in ${text}`);
    await runtime.cancel(id);
  },
});
