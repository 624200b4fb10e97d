/** Who waits for the result of whom, and who is given one when. */
import { assert, assertEquals } from "@std/assert";
import { stamp } from "../actors/host/stamp.ts";
import { digestOf } from "../actors/cache/key.ts";
import { Job } from "../actors/job.ts";
import { type CommandPlace, Orders, unlimited } from "../actors/orders.ts";
import { prioritise } from "../actors/prioritise.ts";
import type { JobSpec } from "../messages/job.ts";
import { tempFolder } from "./live.ts";
import { orderOf } from "./orders.ts";
import { ResultsStage } from "./results_stage.ts";
import { StoreStub } from "./store_stub.ts";

const runs = { moving: (_job: Job, move: () => void) => move() };
const states = (jobs: readonly Job[]) => jobs.map(({ state }) => state);

/** Gives a job another class, and lets it be looked for anew. */
async function move(stage: ResultsStage, job: Job, priority: "high" | "low"): Promise<void> {
  await prioritise({ queue: stage.queue, runs }, job, { priority });
  await stage.clock.advance(0);
}

Deno.test("results: of those that wait for one that gets another class one goes, not all", async () => {
  const stage = new ResultsStage();
  const jobs = [await stage.put(1), await stage.put(1), await stage.put(1), await stage.put(1)];
  assertEquals(states(jobs), ["waiting", "blocked", "blocked", "blocked"]);
  await move(stage, jobs[0]!, "low");
  assertEquals(states(jobs).filter((state) => state === "waiting").length, 1);
  await stage.run("x");
  assertEquals(stage.endings.map(([, how]) => how), ["done", "done", "done", "done"]);
  assertEquals(stage.results.status.entries, 1);
});

Deno.test("results: a job that waits leaves who has not begun behind when it gets a better class", async () => {
  const stage = new ResultsStage();
  const [first, second] = [await stage.put(1), await stage.put(1)];
  await move(stage, second!, "high");
  assertEquals(states([first!, second!]), ["waiting", "waiting"]);
  assertEquals(stage.begin(), second);
});

Deno.test("results: nobody waits for one that may be held where he is not", async () => {
  const stage = new ResultsStage();
  const { operation } = stage;
  const elsewhere = { ...operation, grant: { ...operation.grant, key: "nothing in pool batch" } };
  const first = await stage.put(1, {}, elsewhere);
  const second = await stage.put(1);
  assertEquals(states([first, second]), ["waiting", "waiting"], "its pool may be paused");
  const keyed = { payload: "2", operation, keys: ["tenant:a"] };
  const third = stage.queue.submit([orderOf({}, keyed)])[0]!;
  await stage.clock.advance(0);
  const [fourth, same] = [
    await stage.put(2),
    stage.queue.submit([orderOf({}, keyed)])[0]!,
  ];
  await stage.clock.advance(0);
  assertEquals(states([third, fourth, same]), ["waiting", "waiting", "blocked"]);
});

Deno.test("results: a shorter time holds for what is there, too", async () => {
  const stage = new ResultsStage({ ttlMs: 10_000 });
  await stage.put(1);
  await stage.run("old");
  await stage.clock.advance(1_000);
  const shorter = { ...stage.operation, keeping: { ttlMs: 1_000 } };
  assertEquals((await stage.put(1, {}, shorter)).state, "waiting");
  await stage.run("new");
  assertEquals((await stage.put(1, {}, shorter)).outcome?.output, "new");
});

Deno.test("results: many large ones are handed out as fast as the store takes them", async () => {
  const store = new StoreStub();
  const stage = new ResultsStage({}, {}, store);
  const commit = async () => {
    await stage.clock.advance(0);
    store.commit();
    await stage.clock.advance(0);
  };
  await stage.put(1);
  await commit();
  await stage.run("x".repeat(300_000));
  await commit();
  const jobs = Array.from({ length: 10 }, () => {
    return stage.add({}, { operation: stage.operation, payload: "1" });
  });
  await commit();
  const given = () => jobs.filter(({ outcome }) => outcome !== null).length;
  assertEquals(given(), 4);
  await stage.clock.advance(1_000);
  assertEquals(given(), 4, "a mebibyte waits for the store");
  stage.queue.cancel(jobs[4]!, "enough");
  await commit();
  assertEquals([given(), jobs[4]!.outcome?.type], [9, "cancelled"]);
  await commit();
  assertEquals(given(), 10);
  assertEquals(stage.results.held, 0);
  await commit();
  const small = stage.add({}, { operation: stage.operation, payload: "1" });
  await commit();
  assertEquals(small.outcome?.cache, "hit");
});

Deno.test("results: of a file it is known whether it was written again, however soon", async () => {
  await using folder = await tempFolder();
  const path = `${folder.path}/file`;
  // Which times of writing fall together is chance.
  for (let n = 0; n < 8; n++) {
    await Deno.writeTextFile(path, `one ${n % 10}`);
    const before = await stamp(path, false);
    await Deno.writeTextFile(path, `two ${n % 10}`);
    assert(before !== await stamp(path, false), `${n}: ${before}`);
  }
});

Deno.test("results: commands are told apart by all that they are given", () => {
  const orders = new Orders([], 1, 100);
  const usual: CommandPlace = { env: { PATH: "/bin" }, cwd: null, folder: true, spill: null };
  const asked: readonly [JobSpec, Partial<CommandPlace>?][] = [
    [{ command: ["a", "b"] }],
    [{ command: ["a b"] }],
    [{ command: ["a", "b", ""] }],
    [{ command: ["a"], env: { b: "c" } }],
    [{ command: ["a"], env: { b: "" } }],
    [{ command: ["a"], stdin: "" }],
    [{ command: ["a"] }],
    [{ command: ["a"] }, { cwd: "/" }],
    [{ command: ["a"] }, { env: { PATH: "/usr/bin" } }],
    [{ command: ["a"] }, { env: { PATH: "/bin", b: "c" } }],
    [{ command: ["a"], projectId: "p" }],
    [{ shell: "a" }],
    [{ shell: "a", args: ["b"] }],
    [{ command: ["/bin/sh", "-c", "a"] }],
  ];
  const digestsOf = () =>
    asked.map(([spec, place], n) => {
      const order = orders.forCommand(spec, { ...usual, ...place }, unlimited, null);
      return digestOf(new Job(n, order, 0, 0));
    });
  assertEquals(new Set(digestsOf()).size, asked.length);
  assertEquals(digestsOf(), digestsOf());
});
