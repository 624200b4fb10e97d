/**
 * Strikes as a plan says, and looks whether the service recovers.
 *
 * @module
 */
import { SeededRandom } from "../../simulation/random.ts";
import type { Fault } from "./fault.ts";
import type { Round } from "./plan.ts";
import { pause, type World } from "./world.ts";

/** What happened. */
export interface Happening {
  /** Since the begin of the run, ms. */
  readonly atMs: number;
  readonly names: readonly string[];
  /** From the last of it until a task and a command were done, null where they were not in time. */
  readonly recoveredMs: number | null;
  /** By the clock of the world. */
  readonly span: readonly [fromMs: number, toMs: number];
  readonly shuts: boolean;
  readonly complaints: readonly string[];
}

/** Wait before a probe that had no answer is repeated, ms. */
const againMs = 50;

/** Does one round: strikes, takes it back, and waits until the service works again. */
export async function strikeRound(
  world: World,
  { strokes }: Round,
  faults: ReadonlyMap<string, Fault>,
  startMs: number,
): Promise<Happening> {
  const { clock } = world;
  const fromMs = clock.nowMs();
  const struck = strokes.map(({ name, seed }) => ({ fault: faults.get(name)!, seed }));
  const said = await Promise.all(
    // What has fallen can't be struck: then the fall is what is told.
    struck.map(({ fault, seed }) => fault.strike(world, new SeededRandom(seed)).catch(String)),
  );
  const complaints = said.filter((complaint) => complaint !== null);
  const withinMs = Math.max(...struck.map(({ fault }) => fault.withinMs));
  const sinceMs = struck.every(({ fault }) => fault.atOnce) ? fromMs : clock.nowMs();
  const recoveredMs = await recovers(world, withinMs, sinceMs);
  if (recoveredMs === null) complaints.push(`no new job was done within ${withinMs} ms`);
  return {
    atMs: fromMs - startMs,
    names: strokes.map(({ name }) => name),
    recoveredMs,
    span: [fromMs, clock.nowMs()],
    shuts: struck.some(({ fault }) => fault.shuts === true),
    complaints,
  };
}

/**
 * Time since `startMs` until a new task and a command are done, null when that takes too long. They come
 * with a newcomer: a deaf door still hears those whom it has let in.
 */
async function recovers(
  world: World,
  withinMs: number,
  startMs: number,
): Promise<number | null> {
  const { clock, newcomers: client } = world;
  const left = () => withinMs - (clock.nowMs() - startMs);
  const input = { folder: null, n: 0, ms: 0 };
  const jobs = [{ command: ["true"], priority: "high" }, { task: "mark", input, priority: "high" }];
  while (left() > 0 && world.fallen === null) {
    try {
      const wait = Math.ceil(left());
      using limit = clock.limit(wait + 500);
      const response = await fetch(`${world.service.url}/api/v1/jobs?wait=${wait}ms`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ jobs }),
        signal: limit.signal,
        client,
      });
      const answer = await response.json();
      const states = answer.jobs?.map(({ state }: { state: string }) => state);
      if (states?.join() === "done,done") return clock.nowMs() - startMs;
    } catch { /* It is not back yet. */ }
    await pause(Math.min(againMs, Math.max(0, left())));
  }
  return null;
}
