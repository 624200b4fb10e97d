// The benches of elastic pools over other pools, under Node 24:
//   node elastic.mjs PEER burst block|nap|cpu MIN MAX TASKS
//   node elastic.mjs PEER waits WORKERS SLOTS SECONDS
//   node elastic.mjs PEER scan WORKERS UNTIL       paths on stdin, one a line; {"forMs":5000} or {"files":50000}
import process from "node:process";
import { text } from "node:stream/consumers";
import { measureBurst } from "../burst.ts";
import { closedLoop } from "../../examples/scanner/lanes.ts";
import { measureWaits } from "../waits.ts";

const filename = new URL("./work_worker.mjs", import.meta.url);

/** Pools as their own documentation sets them up; equal sizes fix it. */
const peers = {
  async piscina(min, max, slots) {
    const { Piscina } = await import("piscina");
    const pool = new Piscina({
      ...{ filename: filename.href, minThreads: min, maxThreads: max, maxQueue: Infinity },
      ...{ idleTimeout: 1_000, concurrentTasksPerWorker: slots },
    });
    return [(task) => pool.run(task), () => pool.threads.length];
  },
  async tinypool(min, max, slots) {
    const { Tinypool } = await import("tinypool");
    const pool = new Tinypool({
      ...{ filename: filename.href, minThreads: min, maxThreads: max },
      ...{ idleTimeout: 1_000, concurrentTasksPerWorker: slots },
    });
    return [(task) => pool.run(task), () => pool.threads.length];
  },
  async poolifier(min, max, slots) {
    process.env.FLYBALL_PEER = "poolifier";
    const { DynamicThreadPool, FixedThreadPool } = await import("poolifier");
    const options = {
      enableEvents: false,
      ...(slots > 1 && { enableTasksQueue: true, tasksQueueOptions: { concurrency: slots } }),
    };
    const pool = min === max
      ? new FixedThreadPool(max, filename.pathname, options)
      : new DynamicThreadPool(min, max, filename.pathname, options);
    return [
      (task) => pool.execute(task, task.name === "nap" ? "wait" : "sync"),
      () => pool.workerNodes.length,
    ];
  },
};

async function open(peer, min, max = min, slots = 1) {
  const [run, size] = await peers[peer](min, max, slots);
  return { run: (name, argument) => run({ name, argument }), size };
}

const works = {
  burst: async (peer, kind, min, max, tasks) =>
    measureBurst(await open(peer, +min, +max), kind, +tasks),
  waits: async (peer, workers, slots, seconds) =>
    measureWaits(await open(peer, +workers, +workers, +slots), +seconds),
  async scan(peer, workers, until) {
    const paths = (await text(process.stdin)).trim().split("\n");
    const { files = Infinity, forMs = Infinity } = JSON.parse(until);
    const startMs = performance.now();
    const pool = await open(peer, +workers);
    const tally = { begun: 0, done: 0 };
    await closedLoop(
      2 * workers,
      () => tally.begun < files && performance.now() - startMs < forMs,
      (i) => pool.run("scan", paths[i % paths.length]),
      tally,
    );
    return { files: tally.done, elapsed_ms: performance.now() - startMs };
  },
};

const [peer, work, ...rest] = process.argv.slice(2);
console.log(JSON.stringify(await works[work](peer, ...rest)));
process.exit(0);
