/**
 * Workers that die, hang and nap.
 *
 * @module
 */
import { lives } from "../../live.ts";
import type { Fault } from "../fault.ts";
import { between, pick } from "../plan.ts";
import { pause } from "../world.ts";

/** Longest life of a worker that was stopped, ms: 6 s, and what a busy machine adds. */
const stoppedMaxMs = 10_000;

/** SIGKILL of a worker amid its jobs. */
export const killWorker: Fault = {
  name: "killWorker",
  withinMs: 10_000,
  companion: true,
  strike(world, random) {
    const victim = pick(world.workers(), random);
    if (victim === undefined) return Promise.resolve(null);
    world.doom();
    signal(victim, "SIGKILL");
    return Promise.resolve(null);
  },
};

/** SIGSTOP of a worker, for good: it has to be replaced. */
export const stopWorker: Fault = {
  name: "stopWorker",
  withinMs: 10_000,
  async strike(world, random) {
    const victim = pick(world.workers(), random);
    if (victim === undefined) return null;
    const stoppedMs = world.clock.nowMs();
    world.doom();
    signal(victim, "SIGSTOP");
    while (lives(victim)) {
      const ms = world.clock.nowMs() - stoppedMs;
      if (ms > stoppedMaxMs) {
        signal(victim, "SIGCONT");
        return `a worker that was stopped lived on for ${Math.round(ms)} ms`;
      }
      await pause(50);
    }
    return null;
  },
};

/** SIGSTOP of a worker and SIGCONT before it counts as dead. */
export const napWorker: Fault = {
  name: "napWorker",
  withinMs: 10_000,
  async strike(world, random) {
    const victim = pick(world.workers(), random);
    if (victim === undefined) return null;
    signal(victim, "SIGSTOP");
    await pause(between(200, 2_000, random));
    signal(victim, "SIGCONT");
    return null;
  },
};

function signal(pid: number, name: Deno.Signal): void {
  try {
    Deno.kill(pid, name);
  } catch { /* It has just ended by itself. */ }
}
