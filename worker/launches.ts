/**
 * How this worker starts programs: natively where it can, and those that are given input by Deno.
 *
 * @module
 */
import type { Hearer, Launcher, Program } from "./child.ts";
import { launcher } from "./launch.ts";
import { type NativeLauncher, nativeLauncher } from "./launch_native.ts";
import type { Link } from "./link.ts";

/** A program that can't be started, and who hears nothing of it. */
const nothing: Program = {
  ...{ path: "", argv: [""], cwd: "/", hasInput: false },
  ...{ environment: {}, env: {} },
};
const silent = () => {};
const unheard: Hearer = {
  ...{ wrote: silent, grown: silent },
  ...{ exited: silent, closed: silent },
};

/** How programs are started, and the way to make that ready: what runs for the first time is slow. */
export interface Launches extends Launcher {
  prepare(): void;
}

/**
 * Decides when it is first needed, or told to prepare: a worker for tasks starts no programs.
 * `session` is the program that makes a session, `path` that of the socket to the parent, to whom
 * `link` leads.
 */
export function launches(
  session: string | null,
  path: string,
  link: Pick<Link, "cable">,
): Launches {
  const byDeno = launcher(session);
  let native: NativeLauncher | null | undefined;
  const open = () => {
    const opened = nativeLauncher(path);
    link.cable = opened?.cable ?? null;
    return native = opened;
  };
  return {
    prepare() {
      if (native !== undefined) return;
      try {
        open()?.launch(nothing, unheard);
      } catch { /* There is no such program. */ }
    },
    launch(program, hearer) {
      if (program.hasInput) return byDeno(program, hearer);
      const { launch = byDeno } = (native === undefined ? open() : native) ?? {};
      return launch(program, hearer);
    },
    attend: (parent, underWay) => native?.attend(parent, underWay),
  };
}
