/**
 * Runs a variant in a process of its own: every run is as cold as the first, and its memory is its
 * own.
 *
 * @module
 */
import type { Run, Until, Variant, Work } from "./variant.ts";

/** What `run_apart.ts` is asked for. */
export interface Order {
  readonly variant: Variant;
  readonly work: Work;
  readonly until: Until;
}

const program = new URL("./run_apart.ts", import.meta.url).pathname;

/** Runs what was ordered over `paths`. */
export async function runApart(order: Order, paths: readonly string[]): Promise<Run> {
  const args = ["run", "-A", program, JSON.stringify(order)];
  return await feed(Deno.execPath(), args, paths) as Run;
}

/** Starts a program, writes `paths` to it, one a line, and returns the JSON that it prints. */
export async function feed(
  program: string,
  args: string[],
  paths: readonly string[],
): Promise<unknown> {
  const child = new Deno.Command(program, {
    args,
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const input = new Blob([`${paths.join("\n")}\n`]).stream();
  const [{ success, stdout }] = await Promise.all([child.output(), input.pipeTo(child.stdin)]);
  if (!success) throw new Error(`${program} ${args.join(" ")} failed`);
  return JSON.parse(new TextDecoder().decode(stdout));
}
