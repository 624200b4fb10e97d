/** How a worker waits for short programs on its thread, with a kernel that does what it is told. */
import { assertEquals } from "@std/assert";
import type { Exit, Hearer, Parent } from "../worker/child.ts";
import type { Libc } from "../worker/libc.ts";
import { Offspring } from "../worker/offspring.ts";

/** File of the connection to the parent. */
const link = 3;
const interrupted = -1;

/** What a wait of the kernel's finds: files of which there is something, or that it was interrupted. */
type Wait = readonly number[] | typeof interrupted;

/** A kernel whose waits find what `waits` says, one after another. Programs are numbered from 1. */
function kernel(waits: readonly Wait[]) {
  const calls: string[] = [];
  const opened = new Set<number>();
  const left = [...waits];
  const ended = new Set<number>();
  /** Pipes of what has ended are at their end; the others have nothing. */
  const ends = (pipes: Int32Array) => {
    for (let i = 0; i < pipes.length; i += 2) {
      pipes[i + 1] = ended.has(pipes[i]! % 100) ? 0x10 << 16 : 0;
    }
    return 0;
  };
  const libc = {
    epoll_create1: () => 4,
    epoll_ctl: (_set: number, _what: number, file: number) => calls.push(`watch ${file}`) && 0,
    epoll_wait: () => new Promise(() => {}),
    syscall: (_number: bigint, pid: number) => {
      opened.add(100 + pid);
      return BigInt(100 + pid);
    },
    poll(files: Uint8Array, count: bigint, withinMs: number) {
      if (withinMs === 0) return ends(new Int32Array(files.buffer));
      calls.push("poll");
      const found = left.shift();
      if (found === undefined) throw new Error("it has waited once too often");
      if (found === interrupted) return -1;
      const view = new DataView(files.buffer);
      for (let i = 0; i < Number(count); i++) {
        const has = found.includes(view.getInt32(8 * i, true));
        view.setInt16(8 * i + 6, has ? 1 : 0, true);
        if (has) ended.add(view.getInt32(8 * i, true) - 100);
      }
      return found.length;
    },
    wait4(pid: number, status: Uint8Array) {
      if (!ended.has(pid)) return 0;
      status.fill(0);
      return pid;
    },
    read: () => -1n,
    close: (file: number) => void opened.delete(file),
    kill: () => 0,
    fcntl: () => 0,
  };
  return { libc: libc as unknown as Libc, calls, opened, left };
}

/** Time stands still until it is disposed of: a stalled machine would make short programs long. */
function still(): Disposable {
  const { now } = performance;
  performance.now = () => 0;
  return { [Symbol.dispose]: () => void (performance.now = now) };
}

/** Programs that have just been started. */
function followed(waits: readonly Wait[], programs: number) {
  using _time = still();
  const { libc, ...told } = kernel(waits);
  const offspring = new Offspring(libc, link);
  told.opened.clear();
  const heard: string[] = [];
  for (let pid = 1; pid <= programs; pid++) {
    const hearer: Hearer = {
      wrote() {},
      grown: () => heard.push(`${pid} has grown`),
      exited: ({ code }: Exit) => heard.push(`${pid} exited with ${code}`),
      closed: () => heard.push(`${pid} closed`),
    };
    for (const file of [200 + pid, 300 + pid]) told.opened.add(file);
    offspring.follow(pid, 200 + pid, 300 + pid, hearer);
  }
  const attend = (parent: Partial<Parent> = {}) => {
    using _time = still();
    const running = () => programs - heard.filter((each) => each.includes("exited")).length;
    const all = { hear: () => false, flush: () => true, ...parent };
    offspring.attend(all, running);
  };
  return { ...told, heard, attend };
}

Deno.test("offspring: a wait that a signal interrupts is gone on with, and every file is closed", () => {
  const { heard, opened, left, attend } = followed(
    [interrupted, [102], interrupted, [101, link]],
    2,
  );
  attend();
  assertEquals(heard, ["2 exited with 0", "1 exited with 0"]);
  assertEquals([...opened], []);
  assertEquals(left, []);
});

Deno.test("offspring: what was found ended and has not is asked again", () => {
  const { heard, attend } = followed([[], [], [101, link]], 1);
  attend();
  assertEquals(heard, ["1 exited with 0"]);
});

Deno.test("offspring: the loop has its turn as soon as the parent takes no more for now", () => {
  const { heard, calls, attend } = followed([[101]], 3);
  attend({ flush: () => false });
  assertEquals(heard, ["1 exited with 0", "2 has grown", "3 has grown"]);
  // The loop hears of the others: each has its end and two pipes.
  assertEquals(calls.filter((call) => call !== "poll").length, 6);
});
