/**
 * As whom and where a command runs. A submitted one: nobody special, in a folder of its own or an
 * allowed one.
 *
 * @module
 */
import { resolve } from "node:path";
import type { JobSpec } from "../messages/job.ts";
import { folder, plainEnvironment } from "./host.ts";
import { caller } from "./host/caller.ts";
import type { CommandPlace } from "./orders.ts";
import { Refusal } from "./runtime.ts";

/** Finds the place of a command; it throws Refusal where a `cwd` is none or outside of `roots`. */
export function placeIn(roots: readonly string[]): (spec: JobSpec) => CommandPlace {
  const real = roots.flatMap((root) => folder(root) ?? []);
  const all = [...real, ...roots.map((root) => resolve(root))];
  return ({ cwd }) => {
    const place = { env: plainEnvironment(), folder: true, spill: null };
    if (cwd === undefined) return { ...place, cwd: null };
    // What lies elsewhere is not even looked at.
    if (!isWithin(resolve(cwd), all)) throw outside(cwd);
    const found = folder(cwd);
    if (found === null) {
      throw new Refusal("invalid_cwd", `cwd ${cwd} is not a folder`, [
        {
          pointer: "/cwd",
          message: "is not a folder",
          expected: "a folder that exists",
          given: cwd,
        },
      ]);
    }
    if (!isWithin(found, real)) throw outside(cwd);
    return { ...place, cwd: found };
  };
}

/** The place of a command that runs as its caller; large outputs go whole into `spill`. */
export const asCaller = (spill: string) => ({ cwd = caller.cwd() }: JobSpec): CommandPlace => ({
  env: caller.env(),
  cwd,
  folder: false,
  spill,
});

const isWithin = (path: string, roots: readonly string[]) =>
  roots.some((root) => path === root || path.startsWith(root.endsWith("/") ? root : `${root}/`));

function outside(cwd: string): Refusal {
  return new Refusal("cwd_not_allowed", `cwd ${cwd} lies outside commands.roots`, [
    {
      pointer: "/cwd",
      message: "lies outside commands.roots",
      expected: "a folder within commands.roots of the configuration",
      given: cwd,
    },
  ]);
}
