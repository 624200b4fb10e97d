/**
 * What jobs call: it is down, or slower than usual.
 *
 * @module
 */
import type { OperationSight } from "../../messages/diagnosis.ts";
import { span } from "../span.ts";
import {
  count,
  fullness,
  growth,
  isLate,
  jobsAt,
  jobsWait,
  outside,
  ramp,
  share,
  shareOf,
  stalled,
  type Suspect,
} from "./cause.ts";
import { oneByOne } from "./lock.ts";

/** Jobs that have to have ended for their times to say something. */
const endedMin = 5;
/** Jobs use this share of a core at most while they wait for something else. */
const idleRatio = .3;

/** How much of an operation's time goes into waiting for something outside that is slow, 0..1. */
function slowness(operation: OperationSight): number {
  const { ended, durationMs, usualMs, timedOut, cpuRatio } = operation;
  if (ended < endedMin) return 0;
  const slow = durationMs === null || usualMs === null || usualMs <= 0
    ? 0
    : ramp(durationMs / usualMs, 1.5, 4);
  // Who computes for all of that time waits for nobody.
  const waits = cpuRatio === null ? .8 : 1 - ramp(cpuRatio, idleRatio, .7);
  return waits * Math.max(slow, ramp(timedOut / ended, .05, .4));
}

/** Something that jobs call is slow or down. */
export const downstream: Suspect = {
  name: "downstream",
  examine(sight) {
    const [slowest] = [...sight.operations].sort((a, b) => slowness(b) - slowness(a));
    const slow = slowest ? slowness(slowest) : 0;
    const held = isLate(sight) ? shareOf(sight, "breaker") : 0;
    const [breaker] = sight.breakers;
    const down = breaker ? Math.max(held, .5) : held;
    const atOnce = stalled(sight, "slow");
    const full = atOnce >= oneByOne ? .95 : 0;
    if (slow === 0 && down === 0 && full === 0) return null;
    const idle = 1 - fullness(sight);
    const jobs = jobsAt(sight, ["breaker"]);
    const who = breaker?.name ?? slowest?.name ?? "an operation";
    return {
      // A host that is full makes everything slow, too.
      score: Math.max(
        // One after another is a lock.
        (atOnce > 0 && full === 0 ? .5 : 1) * slow * (.25 + .7 * idle),
        down * (.6 + .4 * idle),
        full * (.2 + .8 * idle),
      ),
      because: breaker
        ? `What ${breaker.name} needs does not answer: its breaker is open`
        : full > 0
        ? `What jobs wait for serves ${Math.round(atOnce)} at once`
        : `What ${who} waits for is slower than usual`,
      evidence: [
        ...(jobs > 0 ? [count("waitingJobs", jobs, `${jobsWait(jobs)} for a breaker`)] : []),
        ...growth(sight),
        ...(slowest && slow > 0 ? evidenceOf(slowest) : []),
      ],
      fix: full > 0 && !breaker
        ? outside("More of what they wait for helps; more workers only wait with them")
        : fixOf(breaker?.name ?? null, slowest ?? null),
    };
  },
};

function evidenceOf(operation: OperationSight) {
  const { name, durationMs, usualMs, slowSince, timedOut, ended, cpuRatio } = operation;
  const since = slowSince === undefined ? "" : `, since ${slowSince}`;
  return [
    ...(durationMs === null || usualMs === null ? [] : [count(
      "durationMs",
      durationMs,
      `${name} takes ${span(durationMs)}, usually ${span(usualMs)}${since}`,
    )]),
    ...(timedOut > 0
      ? [count("timedOut", timedOut, `${timedOut} of ${ended} ran out of time`)]
      : []),
    ...share("cpuRatio", cpuRatio, `of its time ${name} uses a core`),
  ];
}

/** Calls that fail quickly do not keep others from being made. */
function fixOf(breaker: string | null, slowest: OperationSight | null) {
  if (breaker !== null) {
    return {
      key: `breakers.${breaker}.openMs`,
      value: null,
      because:
        "It is tried again after that; what is down has to come back, or be called elsewhere",
    };
  }
  const name = slowest?.name ?? "NAME";
  const usualMs = slowest?.usualMs ?? null;
  return {
    key: `breakers.operation:${name}.slowMs`,
    value: usualMs === null ? null : Math.ceil(3 * usualMs),
    because:
      "A breaker holds its jobs while most are slower than that, instead of letting them wait",
  };
}
