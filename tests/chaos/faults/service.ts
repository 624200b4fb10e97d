/**
 * The service dies, freezes, and finds that it is another time.
 *
 * @module
 */
import type { Fault } from "../fault.ts";
import { between } from "../plan.ts";
import { pause } from "../world.ts";

/** kill -9 of the service, and its start. */
export const killService: Fault = {
  name: "killService",
  withinMs: 20_000,
  atOnce: true,
  shuts: true,
  async strike(world) {
    await world.restart();
    return null;
  },
};

/** SIGSTOP of the service for a while, as when a virtual machine is paused. */
export const freezeService: Fault = {
  name: "freezeService",
  withinMs: 10_000,
  shuts: true,
  async strike(world, random) {
    const before = world.workers();
    Deno.kill(world.pid, "SIGSTOP");
    await pause(between(1_000, 7_000, random));
    Deno.kill(world.pid, "SIGCONT");
    await pause(500);
    const after = new Set(world.workers());
    const gone = before.filter((pid) => !after.has(pid));
    return gone.length < before.length || before.length < 2
      ? null
      : `all ${before.length} workers were replaced when the service had been frozen`;
  },
};

const library = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib"]
  .map((folder) => `${folder}/faketime/libfaketime.so.1`)
  .find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  });

/** A life in which the wall clock jumps an hour ahead, then two back. */
export const jumpClock: Fault = {
  name: "jumpClock",
  withinMs: 10_000,
  shuts: true,
  missing: () => library === undefined ? "libfaketime is not installed" : null,
  async strike(world) {
    const file = `${world.folder}/clock`;
    const jump = (offset: string) => Deno.writeTextFileSync(file, `${offset}\n`);
    jump("+0");
    await world.restart({
      LD_PRELOAD: library!,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_CACHE_DURATION: "1",
      DONT_FAKE_MONOTONIC: "1",
    });
    for (const offset of ["+3600", "-3600"]) {
      await pause(1_000);
      jump(offset);
      await pause(1_500);
    }
    return null;
  },
};
