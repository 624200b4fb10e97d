/**
 * Another project that uses Flyball as a library: hashes its own files and runs a command.
 * `links` in `deno.json` points to a checkout; with a published package it would fall away.
 *
 * @module
 */
import { createRuntime, taskFile } from "@flyball/flyball";

await using runtime = await createRuntime({
  tasks: {
    hash: taskFile<typeof import("./tasks/hash.ts")>(
      new URL("./tasks/hash.ts", import.meta.url),
    ),
  },
});

const paths = ["deno.json", "main.ts", "tasks/hash.ts"];
for await (const line of runtime.map("hash", paths.map((path) => ({ path })))) console.log(line);

const outcome = await runtime.command(["echo", "and", "a", "command"]);
console.log(outcome.stdout?.trimEnd());
