import { assert, assertEquals } from "@std/assert";
import type { Lane } from "../actors/lane.ts";
import { spareFor } from "../actors/spare.ts";
import type { WorkerLink } from "../actors/worker.ts";
import { gather, live } from "./live.ts";
import { until } from "./until.ts";

const laneOf = (key: string, queued: number) =>
  ({ grant: { key }, queued, headSinceMs: () => 0 }) as unknown as Lane;

/** Workers named by their lane: `t` of tasks, `c` of commands, with the jobs they run. */
const linksOf = (...workers: readonly [key: string, running: number][]) =>
  workers.map(([key, running], i) => ({
    seat: i + 1,
    open: true,
    grant: { key },
    running,
    unbegun: 0,
    idle: running === 0,
  })) as unknown as WorkerLink[];

const lanes = (tasks: number, commands: number) =>
  new Map([["t", laneOf("t", tasks)], ["c", laneOf("c", commands)]]);

function seatFor(
  key: "t" | "c",
  links: WorkerLink[],
  queued: readonly [tasks: number, commands: number],
  waitedMs = 50,
): number | null {
  const all = lanes(...queued);
  const own = links.filter(({ grant }) => grant.key === key).length;
  return spareFor(all.get(key)!, own, links, all, waitedMs)?.seat ?? null;
}

Deno.test("spare: an idle worker of another lane goes first", () => {
  assertEquals(seatFor("c", linksOf(["t", 3], ["t", 0], ["t", 1]), [9, 1]), 2);
  assertEquals(seatFor("c", linksOf(["t", 3], ["t", 0], ["c", 1]), [0, 1]), 2);
});

Deno.test("spare: a lane without a worker takes a busy one, the one with the fewest jobs", () => {
  assertEquals(seatFor("c", linksOf(["t", 3], ["t", 2], ["t", 5]), [9, 1]), 2);
});

Deno.test("spare: a lane that has a worker takes no busy one", () => {
  assertEquals(seatFor("c", linksOf(["t", 3], ["t", 2], ["c", 5]), [9, 1]), null);
});

Deno.test("spare: the only worker of a lane with waiting jobs is left to it, for a second", () => {
  assertEquals(seatFor("c", linksOf(["t", 1]), [9, 1]), null);
  assertEquals(seatFor("c", linksOf(["t", 1]), [9, 1], 1_001), 1);
  assertEquals(seatFor("c", linksOf(["t", 1]), [0, 1]), 1, "nothing waits for it");
});

Deno.test("spare: who was just given its first jobs is let begin one", () => {
  const [given] = linksOf(["t", 0]);
  const link = Object.assign(given!, { unbegun: 1, idle: false, heardMs: 0 });
  assertEquals(seatFor("c", [link], [0, 1]), null);
  assertEquals(seatFor("c", [Object.assign(link, { running: 1 })], [0, 1]), 1);
});

Deno.test("spare: tasks and commands take turns in one place that is empty at first", async () => {
  await using runtime = await live({ pools: { default: { workers: { min: 0, max: 1 } } } });
  const toy = { task: "toy", input: { do: "echo", value: 5 } };
  const jobs = await runtime.submitAll([toy, { command: ["true"] }]);
  const ended = await Promise.all(jobs.map(({ id }) => runtime.wait(id, 30_000)));
  assertEquals(ended.map((job) => job?.state), ["done", "done"]);
});

Deno.test("spare: a worker for jobs of a kind that has none is started for a reason", async () => {
  await using runtime = await live({ pools: { default: { workers: { min: 1, max: 3 } } } });
  const seen = gather(runtime);
  await runtime.run("toy", { do: "echo", value: 1 });
  await runtime.command(["true"]);
  const triggers = () => seen.of("resized").map(({ trigger }) => trigger);
  await until(() =>
    triggers().some((trigger) => /^(task|command) jobs wait and have 0/.test(trigger))
  );
  assert(!triggers().includes("nothing to do"), JSON.stringify(triggers()));
  await seen[Symbol.asyncDispose]();
});
