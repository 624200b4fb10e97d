/**
 * Where and as whom this process runs, for commands that run as their caller.
 *
 * @module
 */

interface Caller {
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

let kept: Caller | null = null;

/** Where and as whom this process runs, now. */
export const caller = {
  env: (): Caller["env"] => kept?.env ?? Deno.env.toObject(),
  cwd: (): string => kept?.cwd ?? Deno.cwd(),
  /**
   * Says that nothing changes either any more, as all of this process is ours: asking for them takes
   * a tenth of what a command costs here.
   */
  keep: (): void => void (kept = { env: Deno.env.toObject(), cwd: Deno.cwd() }),
};
