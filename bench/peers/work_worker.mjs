// What the workers of the other pools run: the tasks of bench/tasks and of the scanner.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { isMainThread } from "node:worker_threads";

const never = new Int32Array(new SharedArrayBuffer(4));

function cpu(rounds) {
  let [state, sum] = [0x9e3779b9 | 0, 0];
  for (let round = 0; round < rounds; round++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    sum = (sum + state) | 0;
  }
  return sum;
}

const tasks = {
  cpu,
  block: (ms) => void Atomics.wait(never, 0, 0, ms),
  nap: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  scan: (path) => createHash("sha256").update(readFileSync(path)).digest("hex"),
};

const run = ({ name, argument }) => tasks[name](argument);

// Poolifier wants to be told, and by its declaration whether it has to wait; the others take the
// default export.
let told = run;
if (!isMainThread && process.env.FLYBALL_PEER === "poolifier") {
  const { ThreadWorker } = await import("poolifier");
  told = new ThreadWorker({ wait: async (task) => await run(task), sync: (task) => run(task) });
}

export default told;
