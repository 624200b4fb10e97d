/**
 * Gives back what only starting needed.
 *
 * @module
 */

type Collect = (options: { type: "major"; execution: "sync"; flavor: "last-resort" }) => void;

/**
 * Collects all garbage and returns the memory, where V8 lets us (`--expose-gc`, as `deno task
 * start` has it): 9 MB of 100 that would stay until the first busy hour.
 */
export function relax(): void {
  const { gc } = globalThis as { gc?: Collect };
  gc?.({ type: "major", execution: "sync", flavor: "last-resort" });
}
