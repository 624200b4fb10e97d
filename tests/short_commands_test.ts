/** Short commands in a worker process, which waits for them on its thread. */
import { assert, assertEquals } from "@std/assert";
import { until } from "./until.ts";
import { WorkerParent } from "./worker_parent.ts";

/** One of ours, to which operation 0 is commands. */
async function opened(): Promise<WorkerParent> {
  const worker = await WorkerParent.open();
  await worker.hears("ready");
  await worker.send(["define", 0, "command", ""]);
  return worker;
}

const nextTurn = () => new Promise((resolve) => setTimeout(resolve));

const command = (id: number, argv: readonly string[], path = "/usr/bin:/bin") => {
  const place = { cwd: "/", stdin: null, spill: null, keepBytes: 1_024, graceMs: 1_000 };
  return ["start", id, 1, 0, { argv, env: { PATH: path }, ...place }, 60_000, ""] as const;
};

Deno.test("short commands: one that is begun in a later turn is waited for, too", async () => {
  await using worker = await opened();
  // So many folders are looked at for longer than a worker begins jobs without a turn of its loop.
  const path = (at: number) =>
    `${Array.from({ length: 3_000 }, (_, i) => `/nowhere/${at}/${i}`).join(":")}:/usr/bin:/bin`;
  for (let at = 0; at < 3; at++) {
    const two = [0, 1].map((id) => command(id, ["true"], path(2 * at + id)));
    await worker.send(...two);
    await worker.hears("finished", 2 * (at + 1));
  }
  const ended = await worker.hears("finished", 6);
  assertEquals(ended.map(([, ending]) => ending), [0, 0, 0, 0, 0, 0]);
});

Deno.test("short commands: however many follow each other, others are heard", async () => {
  await using worker = await opened();
  await worker.send(command(0, ["sh", "-c", "echo hello; exec sleep 600"]));
  const isHeard = (...said: unknown[]) =>
    worker.heard.some((each) => said.every((word, i) => word === each[i]));
  const endedOf = (id: number) =>
    worker.heard.filter(([name, of]) => name === "finished" && of === id).length;
  // The next one comes sooner than the worker would stop to wait for it.
  const sent = [1, 0, 0, 0, 0];
  while (!isHeard("output")) {
    for (let id = 1; id < sent.length; id++) {
      const count = sent[id]!;
      assert(count < 600, "nothing else was heard");
      if (endedOf(id) < count) continue;
      sent[id] = count + 1;
      await worker.send(command(id, ["true"]), ["ping", count]);
    }
    await nextTurn();
  }
  await until(() => sent.every((count, id) => id === 0 || endedOf(id) === count));
  assertEquals((await worker.hears("pong")).length, sent.reduce((sum, count) => sum + count) - 1);
  assertEquals(await worker.hears("output"), [[0, 1, "hello\n"]]);
  await worker.send(["cancel", 0, "enough"]);
  await until(() => isHeard("finished", 0, 2));
});
