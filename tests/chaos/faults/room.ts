/**
 * No room: on the disk, in the table of files.
 *
 * @module
 */
import type { Fault } from "../fault.ts";
import { between } from "../plan.ts";
import { lives } from "../../live.ts";
import { pause } from "../world.ts";

/** The disk of the data directory is full to the last byte for a while. */
export const fillDisk: Fault = {
  name: "fillDisk",
  withinMs: 10_000,
  missing: ({ disk }) => disk.unfillable,
  async strike(world, random) {
    world.disk.fill();
    await pause(between(1_000, 3_000, random));
    world.disk.free();
    return null;
  },
};

/** Descriptors that the service is left with. */
const filesMax = 64;

/** The service may open no more than 64 files for a while. */
export const fewFiles: Fault = {
  name: "fewFiles",
  // The probe of the door: three knocks of a second each, or a start after an end of the engine. Where
  // all workers have died by then, three starts in vain open the breaker, for 30 s.
  withinMs: 40_000,
  shuts: true,
  async strike(world, random) {
    const { pid } = world;
    const limits = Deno.readTextFileSync(`/proc/${pid}/limits`);
    const before = /^Max open files\s+(\d+)/m.exec(limits)![1]!;
    await limit(pid, String(filesMax));
    // Callers take what is left.
    const callers = await Promise.all(Array.from({ length: filesMax }, () => dial(world.port)));
    await pause(between(1_000, 3_000, random));
    // The engine itself may have ended for want of them.
    if (lives(pid)) await limit(pid, before);
    for (const caller of callers) caller?.close();
    return null;
  },
};

async function limit(pid: number, files: string): Promise<void> {
  const args = ["--pid", String(pid), `--nofile=${files}:`];
  const { success, stderr } = await new Deno.Command("prlimit", { args }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

const dial = (port: number): Promise<Deno.TcpConn | null> =>
  Deno.connect({ hostname: "127.0.0.1", port }).catch(() => null);
