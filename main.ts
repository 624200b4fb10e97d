/**
 * The command line: `deno task flyball VERB`.
 *
 * @module
 */
import { flyball } from "./cli/flyball.ts";

if (import.meta.main) Deno.exit(await flyball(Deno.args));
