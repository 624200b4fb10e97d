/**
 * Two commands that write as much as they can to a disk that shares by weights.
 *
 * @module
 */
import { Cgroups } from "../../../actors/host/cgroup.ts";
import { JobGroups } from "../../../actors/host/job_groups.ts";
import { fixedAt, live } from "../../live.ts";
import { atMost, type Row } from "../row.ts";
import { median } from "../sample.ts";

/** Parts of the disk that they may have, and what comes of it where it is kept. */
const parts = [.25, .75] as const;
const wanted = parts[1] / parts[0];

/** Until both writers are there, ms. */
const readyMs = 1_000;

const megabyte = 2 ** 20;
/** The disk's size; each writer has a half. */
const diskBytes = 256 * megabyte;

/**
 * Writes blocks past the cache of files, eight at a time, from an offset on and again and again, from
 * an instant to another one; says how many bytes. With one at a time a disk has nothing to choose from.
 */
const writer = `
import mmap, os, sys, threading, time
path, offset, size = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
begin, end = float(sys.argv[4]), float(sys.argv[5])
block, lanes = 1 << 18, 8
part = size // lanes
file = os.open(path, os.O_WRONLY | os.O_DIRECT)
written = [0] * lanes
def write(lane):
    data = mmap.mmap(-1, block)
    data.write(os.urandom(block))
    at = 0
    time.sleep(max(0, begin - time.time()))
    while time.time() < end:
        os.pwrite(file, data, offset + lane * part + at)
        at = (at + block) % part
        written[lane] += block
threads = [threading.Thread(target=write, args=(lane,)) for lane in range(lanes)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(sum(written))
`;

/** A disk in a file, with the scheduler that heeds weights, until it is disposed of. */
async function fairDisk() {
  const file = await Deno.makeTempFile({ prefix: "flyball-disk-" });
  const remove = () => Deno.remove(file);
  try {
    // Blocks that are not there yet would be looked for while they are written.
    await run("fallocate", "-l", String(diskBytes), file);
    const path = (await run("losetup", "--find", "--direct-io=on", "--show", file)).trim();
    const detach = async () => {
      await run("losetup", "--detach", path);
      await remove();
    };
    const scheduler = `/sys/block/${path.slice(path.lastIndexOf("/") + 1)}/queue/scheduler`;
    try {
      await Deno.writeTextFile(scheduler, "bfq");
    } catch (error) {
      await detach();
      throw error;
    }
    return { path, [Symbol.asyncDispose]: detach };
  } catch (error) {
    await remove().catch(() => {});
    throw error;
  }
}

async function run(program: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  if (!success) throw new Error(`${program}: ${text(stderr).trim()}`);
  return text(stdout);
}

/** How many times as much the second wrote as the first, in each of so many tries. */
async function ratios(tries: number, seconds: number): Promise<readonly number[]> {
  await using disk = await fairDisk();
  await using runtime = await live(fixedAt(2));
  const half = diskBytes / 2;
  const write = async (ioRatio: number, at: number, fromMs: number) => {
    const instants = [fromMs, fromMs + 1_000 * seconds].map((ms) => String(ms / 1_000));
    const words = [disk.path, String(at * half), String(half), ...instants];
    const command = ["python3", "-c", writer, ...words];
    const { type, stdout, message } = await runtime.command(command, { limits: { ioRatio } });
    if (type !== "done") throw new Error(`a writer has ended ${type}: ${message}`);
    return Number(stdout);
  };
  const all: number[] = [];
  for (let i = 0; i < tries; i++) {
    // Who has begun has all of it until the other one does.
    const fromMs = Date.now() + readyMs;
    const [little, much] = await Promise.all(parts.map((part, at) => write(part, at, fromMs)));
    all.push(much! / little!);
  }
  return all;
}

/** Why it can't be tried here; null where it can. */
async function missing(): Promise<string | null> {
  const groups = Cgroups.open();
  if (typeof groups === "string") return groups;
  const { weightless } = new JobGroups(groups);
  if (weightless !== null) return weightless;
  for (const words of [["losetup", "--version"], ["python3", "--version"]]) {
    const found = await run(...words as [string, string]).catch(() => null);
    if (found === null) return `there is no ${words[0]}`;
  }
  const disk = await fairDisk().catch((error: Error) => error.message);
  if (typeof disk === "string") return `no disk can be made that shares by weights: ${disk}`;
  await disk[Symbol.asyncDispose]();
  return null;
}

/** The row of disks. */
export function diskRows(quick: boolean): readonly Row[] {
  const [tries, seconds] = quick ? [1, 1] : [9, 2];
  return [{
    line: "two commands with 25 % and 75 % of a disk that shares by weights: how far from 1 to 3",
    missing,
    run: async () => {
      const all = await ratios(tries, seconds);
      const off = Math.abs(median(all) / wanted - 1);
      const told = all.map((ratio) => ratio.toFixed(2)).join(", ");
      return atMost(Number(off.toFixed(3)), .25, "x", `1 to ${told}`);
    },
  }];
}
