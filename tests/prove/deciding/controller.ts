/**
 * What deciding takes of a core in a service at work: readings, policies, constraints, records, and
 * the samples of the host.
 *
 * @module
 */
import { cpuUsage } from "node:process";
import { Controller } from "../../../actors/controller.ts";
import { Sampler } from "../../../actors/sampler.ts";
import { live } from "../../live.ts";
import { atMost, type Row } from "../row.ts";

/** Workers of the pool, each with a job at most times. */
const workers = 24;
/** Jobs a second, and how long each takes, ms. */
const perS = 100;
const jobMs = 200;
/** Time before it is watched, s: the pool grows, and to start processes is not to decide. */
const growthS = 5;

/** The row; `quick` looks for a shorter time. */
export function controllerRows(quick: boolean): readonly Row[] {
  return [{
    line: `the controller of a pool of ${workers} workers at work`,
    async run() {
      const { percent, evaluations } = await watched(quick ? 2 : 30);
      return atMost(percent, .5, "% of a core", `${evaluations} evaluations`);
    },
  }];
}

async function watched(seconds: number) {
  let [busyUs, evaluations] = [0, 0];
  using _evaluations = timed(Controller.prototype, "evaluate", (us) => {
    busyUs += us;
    evaluations++;
  });
  using _samples = timed(Sampler.prototype, "sample", (us) => void (busyUs += us));
  await using runtime = await live({
    pools: { default: { workers: { min: 1, max: workers }, slots: { max: 1 } } },
  });
  const nap = { task: "toy", input: { do: "nap", ms: jobMs, value: 0 } };
  const load = async (forS: number) => {
    const startMs = performance.now();
    for (let sent = 1; performance.now() < startMs + forS * 1_000; sent++) {
      await runtime.submit(nap);
      const dueMs = startMs + sent * 1_000 / perS;
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, dueMs - performance.now())));
    }
  };
  await load(growthS);
  const startMs = performance.now();
  [busyUs, evaluations] = [0, 0];
  await load(seconds);
  const percent = 100 * busyUs / 1_000 / (performance.now() - startMs);
  const told = evaluations;
  await runtime.close({ drainMs: 0 });
  return { percent, evaluations: told };
}

/** Tells what each call of a method takes of the processor, µs, until disposed. */
function timed<K extends string>(
  prototype: { [key in K]: () => void },
  method: K,
  tell: (us: number) => void,
): Disposable {
  const real = prototype[method];
  prototype[method] = function (this: unknown): void {
    const began = cpuUsage();
    real.call(this as never);
    const { user, system } = cpuUsage(began);
    tell(user + system);
  };
  return { [Symbol.dispose]: () => void (prototype[method] = real) };
}
