/**
 * How much later than its instant a job of a schedule begins.
 *
 * @module
 */

/**
 * 0..`mostMs`, spread evenly over names and instants and always the same for one of them, so that a
 * job that is made again is the same job: FNV-1a.
 */
export function jitterOf(name: string, at: number, mostMs: number): number {
  let hash = 0x811c9dc5;
  for (const character of `${name}:${at}`) {
    hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193) >>> 0;
  }
  return hash % (mostMs + 1);
}
