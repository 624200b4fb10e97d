/**
 * A closed loop: so many calls under way at once, each answered one followed by the next.
 *
 * @module
 */

/** How many calls a loop has started and how many have been answered. */
export interface Tally {
  begun: number;
  done: number;
}

/**
 * Keeps `inFlight` calls under way for as long as `more` says so and counts them into `tally`;
 * resolves when all have been answered, rejects with the first failure.
 */
export async function closedLoop(
  inFlight: number,
  more: () => boolean,
  call: (index: number) => Promise<unknown>,
  tally: Tally = { begun: 0, done: 0 },
): Promise<Tally> {
  const lane = async () => {
    while (more()) {
      await call(tally.begun++);
      tally.done++;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
  return tally;
}
