/**
 * The decision matrix: what the regions of the scaling machine together allow. It is about the
 * envelope; inside an envelope the pool moves by itself (see {@link inForce} in `scaling.ts`).
 *
 * @module
 */

/** What one region, or all of them, say about a change. */
export interface May {
  /** More room: the envelope may rise, workers may be started. */
  readonly grow: boolean;
  /** Less room: the envelope may fall, workers may be retired. */
  readonly shrink: boolean;
  /** Who objects: `breaker open, senses blind`; `nothing objects` where all is allowed. */
  readonly because: string;
}

const free = { grow: true, shrink: true };
const hold = { grow: false, shrink: false };
const noGrowth = { grow: false, shrink: true };

/** What each state of each region allows, alone. */
export const says = {
  /** The operator's word stands above all policies. */
  operator: {
    auto: free,
    paused: hold,
    pausedIn: { grow: true, shrink: false },
    pausedOut: noGrowth,
    pinned: hold,
    drained: hold,
  },
  /** Old readings are no reason to change anything. */
  senses: { seeing: free, blind: hold },
  /** A host short of memory gets no more workers. */
  pressure: { calm: free, emergency: noGrowth },
  /** Where starts fail, more starts do not help. Half open lets one through. */
  breaker: { closed: free, open: noGrowth, halfOpen: free },
  /** After a change of size its effect is awaited; a newer target replaces one under way. */
  size: { steady: free, resizing: free, cooldown: hold },
} as const;

/** A value of the scaling machine: one state in each region. */
export type ScalingValue = { readonly [region in keyof typeof says]: keyof (typeof says)[region] };

const regions = Object.keys(says) as (keyof ScalingValue)[];

/**
 * Total over all 216 values. A change needs the consent of every region, with one exception: an
 * emergency does not wait for a cooldown.
 */
export function may(value: ScalingValue): May {
  const urgent = value.pressure === "emergency";
  const voices = regions.map((region) => {
    const voice = (says[region] as Record<string, typeof free>)[value[region]]!;
    const lifted = region === "size" && urgent;
    return { text: `${region} ${value[region]}`, ...(lifted ? free : voice) };
  });
  const objections = voices.filter(({ grow, shrink }) => !grow || !shrink);
  return {
    grow: voices.every(({ grow }) => grow),
    shrink: voices.every(({ shrink }) => shrink),
    because: objections.map(({ text }) => text).join(", ") || "nothing objects",
  };
}

/** One row of the decision matrix. */
export type Cell = { readonly value: ScalingValue } & May;

/** All 216 rows, for the machine's own guards, tests and docs. */
export function matrix(): readonly Cell[] {
  let values: Record<string, string>[] = [{}];
  for (const region of regions) {
    const states = Object.keys(says[region]);
    values = values.flatMap((value) => states.map((state) => ({ ...value, [region]: state })));
  }
  return (values as unknown as ScalingValue[]).map((value) => ({ value, ...may(value) }));
}
