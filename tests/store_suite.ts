/**
 * The stores that there are, for tests of what each of them does.
 *
 * @module
 */
import type { Store } from "../actors/ports.ts";
import { memoryStore } from "../actors/stores/memory.ts";
import { sqliteStore } from "../actors/stores/sqlite/mod.ts";

export {
  accepted,
  commit,
  ended,
  now,
  openJobs,
  outcome,
  pages,
} from "../actors/stores/conformance/case.ts";

/** Every filling passes the same tests. */
export const fillings: Record<string, (directory: string) => Promise<Store>> = {
  memory: () => Promise.resolve(memoryStore()),
  sqlite: (directory) => sqliteStore({ directory }),
};
