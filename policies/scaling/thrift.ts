/**
 * One knob for what waits and idle workers are worth to each other, instead of three that have to
 * be turned together.
 *
 * @module
 */

/** What the knob turns. */
export interface Prices {
  /** 0: nobody waits, whatever it costs; 1: as cheap as can be; .5: as the others say. */
  readonly thriftRatio: number;
  /** Wait a job may have, ms. */
  readonly waitTargetMs: number;
  /** What a late job costs, in mean run times. */
  readonly latePriceRuns: number;
}

/** By how much the ends of the knob multiply and divide. */
const most = 10;

/** How many times as dear an idle worker is, beside a wait, as where the knob is in the middle. */
export const dearness = ({ thriftRatio }: Prices): number => most ** (2 * thriftRatio - 1);

/** What holds where the knob is turned: jobs may wait longer, and a late one costs less. */
export function turned<P extends Prices>(prices: P): P {
  if (prices.thriftRatio === .5) return prices;
  const times = dearness(prices);
  return {
    ...prices,
    waitTargetMs: prices.waitTargetMs * times,
    latePriceRuns: prices.latePriceRuns / times,
  };
}
