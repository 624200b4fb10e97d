import { assert, assertEquals, assertGreater, assertLessOrEqual } from "@std/assert";

const writer = new URL("./store_writer.ts", import.meta.url).pathname;

/** Runs the writer to its end, perhaps under another program; returns the lines it wrote. */
async function write(before: readonly string[], ...args: string[]): Promise<string[][]> {
  const [program, ...rest] = [...before, Deno.execPath(), "run", "-A", "--no-check", writer];
  const { code, stdout, stderr } = await new Deno.Command(program!, { args: [...rest, ...args] })
    .output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout).trim().split("\n").map((line) => line.split(" "));
}

async function withDirectory(test: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await test(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

function canTrace(): boolean {
  try {
    return new Deno.Command("strace", { args: ["-o", "/dev/null", "true"] }).outputSync().success;
  } catch {
    return false;
  }
}

Deno.test("durability: acknowledges a job after the commit that holds it has returned", () =>
  withDirectory(async (directory) => {
    const lines = await write([], directory, "4", "40", "FULL");
    const synced = lines.filter(([word]) => word === "synced")
      .map(([, lsn, at]) => ({ lsn: Number(lsn), at: Number(at) }));
    const appended = new Map(
      lines.filter(([word]) => word === "append").map(([, id, at]) => [id, Number(at)]),
    );
    const acks = lines.filter(([word]) => word === "ack");
    assertEquals(acks.length, 40);
    for (const [, id, lsn, at] of acks) {
      const commit = synced.find((commit) => commit.lsn >= Number(lsn));
      assert(commit !== undefined, `job ${id} was acknowledged without a commit`);
      assertLessOrEqual(appended.get(id!)!, commit.at);
      assertLessOrEqual(commit.at, Number(at));
    }
  }));

/**
 * Whether each `ack` comes after a sync of the log that ended after its `append`, as the system
 * saw it. A sync of another thread can span lines: it counts where it is resumed.
 */
function acknowledgedSyncs(trace: string): { acks: number; afterSync: number } {
  const syncedSince = new Map<string, boolean>();
  const underWay = new Set<string>();
  let acks = 0;
  let afterSync = 0;
  for (const line of trace.split("\n")) {
    const pid = line.split(/\s/, 1)[0]!;
    const isSync = /\bf(data)?sync\(\d+<[^>]*flyball\.db-wal>/.test(line);
    if (isSync && line.includes("<unfinished")) underWay.add(pid);
    const ended = isSync && /\) += 0$/.test(line) ||
      /<\.\.\. f(data)?sync resumed>.*\) += 0$/.test(line) && underWay.delete(pid);
    if (ended) { for (const id of syncedSince.keys()) syncedSince.set(id, true); }
    const append = /write\(1<.*"append (\d+) /.exec(line);
    if (append) syncedSince.set(append[1]!, false);
    const ack = /write\(1<.*"ack (\d+) /.exec(line);
    if (!ack) continue;
    acks++;
    if (syncedSince.get(ack[1]!)) afterSync++;
  }
  return { acks, afterSync };
}

async function traced(directory: string, synchronous: string) {
  const trace = `${directory}/trace`;
  const strace = ["strace", "-f", "-y", "-e", "trace=fdatasync,fsync,write", "-o", trace];
  await write(strace, `${directory}/data`, "1", "20", synchronous);
  return acknowledgedSyncs(await Deno.readTextFile(trace));
}

Deno.test({
  name: "durability: acknowledges after the system has synced the log, as strace sees it",
  ignore: !canTrace(),
  fn: () =>
    withDirectory(async (directory) => {
      assertEquals(await traced(directory, "FULL"), { acks: 20, afterSync: 20 });
    }),
});

Deno.test({
  name: "durability: the trace can tell a store that doesn't sync each commit",
  ignore: !canTrace(),
  fn: () =>
    withDirectory(async (directory) => {
      const { acks, afterSync } = await traced(directory, "NORMAL");
      assertEquals(acks, 20);
      assertGreater(acks, afterSync);
    }),
});
