/**
 * Tries out a store: ours in our tests, yours in yours.
 *
 * @module
 */
import type { Store } from "../../ports.ts";
import type { StoreCase } from "./case.ts";
import { lifeCases } from "./life.ts";
import { listCases } from "./lists.ts";
import { logCases } from "./log.ts";
import { recordCases } from "./records.ts";

/** All that a store has to do, a case each. */
export const storeCases: readonly StoreCase[] = [
  ...lifeCases,
  ...logCases,
  ...listCases,
  ...recordCases,
];

/** Time that a case may take, ms. */
const caseMs = 30_000;

/**
 * Opens the store of a place: a name, the same one again for what was stored there before. A case has
 * a place of its own, which nobody has used.
 */
export type OpenStore = (place: string) => Store | Promise<Store>;

/** Runs one case on a store of its own. Rejects where the store does not do it, or not in 30 s. */
export async function runStoreCase({ does, run }: StoreCase, open: OpenStore): Promise<void> {
  const place = does.replace(/\W+/g, "-");
  let store = await open(place);
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`took longer than ${caseMs} ms`)), caseMs);
  try {
    const restart = async () => {
      if (!store.isDurable) return store;
      await store.close();
      return store = await open(place);
    };
    await Promise.race([run(store, restart), late.promise]);
  } finally {
    clearTimeout(timer);
    await store.close();
  }
}

/**
 * What a store does not do of what the runtime asks of it, one sentence for each; none: it can be
 * given to `createRuntime`. Kept is whatever `open` has made.
 *
 * @example
 * ```ts
 * import { memoryStore } from "@flyball/flyball";
 * import { checkStore } from "@flyball/flyball/testing";
 *
 * const problems = await checkStore(() => memoryStore());
 * if (problems.length > 0) throw new Error(problems.join("\n"));
 * ```
 */
export async function checkStore(open: OpenStore): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const one of storeCases) {
    try {
      await runStoreCase(one, open);
    } catch (error) {
      problems.push(`${one.does}: ${error instanceof Error ? error.message.trim() : error}`);
    }
  }
  return problems;
}
