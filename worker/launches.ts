/**
 * How this worker starts programs: natively where it can, and those that are given input by Deno.
 *
 * @module
 */
import type { Launch } from "./child.ts";
import { launcher } from "./launch.ts";
import { nativeLauncher } from "./launch_native.ts";

/** Decides when it is first needed: a worker for tasks starts no programs. */
export function launches(session: string | null): Launch {
  const byDeno = launcher(session);
  let native: Launch | null | undefined;
  return (program, stdout, stderr) => {
    if (program.hasInput) return byDeno(program, stdout, stderr);
    if (native === undefined) native = nativeLauncher();
    return (native ?? byDeno)(program, stdout, stderr);
  };
}
