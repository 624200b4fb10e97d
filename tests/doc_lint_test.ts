/** The exceptions that the doc lint makes, and that it makes no others. */
import { assertEquals } from "@std/assert";
import { isComplete, standing } from "./doc_lint.ts";

const ours = `error[missing-jsdoc]: exported symbol is missing JSDoc documentation
   --> /project/mod.ts:1:1
`;
const leaked = `error[private-type-ref]: public type 'A' references private type 'Hidden'
   --> /project/mod.ts:2:1
`;
const theirs = `error[private-type-ref]: public type 'B' references private type 'Observer'
   --> /project/mod.ts:3:1
`;
const end = "error: Found 3 documentation lint errors.\n";

Deno.test("doc lint: lets pass what comes from packages and nothing else", () => {
  assertEquals(standing(ours + theirs + leaked + end), [ours, leaked]);
  assertEquals(standing(theirs + end), []);
  assertEquals(standing(""), []);
});

Deno.test("doc lint: tells a finding from a linter that did not run", () => {
  assertEquals(isComplete(theirs + end, false), true);
  assertEquals(isComplete("", true), true);
  assertEquals(isComplete("error: Module not found", false), false);
});
