/**
 * Schedules: one job for each instant, over kills.
 *
 * @module
 */
import type { ScheduleView } from "../../../messages/schedule.ts";
import type { WorkflowView } from "../../../messages/workflow.ts";
import { inFolder } from "../../command_line.ts";
import { serve } from "../../serving.ts";
import { until } from "../../until.ts";
import { exactly, type Row } from "../row.ts";

/** Kills at full count. */
const kills = 20;

/** All rows about schedules. */
export const scheduleRows = (quick: boolean): readonly Row[] => [{
  line: `a schedule by the second, killed at ${kills} random points, has one job for each instant`,
  run: async () => {
    const count = quick ? 2 : kills;
    let surplus = NaN;
    let instants = 0;
    await inFolder({}, async (cwd) => {
      [surplus, instants] = await tick(cwd, count);
    });
    return exactly(surplus, 0, "jobs", `${instants} instants, ${count} kills`);
  },
}];

/** How many jobs there are more (or less) than instants, and the instants. */
async function tick(cwd: string, count: number): Promise<[surplus: number, instants: number]> {
  const path = "/api/v1/schedules/tick";
  let first = NaN;
  for (let n = 0; n < count; n++) {
    await using service = await serve(cwd);
    if (n === 0) first = await addTick(service.ask);
    await new Promise((resolve) => setTimeout(resolve, 500 + Math.random() * 1_500));
    service.started.kill("SIGKILL");
    await service.started.ended;
  }
  await using service = await serve(cwd);
  const before = ((await service.ask("GET", path)).body as ScheduleView).last?.at;
  await until(async () => (await service.ask("GET", path)).body.last?.at !== before);
  const view = (await service.ask("PATCH", path, { paused: true })).body as ScheduleView;
  await until(service.idle);
  const made = (await service.ask("GET", "/api/v1/workflows/ticks")).body as WorkflowView;
  const instants = (Date.parse(view.last!.at) - first) / 1_000 + 1;
  return [made.steps.length - instants, instants];
}

/** Adds the schedule; its first instant, epoch ms. */
async function addTick(
  ask: (method: string, path: string, body: unknown) => Promise<{ readonly body: ScheduleView }>,
): Promise<number> {
  const job = { command: ["true"], executionId: "ticks" };
  const spec = { name: "tick", cron: "* * * * * *", missed: "all", job };
  return Date.parse((await ask("POST", "/api/v1/schedules", spec)).body.next[0]!);
}
