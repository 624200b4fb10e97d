/** When a worker has to leave before its jobs have ended: they are asked to, then they go with it. */
import { assertEquals } from "@std/assert";
import { fixedAt, live, processesWith, tempFolder } from "./live.ts";
import { orderOf } from "./orders.ts";
import { SystemStage } from "./system_stage.ts";
import { until } from "./until.ts";

/** A stage of one worker with a job of a minute, its worker told to drain. */
async function draining(heeds: boolean, onLoss: "retry" | "fail") {
  const stage = new SystemStage({ min: 1, max: 1, part: { jobMs: 60_000, heeds } });
  await stage.clock.advance(1_000);
  const job = stage.system.queue.submitOne(orderOf({ onLoss }));
  await stage.clock.advance(100);
  const [link] = stage.system.pool.links;
  stage.system.pool.roster.tell(link!, { type: "drain", because: "idle" });
  await stage.clock.advance(24_900);
  return { stage, job, process: stage.processes[0]! };
}

const gone = ({ facts }: SystemStage) =>
  facts.flatMap((fact) => fact.type === "worker" && fact.state === "gone" ? fact.because : []);

Deno.test("parting: a job that ends when asked to is begun elsewhere, without a word against it", async () => {
  const { stage, job } = await draining(true, "retry");
  assertEquals([job.state, gone(stage)], ["running", []]);
  await stage.clock.advance(1_000);
  assertEquals([job.attempt, job.losses, job.strikes, job.suspect], [2, 1, 0, false]);
  assertEquals(gone(stage), ["exited with 0"]);
  await stage.clock.advance(61_000);
  assertEquals([job.outcome?.type, job.outcome?.attempts], ["done", 2]);
  await stage.system.stop();
});

Deno.test("parting: a job that must not run twice is lost with its worker's leaving", async () => {
  const { stage, job } = await draining(true, "fail");
  await stage.clock.advance(1_000);
  assertEquals([job.outcome?.type, job.outcome?.code], ["lost", "worker_condemned"]);
  await stage.system.stop();
});

Deno.test("parting: a job that does not end goes with its worker when the grace is over", async () => {
  const { stage, job } = await draining(false, "retry");
  await stage.clock.advance(4_900);
  assertEquals([job.state, job.attempt, gone(stage)], ["running", 1, []]);
  await stage.clock.advance(500);
  assertEquals([job.attempt, job.strikes], [2, 0]);
  assertEquals(gone(stage), ["missed its drain deadline"]);
  await stage.system.stop();
});

Deno.test("parting: a job that is cancelled meanwhile ends as cancelled", async () => {
  const { stage, job } = await draining(true, "retry");
  stage.system.cancel(job, "enough");
  await stage.clock.advance(1_000);
  assertEquals([job.outcome?.type, job.outcome?.message], ["cancelled", "enough"]);
  await stage.system.stop();
});

/** A command that writes what happens to it, with a child that has fled it. */
const noting = (path: string, onTerm: string) => [
  "sh",
  "-c",
  `note() { echo "$1" >> ${path}/notes; }; trap '${onTerm}' TERM; setsid sleep 600 & note began; ` +
  "while :; do sleep 600 & wait $!; done",
];

const notes = (path: string): string[] => {
  try {
    return Deno.readTextFileSync(`${path}/notes`).trim().split("\n");
  } catch {
    return [];
  }
};

Deno.test("parting: commands are asked to end when the time of a close is over, and begun by the next", async () => {
  await using folder = await tempFolder();
  const { path } = folder;
  const config = { ...fixedAt(1), store: { engine: "sqlite" as const } };
  {
    await using first = await live(config, `${path}/data`);
    await first.submitAll([
      { command: noting(path, "note heeded; exit 0"), onLoss: "fail" },
      { command: noting(path, "note ignored"), onLoss: "fail" },
    ]);
    await until(() => notes(path).length === 2);
    await first.close({ drainMs: 500 });
  }
  assertEquals(notes(path).toSorted(), ["began", "began", "heeded", "ignored"]);
  assertEquals(processesWith(path), []);
  await using second = await live(config, `${path}/data`);
  await until(() => notes(path).length === 6 && second.status().running === 2);
  for (const id of ["j1", "j2"]) assertEquals((await second.job(id))?.state, "running");
  await second.close({ drainMs: 0 });
  assertEquals([notes(path).length, processesWith(path)], [6, []]);
});
