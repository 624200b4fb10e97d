/**
 * Handler of `POST /api/v1/simulations`.
 *
 * @module
 */
import { esc } from "../actors/json_value.ts";
import { brownoutText } from "../actors/brownout.ts";
import { type Issue, Refusal, type Runtime } from "../actors/runtime.ts";
import type { Told } from "../simulation/thread.ts";
import { readJson } from "./body.ts";
import type { Handler } from "./call.ts";
import { reply } from "./reply.ts";

/** Longest simulation, ms: a day of a million jobs under a few policies takes less. */
const longestMs = 120_000;
/** When to come again while another one runs, ms. */
const againMs = 10_000;
/** Issues that a problem lists at most. */
const issuesMax = 20;

/**
 * Simulates a workload under some policies, in a thread of its own: one at a time, as each takes a
 * core and some memory, and none while the service is short of something. It ends with the service,
 * and when it takes too long.
 */
export function simulateTrace(runtime: Pick<Runtime, "status">, closing: AbortSignal): Handler {
  let isBusy = false;
  return async ({ req }) => {
    const wish = await readJson(req.raw);
    if (isBusy) {
      const message = "A simulation is under way: one can run at a time";
      throw new Refusal("simulation_running", message, [], againMs);
    }
    const { brownout } = runtime.status();
    if (brownout) {
      const message = `No simulation is begun at ${brownoutText(brownout)}`;
      throw new Refusal("overloaded", message, [], againMs);
    }
    isBusy = true;
    try {
      return answer(await run(wish, closing));
    } finally {
      isBusy = false;
    }
  };
}

function run(wish: unknown, closing: AbortSignal): Promise<Told> {
  const { promise, resolve, reject } = Promise.withResolvers<Told>();
  const thread = new Worker(new URL("../simulation/thread.ts", import.meta.url), {
    type: "module",
  });
  const late = setTimeout(() => {
    const message = `The simulation has taken ${longestMs / 1_000} s and was given up: simulate ` +
      "less of it, or use flyball simulate";
    reject(new Refusal("simulation_too_long", message));
  }, longestMs);
  const left = () => reject(new Refusal("draining", "The simulation was given up"));
  if (closing.aborted) left();
  closing.addEventListener("abort", left);
  thread.onmessage = ({ data }) => resolve(data);
  thread.onerror = (event) => {
    event.preventDefault();
    reject(new Error(event.message));
  };
  thread.postMessage(wish);
  return promise.finally(() => {
    clearTimeout(late);
    closing.removeEventListener("abort", left);
    thread.terminate();
  });
}

function answer(told: Told): Response {
  if (told.type === "failed") throw new Error(told.because);
  if (told.type === "done") return reply(told.report);
  const issues = told.flaws.slice(0, issuesMax).map(({ path, message }): Issue => {
    const pointer = path.map((key) => `/${esc(String(key))}`).join("");
    return { pointer, message: `${pointer || "The body"} ${message}` };
  });
  throw new Refusal("invalid_simulation", issues[0]!.message, issues);
}
