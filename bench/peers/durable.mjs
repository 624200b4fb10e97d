// The durable bench over BullMQ on a Redis server of its own that syncs each write before it
// answers, under Node 24:
//   node durable.mjs [N] [IN_FLIGHT] single|bulk
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { closedLoop } from "../../examples/scanner/lanes.ts";

// Asked for at run time: the rest of the project is checked without the peers installed.
const { Queue, Worker } = await import("bullmq");

const [n = 10_000, inFlight = 64] = process.argv.slice(2, 4).map(Number);
const mode = process.argv[4] ?? "single";
const folder = mkdtempSync(join(tmpdir(), "flyball-redis-"));
// A socket in our own folder: no port that another server could hold, and no network.
const path = join(folder, "redis.sock");
const server = spawn("redis-server", [
  ...["--port", "0", "--unixsocket", path, "--dir", folder, "--save", ""],
  ...["--appendonly", "yes", "--appendfsync", "always", "--maxmemory-policy", "noeviction"],
], { stdio: "ignore" });
process.on("exit", () => {
  server.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});
server.on("error", (error) => {
  console.error(`Cannot start redis-server: ${error.message}`);
  process.exit(69);
});
await listening();

const connection = { path, maxRetriesPerRequest: null };
const queue = new Queue("bench", { connection });
await queue.waitUntilReady();
const job = (i) => ({
  name: "noop",
  data: { i },
  opts: { removeOnComplete: true, removeOnFail: true },
});

async function add(count) {
  const tally = { begun: 0, done: 0 };
  if (mode === "single") {
    const one = (i) => queue.add(...Object.values(job(i)));
    return void await closedLoop(inFlight, () => tally.begun < count, one, tally);
  }
  for (let first = 0; first < count; first += 1000) {
    const size = Math.min(1000, count - first);
    await queue.addBulk(Array.from({ length: size }, (_, i) => job(first + i)));
  }
}

async function complete(count) {
  const worker = new Worker("bench", (job) => Promise.resolve(job.data.i), {
    connection,
    concurrency: inFlight,
  });
  await new Promise((resolve) => {
    let done = 0;
    worker.on("completed", () => ++done === count && resolve());
  });
  return worker;
}

async function timed(work) {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}

async function listening() {
  for (let attempt = 0; attempt < 100; attempt++) {
    const answers = await new Promise((resolve) => {
      const socket = connect(path, () => socket.end(() => resolve(true)));
      socket.on("error", () => resolve(false));
    });
    if (answers) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("redis-server does not listen");
}

await add(500);
await (await complete(500)).close();
const enqueueMs = await timed(() => add(n));
const completeMs = await timed(() => complete(n));
const perS = (ms) => Math.round(n / ms * 1000);
console.log(JSON.stringify({
  bench: "durable",
  peer: "bullmq",
  mode,
  n,
  inflight: inFlight,
  enqueue_per_s: perS(enqueueMs),
  complete_per_s: perS(completeMs),
  e2e_per_s: perS(enqueueMs + completeMs),
}));
process.exit(0);
