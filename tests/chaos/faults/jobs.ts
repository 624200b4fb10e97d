/**
 * Jobs that talk too much, and jobs that leave others behind.
 *
 * @module
 */
import { processesWith } from "../../live.ts";
import type { Fault } from "../fault.ts";
import { pause, type World } from "../world.ts";

/** What a flood is, bytes. */
const floodBytes = 200_000_000;

/** A command that writes 200 MB. */
export const flood: Fault = {
  name: "flood",
  withinMs: 10_000,
  companion: true,
  async strike(world) {
    const script = `yes chaos | head -c ${floodBytes}`;
    const outcome = await outcomeOf(world, { command: ["sh", "-c", script] });
    if (outcome === null || outcome.type === "done") return null;
    return `a job that wrote ${floodBytes} bytes ended ${JSON.stringify(outcome).slice(0, 300)}`;
  },
};

/** Longest life of what a job leaves behind, ms. */
const leftMaxMs = 5_000;

const flight = `
setsid sleep 300 &
setsid sh -c 'nohup sleep 300 & exec sleep 300' &
(sleep 300 &)
sh -c 'trap "" TERM; sleep 300' > /dev/null 2>&1 &
`;

/** A command that leaves processes in sessions of their own. */
export const fork: Fault = {
  name: "fork",
  withinMs: 10_000,
  companion: true,
  async strike(world, random) {
    const mark = `CHAOS_LEFT=${Math.floor(random.unit() * 2 ** 48)}.`;
    const [name, value] = mark.split("=") as [string, string];
    const env = { [name]: value };
    const outcome = await outcomeOf(world, { command: ["sh", "-c", flight], env });
    if (outcome === null) return null;
    const endedMs = world.clock.nowMs();
    while (processesWith(mark).length > 0) {
      if (world.clock.nowMs() - endedMs > leftMaxMs) {
        return `${
          processesWith(mark).length
        } processes lived on for ${leftMaxMs} ms after their job`;
      }
      await pause(20);
    }
    return null;
  },
};

/** Null where the service died meanwhile, or would not take it. */
async function outcomeOf(world: World, spec: object): Promise<{ readonly type: string } | null> {
  try {
    const body = { ...spec, priority: "high" };
    const answer = await world.service.ask("POST", "/api/v1/jobs?wait=30s", body);
    return answer.body.jobs?.[0]?.outcome ?? null;
  } catch {
    return null;
  }
}
