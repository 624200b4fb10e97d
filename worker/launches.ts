/**
 * How this worker starts programs: natively where it can, and those that are given input by Deno.
 *
 * @module
 */
import type { Launcher } from "./child.ts";
import { launcher } from "./launch.ts";
import { type NativeLauncher, nativeLauncher } from "./launch_native.ts";
import type { Link } from "./link.ts";

/**
 * Decides when it is first needed: a worker for tasks starts no programs. `session` is the program
 * that makes a session, `path` that of the socket to the parent, to whom `link` leads.
 */
export function launches(
  session: string | null,
  path: string,
  link: Pick<Link, "cable">,
): Launcher {
  const byDeno = launcher(session);
  let native: NativeLauncher | null | undefined;
  return {
    launch(program, hearer) {
      if (program.hasInput) return byDeno(program, hearer);
      if (native === undefined) {
        native = nativeLauncher(path);
        link.cable = native?.cable ?? null;
      }
      return (native?.launch ?? byDeno)(program, hearer);
    },
    attend: (parent, underWay) => native?.attend(parent, underWay),
  };
}
