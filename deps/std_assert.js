// @ts-self-types="./std_assert.d.ts"
// Where JSR can be reached this file and its types become one line of deno.json:
//   "@std/assert": "jsr:@std/assert@^1"
export * from "deno-std/assert/mod.js";
