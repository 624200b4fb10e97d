/**
 * How this worker starts programs: natively where it can, and those that are given input by Deno.
 *
 * @module
 */
import type { Launcher } from "./child.ts";
import { launcher } from "./launch.ts";
import { nativeLauncher } from "./launch_native.ts";

/**
 * Decides when it is first needed: a worker for tasks starts no programs. `session` is the program
 * that makes a session, `link` the path of the socket to the parent.
 */
export function launches(session: string | null, link: string): Launcher {
  const byDeno = launcher(session);
  let native: Launcher | null | undefined;
  return {
    launch(program, hearer) {
      if (program.hasInput) return byDeno(program, hearer);
      if (native === undefined) native = nativeLauncher(link);
      return (native?.launch ?? byDeno)(program, hearer);
    },
    attend: (underWay) => native?.attend(underWay),
  };
}
