/**
 * Simulations in a process of their own. A thread would be there as soon, but who starts one stands
 * still for the tens of milliseconds that its engine takes to come up.
 *
 * @module
 */
import type { RegretEstimate, RegretWish } from "../../messages/regret.ts";
import type { Rehearse } from "../ports.ts";
import { inherited } from "./child.ts";
import { registryVariables } from "./program.ts";

/** Longest time that it may take, ms. */
const longestMs = 60_000;
/** Last words that are told. */
const wordsMax = 200;

const program = new URL("../../simulation/regret_main.ts", import.meta.url).href;

/**
 * Simulates wishes behind the words of `guard`, which tie the process to ours. Rejects where that can't
 * be, takes too long, or when `signal` is aborted.
 */
export const rehearsal = (guard: readonly string[]): Rehearse => async (wish, signal) => {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), longestMs);
  try {
    const { success, stdout, stderr } = await run(
      guard,
      wish,
      AbortSignal.any([signal, late.signal]),
    );
    if (success) return JSON.parse(new TextDecoder().decode(stdout)) as RegretEstimate;
    const last = new TextDecoder().decode(stderr).trim().slice(-wordsMax);
    throw new Error(
      late.signal.aborted
        ? `the simulation took longer than ${longestMs / 1_000} s`
        : `the simulation has failed${last && `: ${last}`}`,
    );
  } finally {
    clearTimeout(timer);
  }
};

async function run(
  guard: readonly string[],
  wish: RegretWish,
  signal: AbortSignal,
): Promise<Deno.CommandOutput> {
  const words = [...guard, Deno.execPath(), "run", "--quiet", "--no-prompt", "--no-check"];
  const child = new Deno.Command(words[0]!, {
    args: [...words.slice(1), "--no-lock", program],
    clearEnv: true,
    env: { ...inherited(), DENO_NO_UPDATE_CHECK: "1", ...registryVariables() },
    ...{ stdin: "piped", stdout: "piped", stderr: "piped" },
    signal,
  }).spawn();
  const said = child.output();
  const writer = child.stdin.getWriter();
  // Whoever ends before it has read all says why by its exit.
  await writer.write(new TextEncoder().encode(JSON.stringify(wish))).catch(() => {});
  await writer.close().catch(() => {});
  return await said;
}
