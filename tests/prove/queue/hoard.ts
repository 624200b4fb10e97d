/**
 * A process that hoards jobs, or starts with many, and prints what that costs as a line of JSON.
 *
 * `hoard.ts memory COUNT`, `hoard.ts scheduled COUNT` for jobs that are due tomorrow, and
 * `hoard.ts restart COUNT`; the first two need `--v8-flags=--expose-gc`.
 *
 * @module
 */
import { parseJob } from "../../../actors/admission.ts";
import { Orders } from "../../../actors/orders.ts";
import type { Clock } from "../../../actors/ports.ts";
import { Queue } from "../../../actors/queue.ts";
import { memoryStore } from "../../../actors/stores/memory.ts";
import { sqliteStore } from "../../../actors/stores/sqlite/mod.ts";
import { createRuntime, taskFile } from "../../../mod.ts";
import { nothing, task } from "../../orders.ts";
import { until } from "../../until.ts";

/** What `memory` tells. */
export interface Hoarded {
  /** Memory of a waiting job without the text of its input, bytes. */
  readonly bytes: number;
  /** Of one job, µs: to be taken in, to be taken out by a worker. */
  readonly enqueueUs: number;
  readonly claimUs: number;
}

/** What `restart` tells. */
export interface Restarted {
  readonly ms: number;
  readonly waiting: number;
}

/** Jobs in one submit. */
const batch = 100;
/** Jobs that are timed at the end, when all the others wait. */
const timed = 2_000;
/** Times that it is done; the quickest counts, as the others were disturbed. */
const tries = 5;

async function memory(count: number, more: string): Promise<Hoarded> {
  const clock: Clock = {
    nowMs: () => performance.now(),
    wallMs: () => Date.now(),
    at: () => () => {},
  };
  const idle = () => {};
  const queue = new Queue(
    { clock, random: { unit: () => 1 }, store: memoryStore() },
    { jobsMax: 1e8, bytesMax: 1e12 },
    { accepted: idle, requeued: idle, ended: idle, overdue: idle, ready: idle },
  );
  const orders = new Orders([task], 16, 5_000);
  const defaults = { timeoutMs: 3_600_000, retries: 0 };
  let next = 0;
  /** As they come over HTTP: each from a text of its own. */
  const submit = (jobs: number) =>
    queue.submit(Array.from({ length: jobs }, () => {
      const spec: unknown = JSON.parse(`{"task":"t","input":${next++}${more}}`);
      return orders.forTask(parseJob(spec), defaults, null);
    }));
  const turn = () => new Promise((resolve) => setTimeout(resolve, 0));
  submit(batch);
  await turn();
  const before = heapBytes();
  while (queue.open.size < count) {
    submit(Math.min(batch, count - queue.open.size));
    if (queue.open.size % 10_000 === 0) await turn();
  }
  await turn();
  const payloads = [...queue.open.values()].reduce((sum, job) => sum + textBytes(job.payload), 0);
  const bytes = (heapBytes() - before - payloads) / (count - batch);
  const lane = queue.lane(nothing);
  let [enqueueUs, claimUs] = [Infinity, Infinity];
  if (lane.queued === 0) return { bytes, enqueueUs, claimUs }; // Nobody can take them today.
  for (let attempt = 0; attempt < tries; attempt++) {
    enqueueUs = Math.min(enqueueUs, usOf(() => submit(batch), timed / batch));
    await turn();
    claimUs = Math.min(claimUs, usOf(() => lane.take(null, performance.now())!.slot = 0, timed));
  }
  return { bytes, enqueueUs: enqueueUs / batch, claimUs };
}

/** Of one call, µs. */
function usOf(call: () => void, times: number): number {
  const sinceMs = performance.now();
  for (let i = 0; i < times; i++) call();
  return (performance.now() - sinceMs) * 1_000 / times;
}

function heapBytes(): number {
  const { gc } = globalThis as unknown as { readonly gc: () => void };
  gc();
  gc();
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
}

/** A string of one byte a character with its header, in whole words. */
const textBytes = (text: string) => Math.ceil((16 + text.length) / 8) * 8;

async function restart(count: number): Promise<Restarted> {
  const directory = await Deno.makeTempDir({ prefix: "flyball-hoard-" });
  try {
    const store = await sqliteStore({ directory });
    const acceptedAt = Date.now();
    for (let id = 1; id <= count; id++) {
      store.append([{
        type: "accepted",
        job: { id, acceptedAt, spec: { task: "noop", input: id } },
      }]);
      if (id % 10_000 === 0) await new Promise((resolve) => setTimeout(resolve, 0));
    }
    await store.close();
    const noop = taskFile(new URL("../../../bench/tasks/noop.ts", import.meta.url));
    const sinceMs = performance.now();
    await using runtime = await createRuntime({ data: directory, tasks: { noop } });
    await until(() => (runtime.status().ended.done ?? 0) > 0);
    const ms = performance.now() - sinceMs;
    return { ms, waiting: runtime.status().pending };
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

if (import.meta.main) {
  const [what, count] = [Deno.args[0], Number(Deno.args[1])];
  const later = what === "scheduled" ? ',"delayMs":86400000' : "";
  console.log(JSON.stringify(await (what === "restart" ? restart(count) : memory(count, later))));
}
