/**
 * Simulations in a process of their own. A thread would be there as soon, but who starts one stands
 * still for the tens of milliseconds that its engine takes to come up.
 *
 * @module
 */
import type { RegretEstimate, RegretWish } from "../../messages/regret.ts";
import { passedOn } from "./child.ts";
import { registryVariables } from "./program.ts";

/** Longest time that it may take, ms. */
const longestMs = 60_000;
/** Last words that are told. */
const wordsMax = 200;

const program = new URL("../../simulation/regret_main.ts", import.meta.url).href;

/** Simulates a wish; rejects where that can't be, takes too long, or when `signal` is aborted. */
export async function rehearse(wish: RegretWish, signal: AbortSignal): Promise<RegretEstimate> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), longestMs);
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", "--no-check", "--no-lock", program],
    clearEnv: true,
    env: { ...variables(), DENO_NO_UPDATE_CHECK: "1", ...registryVariables() },
    ...{ stdin: "piped", stdout: "piped", stderr: "piped" },
    signal: AbortSignal.any([signal, late.signal]),
  }).spawn();
  const said = child.output();
  const writer = child.stdin.getWriter();
  // Whoever ends before it has read all says why by its exit.
  await writer.write(new TextEncoder().encode(JSON.stringify(wish))).catch(() => {});
  await writer.close().catch(() => {});
  const { success, stdout, stderr } = await said.finally(() => clearTimeout(timer));
  if (late.signal.aborted) {
    throw new Error(`the simulation took longer than ${longestMs / 1_000} s`);
  }
  if (success) return JSON.parse(new TextDecoder().decode(stdout)) as RegretEstimate;
  const words = new TextDecoder().decode(stderr).trim().slice(-wordsMax);
  throw new Error(`the simulation has failed${words && `: ${words}`}`);
}

function variables(): Record<string, string> {
  const known = passedOn.map((name) => [name, Deno.env.get(name)] as const);
  return Object.fromEntries(known.filter((one): one is [string, string] => one[1] !== undefined));
}
