/** What a worker says before it begins: over the real program, with the test as its parent. */
import { assertEquals } from "@std/assert";
import { type Said, WorkerParent } from "./worker_parent.ts";
import { until } from "./until.ts";

const toy = new URL("./tasks/toy.ts", import.meta.url).href;

/** A worker that has loaded the toy. */
async function loaded(): Promise<WorkerParent> {
  const worker = await WorkerParent.open();
  await worker.send(["define", 1, "toy", toy], ["define", 2, "command", ""]);
  await worker.send(start(0, { do: "echo" }));
  await worker.hears("finished");
  worker.heard.length = 0;
  return worker;
}

const start = (
  id: number,
  toy: unknown,
  timeoutMs = 0,
  operation = 1,
): Said => ["start", id, 1, operation, toy, timeoutMs, ""];

/** What was said of begins and ends, in order. */
const said = ({ heard }: WorkerParent) =>
  heard.filter(([name]) => /^(begins|began|finished)$/.test(name))
    .map(([name, first]) => `${name} ${first}`);

/** How many jobs the parent knows to be begun: those reported, and those announced since. */
function begun({ heard }: WorkerParent): number {
  let reported = 0;
  let announced = 0;
  for (const [name, count] of heard) {
    if (name === "begins") announced += count as number;
    if (name === "began") [reported, announced] = [reported + (count as number), 0];
  }
  return reported + announced;
}

Deno.test("announce: what holds the thread is known before it does, and what ended before it", async () => {
  await using worker = await loaded();
  await worker.send(
    start(1, { do: "echo" }),
    start(2, { do: "echo" }, 1_000),
    start(3, { do: "hang" }, 1_000),
    start(4, { do: "echo" }, 1_000),
  );
  await worker.hears("finished", 2);
  await until(() => begun(worker) === 3);
  const ends = said(worker).filter((words) => words.startsWith("finished"));
  assertEquals(ends, ["finished 1", "finished 2"]);
});

Deno.test("announce: many short tasks are announced one by one and do not wait for the loop", async () => {
  await using worker = await loaded();
  const jobs = Array.from(
    { length: 2_000 },
    (_, id) => start(id, { do: "echo", value: id }, 1_000),
  );
  await worker.send(...jobs);
  await worker.hears("finished", 2_000);
  const ends = worker.heard.filter(([name]) => name === "finished").map(([, id]) => id);
  assertEquals(ends, jobs.map(([, id]) => id), "in order");
  const counted = (name: string) =>
    worker.heard.filter(([said]) => said === name)
      .reduce((sum, [, count]) => sum + (count as number), 0);
  assertEquals([counted("begins"), counted("began")], [2_000, 2_000]);
});

Deno.test("announce: who goes on after a wait is told from who waits behind it", async () => {
  await using worker = await loaded();
  await worker.send(start(1, { do: "resume", ms: 300 }));
  await worker.hears("began");
  await worker.send(start(2, { do: "echo" }, 1_000));
  await worker.hears("finished", 2);
  const order = said(worker);
  assertEquals(order[0], "began 1");
  assertEquals(order.filter((words) => words !== "finished 1"), [
    "began 1",
    "begins 1",
    "began 1",
    "finished 2",
  ]);
});

Deno.test("announce: a long limit is announced once in a slice, and only beside jobs that run", async () => {
  await using worker = await loaded();
  const hour = 3_600_000;
  await worker.send(start(1, { do: "heed" }, hour));
  await worker.hears("began");
  await worker.send(start(2, { do: "echo" }, hour), start(3, { do: "echo" }, hour));
  await worker.hears("finished", 2);
  const [first, second] = said(worker);
  assertEquals([first, second], ["began 1", "begins 1"]);
});

Deno.test("announce: tasks without a limit are not announced, and no commands", async () => {
  await using worker = await loaded();
  const command = {
    argv: ["sleep", "0.1"],
    env: { PATH: Deno.env.get("PATH") ?? "" },
    cwd: "/",
    stdin: null,
    spill: null,
    keepBytes: 1_024,
    graceMs: 1_000,
  };
  await worker.send(start(1, command, 5_000, 2), start(2, { do: "echo" }));
  await until(() => worker.heard.filter(([name]) => name === "finished").length === 2);
  assertEquals(await worker.hears("begins", 0), []);
});
