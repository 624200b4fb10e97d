/**
 * Where and as whom this process runs, for commands that run as their caller.
 *
 * @module
 */
import { VariablesList } from "./variables.ts";

interface Caller {
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

let kept: Caller | null = null;
/** The variables as they were read last, and what tells whether they still are so. */
let last: Caller["env"] | null = null;
let list: VariablesList | null | undefined;
let reads = 0;

/** To look at the list takes 2 ms the first time: from so many reads on it pays. */
const readsMin = 32;

/** Where and as whom this process runs, now. */
export const caller = {
  env(): Caller["env"] {
    if (kept !== null) return kept.env;
    if (list === undefined && ++reads > readsMin) list = VariablesList.open();
    if (list?.isSame() && last !== null) return last;
    return last = Object.freeze(Deno.env.toObject());
  },
  cwd: (): string => kept?.cwd ?? Deno.cwd(),
  /** Says that neither changes any more, as all of this process is ours. */
  keep: (): void => void (kept = { env: Deno.env.toObject(), cwd: Deno.cwd() }),
};
