/**
 * Cancels all of a workflow that has not ended.
 *
 * @module
 */
import { cancelAll, type Cancelling } from "../cancel_all.ts";
import type { Store } from "../ports.ts";
import type { Queue } from "../queue.ts";

/** Steps that are asked of the store at once. */
const pageSteps = 1_000;

/** What a workflow is cancelled in. */
export interface Running extends Cancelling {
  readonly queue: Pick<Queue, "flush" | "open" | "gates" | "ledger">;
  readonly ports: { readonly store: Pick<Store, "read"> };
}

/**
 * Cancels each step that has not ended; resolves, when that is safe, with how many those were, null
 * when no job has that `executionId`. What is submitted later is not looked for.
 */
export async function cancelWorkflow(
  running: Running,
  executionId: string,
  because: string,
): Promise<number | null> {
  const { queue } = running;
  const numbers = await stepsOf(executionId, running);
  if (numbers.length === 0) return null;
  const open = numbers.flatMap((number) => queue.open.get(number) ?? [])
    .filter(({ outcome }) => outcome === null);
  // None of them shall end, or begin, because one that it waits for is cancelled.
  for (const job of open) queue.gates.after.leave(job);
  await cancelAll(running, open, because);
  return open.length;
}

async function stepsOf(executionId: string, { queue, ports }: Running): Promise<number[]> {
  queue.flush();
  const numbers: number[] = [];
  for (let after = 0;;) {
    const query = { type: "steps", executionId, after, limit: pageSteps } as const;
    const page = (await ports.store.read(query)).map(({ job }) => job.id);
    numbers.push(...page);
    if (page.length < pageSteps) return numbers;
    after = page.at(-1)!;
  }
}
