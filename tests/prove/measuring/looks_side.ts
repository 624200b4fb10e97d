/**
 * Looks at this host for some time, and does nothing else. Prints one JSON line.
 *
 * @module
 */
import { cpuUsage } from "node:process";
import { createActor } from "xstate";
import { realClock } from "../../../actors/host/clock.ts";
import { gauges } from "../../../actors/host/gauges.ts";
import { Sampler } from "../../../actors/sampler.ts";

/** What was seen of the looks. */
export interface LooksSide {
  /** Looks that were due at a full second. */
  readonly looks: number;
  /** The farthest that one was from its second, ms. */
  readonly jitterMs: number;
  /** CPU time of the process meanwhile, s. */
  readonly cpuSeconds: number;
}

if (import.meta.main) {
  const [forMs] = Deno.args.map(Number);
  const looksMs: number[] = [];
  const sampler = new Sampler(realClock, gauges());
  const before = cpuUsage();
  const startMs = performance.now();
  const actor = createActor(sampler.logic(() => looksMs.push(performance.now() - startMs))).start();
  await new Promise((resolve) => setTimeout(resolve, forMs! + 200));
  actor.stop();
  const { user, system } = cpuUsage(before);
  // The second look comes soon after the first, as rates need two.
  const due = looksMs.slice(1);
  const jitterMs = Math.max(...due.map((atMs, i) => Math.abs(atMs - 1_000 * (i + 1))));
  console.log(JSON.stringify({ looks: due.length, jitterMs, cpuSeconds: (user + system) / 1e6 }));
}
