/**
 * A thread that simulates one wish, so that nobody else has to wait for it.
 *
 * @module
 */
import { type Report, whatIf } from "./what_if.ts";
import { readWish, type WishFlaw } from "./wish.ts";

/** What the thread says, once. */
export type Told =
  | { readonly type: "done"; readonly report: Report }
  | { readonly type: "flawed"; readonly flaws: readonly WishFlaw[] }
  | { readonly type: "failed"; readonly because: string };

interface Thread {
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  postMessage(told: Told): void;
}

const thread = globalThis as unknown as Thread;

thread.onmessage = async ({ data }) => thread.postMessage(await answer(data));

async function answer(value: unknown): Promise<Told> {
  try {
    const wish = readWish(value);
    if ("flaws" in wish) return { type: "flawed", flaws: wish.flaws };
    return { type: "done", report: await whatIf(wish.workload, wish.whatIf) };
  } catch (error) {
    // Options of a policy that its schema takes one by one and not together.
    if (error instanceof RangeError) {
      return { type: "flawed", flaws: [{ path: [], message: error.message }] };
    }
    return { type: "failed", because: error instanceof Error ? error.message : String(error) };
  }
}
