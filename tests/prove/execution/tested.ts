/**
 * Promises that the tests keep as they are: the proof is that all of them ran and passed.
 *
 * @module
 */
import { exactly, type Row } from "../row.ts";
import { tried } from "../tried.ts";

/** A row over all tests of some files; none may fail or be left out, and `least` must have run. */
function row(line: string, least: number, ...files: readonly string[]): Row {
  return {
    line: `${line}: cases that fail or are left out`,
    run: async () => {
      const { passed, wrong } = await tried(files);
      const missing = Math.max(0, least - passed);
      return exactly(wrong + missing, 0, "cases", `${passed} passed`);
    },
  };
}

/** All rows. */
export const testedRows: readonly Row[] = [
  row("Escape suite: every way out is denied and told", 6, "sandbox_test.ts"),
  row("The learned grant is enough, one permission less is not", 1, "learn_test.ts"),
  row("BullMQ's cases of the contract with a worker, by name", 25, "worker_contract_test.ts"),
  row("Solid Queue's cases of the life of a service, by name", 8, "lifecycle_test.ts"),
];
