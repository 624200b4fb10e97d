/**
 * Growth has to gain something.
 *
 * @module
 */
import { z } from "zod/mini";
import type { Reading } from "../../messages/signals.ts";
import { type Growth, type Phase, ungrown, watch } from "../detectors/growth_trial.ts";
import type { Alone } from "../detectors/plateau.ts";
import { constraint } from "./constraint.ts";

const options = z.strictObject({
  mustGain: z._default(z.boolean(), true).check(
    z.describe("Whether growth is stopped by which nothing more gets done."),
  ),
});

interface Memory {
  readonly growth: Growth;
  /** What of it outlives the process; another one only where that has changed. */
  readonly kept: Alone | null;
}

/** Stops growth by which no more gets done, steps back, holds, and says what it ran into. */
export const gain = constraint({
  name: "gain",
  help: "Takes back growth by which no more gets done, and names what is in the way.",
  options,
  tunes: true,
  start: (): Memory => ({ growth: ungrown, kept: null }),
  remember({ growth, kept }: Memory, reading: Reading, { mustGain }) {
    const next = mustGain ? watch(growth, reading) : growth;
    const { alone } = next;
    return { growth: next, kept: alone === growth.alone ? kept : alone && rounded(alone) };
  },
  constrain: (_reading, _options, { growth: { phase } }: Memory) =>
    phase.kind === "free"
      ? null
      : { floor: 0, cap: phase.cap, plateau: phase.plateau, because: textOf(phase) },
  keep: ({ kept }: Memory) => kept,
  resume: (kept) => isAlone(kept) ? { growth: { ...ungrown, alone: kept }, kept } : null,
  idle: (_reading, { mustGain }) => mustGain ? null : "it is switched off",
});

/** So that it is stored when it is another, not with each job. */
const rounded = ({ durationMs, jobs }: Alone): Alone => ({
  durationMs: Number(durationMs.toPrecision(2)),
  jobs,
});

const isAlone = (kept: unknown): kept is Alone => {
  const { durationMs = NaN, jobs = NaN } = (kept ?? {}) as Partial<Alone>;
  return Number.isFinite(durationMs) && durationMs > 0 && Number.isFinite(jobs) && jobs > 0;
};

type Limiting = Exclude<Phase, { readonly kind: "free" }>;

function textOf(phase: Limiting): string {
  const { says, plateau: { cause } } = phase;
  return `${doesOf(phase)} as ${says}${cause === null ? "" : ` (${cause})`}`;
}

function doesOf(phase: Limiting): string {
  switch (phase.kind) {
    case "down":
      return `${phase.cap} on trial,`;
    case "held":
      return `${phase.cap} do as much,`;
    case "up":
      return `${phase.cap} on trial after ${phase.back},`;
  }
}
